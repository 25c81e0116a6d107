import Crypto
import Foundation
import Glibc
import Problems

/// The file that holds the sealing key: one line, `muster-key-1 BASE64`, readable by its owner only.
enum KeyFile {
    private static let mark = "muster-key-1 "
    private static let keyBytes = 32

    /// The key, or nil when there is no file.
    static func read(_ path: String) throws(Problem) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw AccountsProblem.keyUnreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw AccountsProblem.keyUnreadable(path: path, reason: "it is not a file")
        }
        guard status.st_mode & 0o007 == 0 else { throw AccountsProblem.keyExposed(path: path) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        guard text.hasPrefix(mark),
            let key = Data(base64Encoded: text.dropFirst(mark.count).trimmingCharacters(in: .whitespacesAndNewlines)),
            key.count == keyBytes
        else { throw AccountsProblem.keyMalformed(path: path) }
        return [UInt8](key)
    }

    /// Makes the file with a new random key, and returns the key that is in it.
    ///
    /// The key is written to a file of its own and linked into place, so that two processes starting at once end with
    /// the same key and a crash leaves no half-written one.
    static func create(_ path: String) throws(Problem) -> [UInt8] {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { [UInt8]($0) }
        let draft = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw AccountsProblem.keyUnreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { unlink(draft) }
        let line = [UInt8]((mark + Data(key).base64EncodedString() + "\n").utf8)
        let written = write(descriptor, line, line.count)
        let synced = fsync(descriptor)
        close(descriptor)
        guard written == line.count, synced == 0 else {
            throw AccountsProblem.keyUnreadable(path: path, reason: "it could not be written")
        }
        if link(draft, path) != 0, errno != EEXIST {
            throw AccountsProblem.keyUnreadable(path: path, reason: String(cString: strerror(errno)))
        }
        guard let present = try read(path) else {
            throw AccountsProblem.keyUnreadable(path: path, reason: "it vanished while it was made")
        }
        return present
    }
}
