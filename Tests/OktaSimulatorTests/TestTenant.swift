import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OktaSimulator

/// A running simulator on a free port, and a client that reads it as an outsider would.
struct TestTenant: Sendable {
    let simulator: Simulator
    let base: String
    var client: HTTPClient = .shared

    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: Data

        /// The address of a link with this relation, taken from separate `Link` lines.
        func link(_ relation: String) -> String? {
            for line in headers["Link"] where line.hasSuffix("rel=\"\(relation)\"") {
                return line.split(separator: ">").first.map { String($0.dropFirst()) }
            }
            return nil
        }

        func header(_ name: String) -> String? { headers.first(name: name) }
        func lines(_ name: String) -> [String] { headers[name] }
        var object: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
        var objects: [[String: Any]] { (try? JSONSerialization.jsonObject(with: body)) as? [[String: Any]] ?? [] }
        var errorCode: String? { object["errorCode"] as? String }
        func ids() -> [String] { objects.compactMap { $0["id"] as? String } }
    }

    /// Runs the body against a tenant that is stopped afterwards.
    static func with(
        _ change: (inout SimulatorConfiguration) throws -> Void = { _ in },
        _ body: @Sendable @escaping (TestTenant) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        configuration.people = 300
        configuration.groups = 60
        configuration.apps = 50
        configuration.now = "2026-06-15T10:00:00Z"
        try change(&configuration)
        let simulator = try Simulator(configuration)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await simulator.run { port in ready.yield(port) }
            }
            var port: Int?
            for await listening in ports {
                port = listening
                break
            }
            let tenant = TestTenant(simulator: simulator, base: "http://127.0.0.1:\(port ?? 0)")
            do {
                try await body(tenant)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    func get(_ path: String, authorization: String? = nil, headers: [(String, String)] = [], method: HTTPMethod = .GET)
        async throws -> Reply
    {
        try await send(path, method, authorization ?? "SSWS \(simulator.token)", headers, body: nil)
    }

    func post(_ path: String, form: String, headers: [(String, String)] = []) async throws -> Reply {
        let type = [("Content-Type", "application/x-www-form-urlencoded")]
        return try await send(path, .POST, nil, headers + type, body: form)
    }

    private func send(
        _ path: String, _ method: HTTPMethod, _ authorization: String?, _ headers: [(String, String)], body: String?
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : base + path)
        request.method = method
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: .seconds(120))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Reply(status: Int(response.status.code), headers: response.headers, body: Data(bytes.readableBytesView))
    }

    /// Every page of a listing, by its `next` links.
    func pages(_ path: String) async throws -> [Reply] {
        var pages: [Reply] = []
        var next: String? = path
        while let path = next {
            let reply = try await get(path)
            pages.append(reply)
            next = reply.link("next")
        }
        return pages
    }

    func ids(_ path: String) async throws -> [String] { try await pages(path).flatMap { $0.ids() } }
}

extension SimulatorTable {
    /// One column's values.
    subscript(column: String) -> [String] {
        columns.firstIndex(of: column).map { index in rows.map { $0[index] } } ?? []
    }
}
