import Foundation
import FoundationNetworking
import Testing

/// A `muster` that serves pages, in a process of its own, stopped when nobody holds it any more.
final class RunningServer: Sendable {
    let process: ChildProcess
    /// What it printed until it was ready.
    let text: String
    /// Where it is reached, without a slash at the end.
    let address: String?

    /// Starts a command on any free port and waits until it says where it is, and for the sign-in link that follows.
    init(_ arguments: [String], linkFollows: Bool = true) throws {
        let pipe = Pipe.own()
        process = try Muster.start(arguments + ["--port", "0"], output: pipe)
        let last = linkFollows ? "Sign in: " : "Muster is at "
        text = pipe.text { $0.contains(last) && $0.hasSuffix("\n") }
        address = text.firstMatch(of: #/Muster is at (http:\/\/[0-9.]+:[0-9]+)/#).map { String($0.output.1) }
    }

    /// Asks it to stop, as a service manager does.
    func stop() -> ChildProcess.Ending {
        process.send(SIGTERM)
        return process.wait()
    }
}

/// Addresses of a server that runs in another process.
enum Web {
    static func get(_ address: String) async throws -> (status: Int, text: String) {
        let (bytes, response) = try await URLSession.shared.data(from: try #require(URL(string: address)))
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: bytes, as: UTF8.self))
    }
}
