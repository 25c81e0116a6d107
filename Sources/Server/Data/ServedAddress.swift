import DatabaseEngine
import Foundation
import Glibc
import Problems

/// The address of a server, noted in its data folder for as long as it runs: in a file that the server keeps locked, so that
/// what a killed one left behind is known for what it is.
public final class ServedAddress: Sendable {
    private let path: String
    private let lock: FileLock

    /// Notes an address of a workspace's pages, and removes what servers that were killed left behind.
    init(_ url: String, workspace: String, in folder: DataFolder) throws(Problem) {
        for (path, _) in Self.files(in: folder) where Self.isLeftBehind(path) { unlink(path) }
        path = "\(folder.path)/serving-\(String(UInt64.random(in: .min ... .max), radix: 36)).address"
        // Nobody looks at it before it is locked.
        let draft = path + ".part"
        guard let lock = try FileLock(ifFree: draft) else { throw StorageProblem.notWritable(draft) }
        self.lock = lock
        guard (try? "\(url)\n\(workspace)\n".write(toFile: draft, atomically: false, encoding: .utf8)) != nil,
            rename(draft, path) == 0
        else {
            unlink(draft)
            throw StorageProblem.notWritable(draft)
        }
    }

    deinit { unlink(path) }

    /// The addresses at which servers of a data folder show the pages of a workspace now.
    public static func running(in folder: DataFolder, workspace: String) -> [String] {
        files(in: folder).filter { !isLeftBehind($0.path) }.compactMap { _, text in
            let lines = text.split(separator: "\n", maxSplits: 1)
            return lines.count == 2 && lines[1] == workspace + "\n" ? String(lines[0]) : nil
        }
    }

    private static func files(in folder: DataFolder) -> [(path: String, text: String)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter { $0.hasPrefix("serving-") && $0.hasSuffix(".address") }.compactMap { name in
            let path = "\(folder.path)/\(name)"
            return (try? String(contentsOfFile: path, encoding: .utf8)).map { (path, $0) }
        }
    }

    private static func isLeftBehind(_ path: String) -> Bool {
        // Nobody holds the lock: taken here, it is given up at once.
        (try? FileLock(ifFree: path)) != nil
    }
}
