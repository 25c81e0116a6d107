import Foundation
import Testing

/// The built `muster`, run as its users run it.
enum Muster {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The binary that was built with these tests, or the one `$MUSTER_BIN` names.
    static var path: String {
        if let named = ProcessInfo.processInfo.environment["MUSTER_BIN"] { return named }
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/muster"
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], program: String = path
    ) async throws -> Result {
        let folder = try TemporaryFolder()
        let files = ["in", "out", "err"].map { "\(folder.path)/\($0)" }
        try input.write(toFile: files[0], atomically: false, encoding: .utf8)
        for file in files[1...] { try "".write(toFile: file, atomically: false, encoding: .utf8) }
        let ends = [
            open(files[0], O_RDONLY | O_CLOEXEC), open(files[1], O_WRONLY | O_CLOEXEC),
            open(files[2], O_WRONLY | O_CLOEXEC),
        ]
        defer { for end in ends { close(end) } }
        let child = try ChildProcess(
            program, arguments, environment: Self.environment(environment), input: ends[0], output: ends[1],
            errors: ends[2])
        let status =
            switch await child.ended() {
            case .exit(let status): status
            case .signal(let signal): -signal
            }
        return Result(
            status: status, output: try String(contentsOfFile: files[1], encoding: .utf8),
            errors: try String(contentsOfFile: files[2], encoding: .utf8))
    }

    /// Starts a command and does not wait for its end.
    static func start(
        _ arguments: [String], output: Pipe? = nil, errors: Pipe? = nil, environment: [String: String] = [:],
        program: String = path
    ) throws -> ChildProcess {
        defer {
            try? output?.fileHandleForWriting.close()
            try? errors?.fileHandleForWriting.close()
        }
        return try ChildProcess(
            program, arguments, environment: Self.environment(environment),
            output: output?.fileHandleForWriting.fileDescriptor,
            errors: errors?.fileHandleForWriting.fileDescriptor)
    }

    private static func environment(_ more: [String: String]) -> [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MUSTER_") && $0.key != "COLUMNS" }
            .merging(more) { _, new in new }
    }
}

/// A folder that is gone when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "muster-commands-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String = "") throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }
}
