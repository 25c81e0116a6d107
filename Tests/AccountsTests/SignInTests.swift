import Accounts
import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Synchronization
import Testing

/// A clock that stands still until it is told to move.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_700_000_000)
    var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }
    func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}

@Suite struct SignInTests {
    private let here = PeerAddress("127.0.0.1")

    private func links(_ store: Store, _ clock: TestClock) -> (SignInLinks, Sessions) {
        let sessions = Sessions(store: store, clock: { clock.now })
        return (SignInLinks(store: store, sessions: sessions, clock: { clock.now }), sessions)
    }

    @Test("a link begins one session and is then used up", arguments: TestEngine.available)
    func linkWorksOnce(_ engine: TestEngine) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, sessions) = links(temporary.store, clock)
        let token = try await links.create()
        let session = try await links.redeem(token, from: here)
        #expect(session.role == "owner")
        let again = try await sessions.session(for: session.token)
        #expect(again?.csrfToken == session.csrfToken)
        #expect(session.csrfToken != session.token)
        await #expect(throws: Problem.self) { try await links.redeem(token, from: here) }
    }

    @Test("a link older than fifteen minutes is refused", arguments: TestEngine.available)
    func linkExpires(_ engine: TestEngine) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, _) = links(temporary.store, clock)
        let token = try await links.create()
        clock.advance(15 * 60)
        let problem = await #expect(throws: Problem.self) { try await links.redeem(token, from: here) }
        #expect(problem?.id == "signIn.link.invalid")
    }

    @Test(
        "a link is refused from anywhere but this computer, and is not used up by the attempt",
        arguments: TestEngine.available,
        [
            PeerAddress("10.0.0.7"), PeerAddress("192.168.1.2"), PeerAddress("127.0.0.1", isForwarded: true),
            PeerAddress("127.evil.example"), PeerAddress("2001:db8::1"), PeerAddress(""),
            PeerAddress("10.0.0.7", arrivedAt: "10.0.0.8"),
            PeerAddress("10.0.0.7", arrivedAt: "10.0.0.7", isForwarded: true),
        ])
    func linkIsLocal(_ engine: TestEngine, peer: PeerAddress) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, _) = links(temporary.store, clock)
        let token = try await links.create()
        let problem = await #expect(throws: Problem.self) { try await links.redeem(token, from: peer) }
        #expect(problem?.id == "signIn.link.remote")
        _ = try await links.redeem(token, from: PeerAddress("::ffff:127.0.0.1"))
        // A server that listens on its outer address alone is reached from its own computer by that address.
        let outer = PeerAddress("::ffff:10.0.0.7", arrivedAt: "10.0.0.7")
        _ = try await links.redeem(try await links.create(), from: outer)
    }

    @Test(
        "neither link tokens nor session tokens are stored", arguments: TestEngine.available,
        ["sign_in_links", "sessions"])
    func tokensAreHashed(_ engine: TestEngine, table: String) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, _) = links(temporary.store, clock)
        let token = try await links.create()
        let session = try await links.redeem(token, from: here)
        let stored = try await temporary.store.engine.read { connection in
            try connection.query("SELECT token_sha256 FROM \(table)") { $0.blob(0) }
        }
        #expect(stored.map(\.count) == [32])
        #expect(!stored.contains(Array(token.utf8)) && !stored.contains(Array(session.token.utf8)))
    }

    @Test("an idle session ends, a used one lives on until its absolute end", arguments: TestEngine.available)
    func sessionsEnd(_ engine: TestEngine) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, sessions) = links(temporary.store, clock)
        let idle = try await links.redeem(try await links.create(), from: here)
        let used = try await links.redeem(try await links.create(), from: here)
        clock.advance(11 * 3600)
        #expect(try await sessions.session(for: used.token) != nil)
        clock.advance(2 * 3600)
        #expect(try await sessions.session(for: idle.token) == nil)
        #expect(try await sessions.session(for: used.token) != nil)
        for _ in 0..<13 {
            clock.advance(11 * 3600)
            _ = try await sessions.session(for: used.token)
        }
        clock.advance(2 * 3600)
        #expect(try await sessions.session(for: used.token) != nil)
        clock.advance(11 * 3600)
        #expect(try await sessions.session(for: used.token) == nil)
    }

    @Test("signing out ends the session", arguments: TestEngine.available)
    func signOut(_ engine: TestEngine) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, sessions) = links(temporary.store, clock)
        let session = try await links.redeem(try await links.create(), from: here)
        try await sessions.end(session.token)
        #expect(try await sessions.session(for: session.token) == nil)
    }

    @Test(
        "anything that is not a token is nobody's session",
        arguments: TestEngine.available,
        ["", "x", "' OR 1=1 --", String(repeating: "a", count: 43), String(repeating: "é", count: 43)])
    func junkTokens(_ engine: TestEngine, token: String) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, sessions) = links(temporary.store, clock)
        #expect(try await sessions.session(for: token) == nil)
        let problem = await #expect(throws: Problem.self) { try await links.redeem(token, from: here) }
        #expect(problem?.id == "signIn.link.invalid")
    }

    @Test("the audit trail keeps what happened, in order and without secrets", arguments: TestEngine.available)
    func audit(_ engine: TestEngine) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, _) = links(temporary.store, clock)
        let token = try await links.create()
        _ = try await links.redeem(token, from: here)
        let trail = AuditTrail(store: temporary.store, clock: { clock.now })
        try await trail.record(actor: "Owner", action: "integration.connect", subject: "acme", detail: nil)
        let entries = try await trail.entries()
        #expect(entries.map(\.position) == [3, 2, 1])
        #expect(entries.map(\.action) == ["integration.connect", "session.begin", "sign_in_link.create"])
        #expect(!entries.contains { "\($0)".contains(token) })
        #expect(try await trail.entries(before: 2, limit: 1).map(\.position) == [1])
    }

    @Test("a session accepts its own form value and no other", arguments: TestEngine.available)
    func csrf(_ engine: TestEngine) async throws {
        let temporary = try await TemporaryStore(engine)
        let clock = TestClock()
        let (links, _) = links(temporary.store, clock)
        let one = try await links.redeem(try await links.create(), from: here)
        let two = try await links.redeem(try await links.create(), from: here)
        #expect(one.accepts(csrf: one.csrfToken))
        #expect(!one.accepts(csrf: two.csrfToken))
        #expect(!one.accepts(csrf: ""))
    }
}
