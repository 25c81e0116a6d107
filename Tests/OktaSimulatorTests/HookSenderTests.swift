import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import Testing

@testable import OktaSimulator

/// Somebody who is told of what happens, and remembers it.
private final class Receiver: Sendable {
    struct Heard {
        var challenges = 0
        var bodies: [Data] = []
        var secrets: Set<String> = []
        /// What to answer, one after another; 204 when there is nothing more.
        var answers: [HTTPResponse.Status] = []
    }

    let heard = Mutex(Heard())

    var events: [[String: Any]] {
        heard.withLock { $0.bodies }.compactMap { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] }
    }

    /// The uuids of each delivery, by its id.
    func uuids() -> [[String]] {
        events.map { delivery in
            let events = (delivery["data"] as? [String: Any])?["events"] as? [[String: Any]] ?? []
            return events.compactMap { $0["uuid"] as? String }
        }
    }

    func ids() -> [String] { events.compactMap { $0["eventId"] as? String } }

    func serve(onReady: @escaping @Sendable (Int) -> Void) async throws {
        let router = Router()
        router.get("hook") { request, _ in
            let name = HTTPField.Name("x-okta-verification-challenge")
            let challenge = name.flatMap { request.headers[$0] } ?? ""
            self.heard.withLock { $0.challenges += 1 }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: "{\"verification\":\"\(challenge)\"}")))
        }
        router.post("hook") { request, _ -> Response in
            var request = request
            let body = try await request.collectBody(upTo: 1 << 20)
            let status = self.heard.withLock { heard -> HTTPResponse.Status in
                heard.secrets.insert(request.headers[.authorization] ?? "")
                heard.bodies.append(Data(body.readableBytesView))
                return heard.answers.isEmpty ? .noContent : heard.answers.removeFirst()
            }
            return Response(status: status)
        }
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        try await Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) }, logger: logger
        ).run()
    }
}

@Suite struct HookSenderTests {
    /// Runs a tenant whose clock is moved by hand, with somebody who is told of what happens.
    private func with(
        answers: [HTTPResponse.Status] = [], faults: [String] = [],
        _ body: @Sendable @escaping (TestTenant, Receiver) async throws -> Void
    ) async throws {
        let receiver = Receiver()
        receiver.heard.withLock { $0.answers = answers }
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.serve { ready.yield($0) } }
            let port = await ports.first { _ in true } ?? 0
            try await TestTenant.with { configuration in
                configuration.changesPerMinute = 30
                configuration.hookURL = "http://127.0.0.1:\(port)/hook"
                configuration.hookSecret = "open sesame"
                configuration.faults = try faults.map { try Fault(parsing: $0) }
            } _: { tenant in
                try await Self.until { tenant.simulator.hookTally?.isVerified == true }
                try await body(tenant, receiver)
            }
            group.cancelAll()
        }
    }

    /// Waits for something that comes by itself.
    private static func until(_ holds: () -> Bool) async throws {
        while !holds() { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// The uuids of what the log says happened, as far as hooks get it.
    private func logged(_ tenant: TestTenant) async throws -> [String] {
        let types = EventType.allCases.filter(\.isOfferedToHooks).map(\.text.description)
        let pages = try await tenant.get("/api/v1/logs?since=2026-06-15T10:00:00Z&limit=1000")
        return pages.objects.filter { types.contains($0["eventType"] as? String ?? "") }
            .compactMap { $0["uuid"] as? String }
    }

    @Test("the address is verified first, and then told of every change under the ids of the log")
    func delivers() async throws {
        try await with { tenant, receiver in
            #expect(receiver.heard.withLock { $0.challenges } >= 1)
            #expect(receiver.heard.withLock { $0.bodies.isEmpty })
            tenant.simulator.advance(bySeconds: 120)
            let logged = try await logged(tenant)
            #expect(logged.count > 50)
            try await Self.until { Set(receiver.uuids().joined()).isSuperset(of: logged) }
            #expect(Set(receiver.uuids().joined()) == Set(logged))
            #expect(receiver.uuids().allSatisfy { (1...5).contains($0.count) })
            #expect(receiver.heard.withLock { $0.secrets } == ["open sesame"])
            let first = try #require(receiver.events.first)
            #expect(first["eventType"] as? String == "com.okta.event_hook")
        }
    }

    @Test("a server's error is tried once more with the same id, a refusal never")
    func tries() async throws {
        try await with(answers: [.internalServerError, .noContent, .unauthorized]) { tenant, receiver in
            for _ in 0..<3 {
                let before = receiver.ids().count
                // One change after another, so that the answers meet known deliveries.
                while receiver.ids().count == before {
                    tenant.simulator.advance(bySeconds: 1)
                    try await Task.sleep(for: .milliseconds(250))
                }
            }
            try await Self.until { tenant.simulator.hookTally?.refused == 1 }
            let ids = receiver.ids()
            #expect(ids.count(where: { $0 == ids.first }) == 2)
            #expect(Set(ids).count == ids.count - 1)
        }
    }

    @Test("what is delivered twice has the same id, and what is lost is still in the log")
    func faults() async throws {
        try await with(faults: ["hook-duplicates=0.5", "hook-lost=0.3"]) { tenant, receiver in
            tenant.simulator.advance(bySeconds: 120)
            let logged = try await logged(tenant)
            try await Self.until {
                guard let tally = tenant.simulator.hookTally else { return false }
                return tally.lost > 3 && tally.taken > tally.events / 5 && receiver.ids().count >= tally.taken
                    && Set(receiver.ids()).count < receiver.ids().count
            }
            let heard = Set(receiver.uuids().joined())
            #expect(heard.isSubset(of: logged))
            #expect(heard.count < logged.count)
        }
    }
}
