import Glibc
import Problems

/// Held while a process works with the data folder: shared by everybody, alone by `muster restore`.
final class DataLock: Sendable {
    private let descriptor: Int32

    enum Kind {
        case shared
        case alone
    }

    /// Takes the lock or says at once that somebody else holds it.
    init(_ folder: DataFolder, _ kind: Kind) throws(Problem) {
        let path = folder.path + "/muster.lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problem(
                id: "data.lock.unavailable", kind: .configuration, title: "The data folder's lock cannot be opened",
                explanation: "\(path): \(String(cString: strerror(errno))).",
                remedy: "Give this user the right to write there, or choose another folder with --data DIR.")
        }
        guard flock(descriptor, (kind == .alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
            close(descriptor)
            throw Problem(
                id: "data.inUse", kind: .conflict, title: "Another muster process is using \(folder.path)",
                explanation: kind == .alone
                    ? "A restore replaces the database, so nothing else may have it open."
                    : "A restore is replacing the database at this moment.",
                remedy: kind == .alone
                    ? "Stop the server and any sync, then run the same command again."
                    : "Wait for it to finish, then run the same command again.")
        }
    }

    deinit { close(descriptor) }
}
