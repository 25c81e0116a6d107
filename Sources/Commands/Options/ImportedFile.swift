import Directory
import Foundation
import Glibc
import Governance
import Problems
import Storage

/// A file on this computer that is handed in as the pages hand theirs in, of any size.
struct ImportedFile {
    let path: String

    /// Hands it in; whoever imports it removes it.
    ///
    /// - Throws: `import.file.unreadable`, `import.file.empty`.
    func hand(to store: Store, purpose: String, now: Timestamp) async throws -> Upload {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable }
        defer { if descriptor > 0 { close(descriptor) } }
        var writer = try await store.beginUpload(
            purpose: purpose, name: path == "-" ? "standard input" : (path as NSString).lastPathComponent,
            actor: "command line", limit: .max, now: now)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable }
            if count == 0 { return try await writer.finish() }
            try await writer.write(buffer[..<count])
        }
    }

    private var unreadable: Problem {
        Problem(
            id: "import.file.unreadable", kind: .notFound, title: "The file \(path) cannot be read",
            explanation: "The system said: \(String(cString: strerror(errno))).",
            remedy: "Give the path of a CSV file that this user can read, or - for standard input.")
    }
}
