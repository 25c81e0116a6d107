import Foundation
import FoundationNetworking
import Testing

/// A `muster` that serves pages, in a process of its own, stopped when nobody holds it any more.
final class RunningServer: Sendable {
    let process: Process
    /// What it printed until it was ready.
    let text: String
    /// Where it is reached, without a slash at the end.
    let address: String?

    /// Starts a command on any free port and waits until it says where it is, and for the sign-in link that follows.
    init(_ arguments: [String], linkFollows: Bool = true, environment: [String: String] = [:]) throws {
        process = try Muster.make(arguments + ["--port", "0"], environment)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try Muster.launch(process)
        var text = ""
        let last = linkFollows ? "Sign in: " : "Muster is at "
        while !text.contains(last) || !text.hasSuffix("\n") {
            let chunk = pipe.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            text += String(decoding: chunk, as: UTF8.self)
        }
        self.text = text
        address = text.firstMatch(of: #/Muster is at (http:\/\/[0-9.]+:[0-9]+)/#).map { String($0.output.1) }
    }

    /// Asks it to stop, as a service manager does, and gives its exit status; nil when a signal ended it.
    func stop() -> Int32? {
        process.terminate()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }

    deinit { if process.isRunning { process.terminate() } }
}

/// Addresses of a server that runs in another process.
enum Web {
    static func get(_ address: String) async throws -> (status: Int, text: String) {
        let (bytes, response) = try await URLSession.shared.data(from: try #require(URL(string: address)))
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: bytes, as: UTF8.self))
    }
}
