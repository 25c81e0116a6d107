import Foundation
import Synchronization
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
        let process = try make(arguments, environment)
        process.executableURL = URL(fileURLWithPath: program)
        process.standardInput = FileHandle(forReadingAtPath: files[0])
        process.standardOutput = FileHandle(forWritingAtPath: files[1])
        process.standardError = FileHandle(forWritingAtPath: files[2])
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try Muster.launch(process) } catch { done.resume(throwing: error) }
        }
        return Result(
            status: process.terminationStatus, output: try String(contentsOfFile: files[1], encoding: .utf8),
            errors: try String(contentsOfFile: files[2], encoding: .utf8))
    }

    private static let launching = Mutex(())

    /// Starts a process; one at a time, since Foundation's `Process` can crash when several begin at the same moment.
    static func launch(_ process: sending Process) throws {
        try launching.withLock { _ in try process.run() }
    }

    /// A process that is set up but not started.
    static func make(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MUSTER_") && $0.key != "COLUMNS" }
        all.merge(environment) { _, new in new }
        process.environment = all
        return process
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

/// A pretend tenant in a process of its own, stopped when nobody holds it any more.
final class PretendTenant: Sendable {
    private let process: Process
    let url: String
    let token: String

    init(people: Int = 60, arguments: [String] = []) async throws {
        process = try Muster.make(
            ["simulate", "--port", "0", "--people", "\(people)", "--now", "2026-06-01T12:00:00Z"] + arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try Muster.launch(process)
        var text = ""
        while !text.contains("Ctrl-C") {
            let chunk = pipe.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            text += String(decoding: chunk, as: UTF8.self)
        }
        func last(_ label: String) -> String? {
            text.split(separator: "\n").first { $0.hasPrefix(label) }?.split(separator: " ").last.map(String.init)
        }
        url = try #require(last("Pretended tenant"))
        token = try #require(last("API token"))
    }

    deinit { process.terminate() }
}
