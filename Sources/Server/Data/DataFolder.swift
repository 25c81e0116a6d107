import Foundation
import Glibc
public import Problems

/// The folder that holds the database, the sealing key and the settings file, readable by its owner only.
public struct DataFolder: Sendable {
    /// The folder's path.
    public let path: String

    /// Names a folder without touching it.
    public init(path: String) { self.path = path }

    /// Where the database lies.
    public var database: String { path + "/muster.db" }

    /// Where a demo notes which made-up company the folder holds.
    public var demoFile: String { path + "/demo.json" }

    /// The address at which the made-up company of a demo was connected; nil where the folder holds none.
    public var demoAddress: String? {
        struct Noted: Decodable { let port: Int? }
        guard let bytes = FileManager.default.contents(atPath: demoFile) else { return nil }
        return (try? JSONDecoder().decode(Noted.self, from: bytes))?.port.map { "http://127.0.0.1:\($0)" }
    }

    /// Makes the folder (mode 0700) when it is missing, and checks that it can be written.
    public func prepare() throws(Problem) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw notWritable("it is a file, not a folder") }
        } else {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
                let reason = code.map { ": " + String(cString: strerror($0)) } ?? ""
                throw notWritable("it does not exist and cannot be made\(reason)", cause: error)
            }
        }
        // access() answers yes to root on a read-only disk's file modes, so a file is really made.
        let probe = path + "/.write-test-\(getpid())"
        let descriptor = open(probe, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw notWritable(String(cString: strerror(errno))) }
        close(descriptor)
        unlink(probe)
    }

    private func notWritable(_ reason: String, cause: (any Error)? = nil) -> Problem {
        Problem(
            id: "data.folder.notWritable", kind: .configuration, title: "The data folder \(path) cannot be used",
            explanation: "Muster could not write there: \(reason).",
            remedy: "Give this user the right to write there, or choose another folder with --data DIR.",
            context: ["path": path, "reason": reason], cause: cause)
    }
}
