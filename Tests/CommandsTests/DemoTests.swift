import Foundation
import FoundationNetworking
import Testing

@Suite(.serialized) struct DemoTests {
    private func start(_ data: String, _ arguments: [String] = []) throws -> (Process, Pipe) {
        let process = try Muster.make(["demo", "--port", "0", "--data", data] + arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, pipe)
    }

    /// What the demo printed until its sign-in link, and the address in it.
    private func ready(_ pipe: Pipe) -> (text: String, address: String?) {
        var text = ""
        while !text.contains("Sign in: ") || !text.hasSuffix("\n") {
            let chunk = pipe.fileHandleForReading.availableData
            if chunk.isEmpty { break }
            text += String(decoding: chunk, as: UTF8.self)
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("Sign in: ") }
        let address = line?.dropFirst(9).split(separator: "/").dropFirst().first.map { "http://\($0)" }
        return (text, address)
    }

    private func get(_ address: String) async throws -> (Int, String) {
        let (bytes, response) = try await URLSession.shared.data(from: try #require(URL(string: address)))
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: bytes, as: UTF8.self))
    }

    @Test("the demo answers its probes, stops when told to, and starts again with the same company")
    func twice() async throws {
        let folder = try TemporaryFolder()
        for attempt in 1...2 {
            let (process, pipe) = try start(folder.path, attempt == 1 ? ["--people", "40"] : [])
            let (text, address) = ready(pipe)
            let base = try #require(address, "\(text)")
            #expect(text.contains("complete"), "\(text)")
            #expect(try await get(base + "/healthz").0 == 200)
            #expect(try await get(base + "/readyz").0 == 200)
            let metrics = try await get(base + "/metrics").1
            #expect(metrics.contains("muster_runs{integration=\"demo\",status=\"complete\"} \(attempt)"))
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(process.terminationReason == .exit)
        }
        let other = try await Muster.run(["demo", "--people", "41", "--port", "0", "--data", folder.path])
        #expect(other.status == 64)
    }
}
