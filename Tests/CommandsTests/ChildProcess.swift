import Foundation
import Glibc
import Synchronization

/// A program in a process of its own, killed when nobody holds it any more.
///
/// Foundation's `Process` reads beyond a buffer, and crashes, where more than a thousand files are open, as they are in a
/// process that runs all tests at once.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum Ending: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    let id: pid_t
    private let ending = Mutex<Ending?>(nil)

    /// Starts a program; what is not given leads to nowhere.
    init(
        _ program: String, _ arguments: [String], environment: [String: String], input: Int32? = nil,
        output: Int32? = nil, errors: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(Int32(0), input), (1, output), (2, errors)] {
            if let source {
                posix_spawn_file_actions_adddup2(&actions, source, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of tests block signals, and a child would inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id = pid_t()
        let code = posix_spawn(&id, program, &actions, &attributes, words, variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        self.id = id
    }

    /// Whether it has not ended yet.
    var isRunning: Bool { reap() == nil }

    /// Sends a signal, if there is still somebody to get it.
    func send(_ signal: Int32) {
        guard isRunning else { return }
        kill(id, signal)
    }

    /// Waits for the end; blocks the thread.
    @discardableResult
    func wait() -> Ending {
        var facts = siginfo_t()
        while waitid(P_PID, id_t(id), &facts, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        return reap() ?? .signal(0)
    }

    /// Waits for the end without blocking a thread that tests share.
    func ended() async -> Ending {
        await withCheckedContinuation { done in
            DispatchQueue.global().async { done.resume(returning: self.wait()) }
        }
    }

    private func reap() -> Ending? {
        ending.withLock { ending in
            var status: Int32 = 0
            guard ending == nil, waitpid(id, &status, WNOHANG) == id else { return ending }
            ending = status & 0x7F == 0 ? .exit((status >> 8) & 0xFF) : .signal(status & 0x7F)
            return ending
        }
    }

    deinit {
        send(SIGKILL)
        wait()
    }
}

extension Pipe {
    /// Ends of a pipe that no other child inherits.
    static func own() -> Pipe {
        let pipe = Pipe()
        for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        return pipe
    }

    /// Reads until a text appears, or the other side ends.
    func text(until isWhole: (String) -> Bool) -> String {
        var text = ""
        while !isWhole(text) {
            let chunk = fileHandleForReading.availableData
            if chunk.isEmpty { break }
            text += String(decoding: chunk, as: UTF8.self)
        }
        return text
    }
}
