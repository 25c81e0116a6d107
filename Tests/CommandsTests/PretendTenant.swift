import Foundation
import Testing

/// A pretend tenant in a process of its own, stopped when nobody holds it any more.
final class PretendTenant: Sendable {
    private let process: ChildProcess
    let url: String
    let token: String

    init(
        people: Int = 60, port: String = "0", now: String = "2026-06-01T12:00:00Z", arguments: [String] = []
    ) async throws {
        let pipe = Pipe.own()
        process = try Muster.start(
            ["simulate", "--port", port, "--people", "\(people)", "--now", now] + arguments,
            output: pipe)
        let text = pipe.text { $0.contains("Ctrl-C") }
        func last(_ label: String) -> String? {
            text.split(separator: "\n").first { $0.hasPrefix(label) }?.split(separator: " ").last.map(String.init)
        }
        url = try #require(last("Pretended tenant"))
        token = try #require(last("API token"))
    }

    /// A tenant in place of this one, at the same address. Ends this one.
    func replaced(people: Int, now: String, arguments: [String]) async throws -> PretendTenant {
        process.send(SIGKILL)
        process.wait()
        let port = try #require(url.split(separator: ":").last.map(String.init))
        return try await PretendTenant(people: people, port: port, now: now, arguments: arguments)
    }

    /// The same tenant at the same address, which takes its time over every answer or does not. Ends this one.
    func again(people: Int, latency: Int) async throws -> PretendTenant {
        process.send(SIGKILL)
        process.wait()
        let port = try #require(url.split(separator: ":").last.map(String.init))
        return try await PretendTenant(people: people, port: port, arguments: ["--page-latency", "\(latency)"])
    }
}
