import DatabaseEngine
import Storage
import Testing

@Suite("Nothing is deleted because it was absent")
struct ClosureGuardTests {
    typealias Fixture = RecordingFixture

    private func ids(_ count: Int) -> [String] { (0..<count).map { "00u\($0)" } }

    @Test("a walk that misses more than a fifth, and at least ten, is held; a person's accept lets the next one close")
    func held() async throws {
        let fixture = try await Fixture()
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ids(40), in: $0)
        }
        let second = try await fixture.run(day: 1, status: .held) { context in
            let state = try await fixture.walk(
                MembershipRecorder(), "group_users", subject: "00g1", ids(25), in: context)
            #expect(state.progress == .held)
        }
        let open = "SELECT count(*) FROM memberships WHERE valid_to IS NULL"
        #expect(try await fixture.rows(open) == [[40]])
        let held = try await fixture.store.heldClosures(in: second.id)
        #expect(held.map(\.wouldClose) == [15])
        #expect(held.map(\.openRows) == [40])
        try await fixture.store.acceptHeldClosures(in: second.id, now: Fixture.time(day: 2))
        try await fixture.run(day: 2) { context in
            let state = try await fixture.walk(
                MembershipRecorder(), "group_users", subject: "00g1", ids(25), in: context)
            #expect(state.progress == .complete)
        }
        #expect(try await fixture.rows(open) == [[25]])
    }

    @Test("nine missing rows close at once, however small the list", arguments: [(9, true), (10, false)])
    func threshold(_ missing: Int, _ closes: Bool) async throws {
        let fixture = try await Fixture()
        defer { fixture.remove() }
        try await fixture.run(day: 0) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ids(12), in: $0)
        }
        try await fixture.run(day: 1) {
            try await fixture.walk(MembershipRecorder(), "group_users", subject: "00g1", ids(12 - missing), in: $0)
        }
        let open = try await fixture.rows("SELECT count(*) FROM memberships WHERE valid_to IS NULL")
        #expect(open == [[.integer(closes ? Int64(12 - missing) : 12)]])
    }
}
