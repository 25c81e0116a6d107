import DatabaseEngine
import Directory
import OktaSimulator
import Problems
import Storage
import Support
import Testing

@testable import Sync

@Suite("The System Log is followed between syncs")
struct TailTests: FollowedTenant {
    @Test("what the tail keeps up to date is what a full sync would have read", arguments: TestEngine.available)
    func equalsFullSync(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            let before = try await fixture.store.stateHash(.now).hash
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let followed = try await fixture.store.stateHash(.now).hash
            #expect(followed != before)
            let changed = try await fixture.rows(
                "SELECT noun, change, count(*) FROM changes GROUP BY noun, change ORDER BY noun, change")
            #expect(changed.count >= 4, "\(changed)")
            // A full sync finds nothing that the log had not told of.
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.drift == 0)
            let read = try await fixture.store.stateHash(.now).hash
            #expect(read == followed)
            let changes = try await fixture.store.changes(in: run.id)
            #expect(changes == [])
        }
    }

    @Test("a change that the tail saw has the date of the event", arguments: TestEngine.available)
    func dates(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let noon = try #require(Timestamp(iso8601: Self.began))
            let rows = try await fixture.rows(
                """
                SELECT g.okta_id, u.okta_id, m.valid_from, m.from_how FROM memberships m
                JOIN objects g ON g.workspace_id = m.workspace_id AND g.object_key = m.group_key
                JOIN objects u ON u.workspace_id = m.workspace_id AND u.object_key = m.user_key
                WHERE m.valid_to IS NULL AND m.valid_from > \(noon.rawValue) ORDER BY m.valid_from
                """)
            let truth = try simulator.print("memberships", asOf: nil).rows.filter { $0[4] > Self.began }
            let told = rows.map { row -> String in
                guard case .text(let group) = row[0], case .text(let user) = row[1], case .integer(let from) = row[2]
                else { return "" }
                let second = Timestamp(rawValue: from).iso8601.prefix(19)
                return "\(group) \(user) \(second)"
            }
            #expect(!told.isEmpty)
            #expect(Set(told) == Set(truth.map { "\($0[0]) \($0[2]) \($0[4].prefix(19))" }))
            #expect(rows.allSatisfy { $0[3] == .integer(Evidence.logEvent.rawValue) })
        }
    }

    @Test("it works by itself until it is cancelled, and asks the log while it reads", arguments: TestEngine.available)
    func runs(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            let (bell, ring) = AsyncStream<Void>.makeStream()
            let work = Task { await tail.run(bell: bell) }
            let end = fixture.integrations.clock.now()
            var waiting = 1
            while try await fixture.store.logPosition(of: integration.id).readTo != end || waiting > 0 {
                ring.yield()
                try await Task.sleep(for: .milliseconds(50))
                waiting = try await fixture.store.markCount(of: integration.id).count
            }
            work.cancel()
            await work.value
            let followed = try await fixture.store.stateHash(.now).hash
            let run = try await fixture.integrations.sync(integration).run
            let read = try await fixture.store.stateHash(.now).hash
            #expect(run.drift == 0 && read == followed)
        }
    }

    @Test("what is in work is not taken twice, and what failed waits longer each time")
    func openMarks() {
        func mark(_ subject: Int64, revision: Int64 = 1) -> LogMark {
            LogMark(
                kind: .user, subject: subject, object: 0, addedAt: nil, removedAt: nil,
                firstAt: Timestamp(rawValue: 0), lastAt: Timestamp(rawValue: 0), revision: revision, subjectID: "u",
                objectID: "")
        }
        var open = OpenMarks()
        let now = ContinuousClock.now
        let all = [mark(1), mark(2), mark(3)]
        #expect(open.take(from: all, atMost: 2, at: now).map(\.subject) == [1, 2])
        #expect(open.take(from: all, atMost: 2, at: now).map(\.subject) == [3])
        open.release(all)
        for pause in [30, 60, 120, 240, 480, 600, 600] as [Double] {
            open.postpone([mark(1)], at: now)
            #expect(open.take(from: [mark(1)], atMost: 1, at: now + .seconds(pause - 1)).isEmpty)
        }
        #expect(open.take(from: [mark(1, revision: 2)], atMost: 1, at: now).count == 1)
        open.release(all)
        #expect(open.take(from: [mark(1)], atMost: 1, at: now + .seconds(601)).count == 1)
    }

    @Test("a full sync that is on keeps its part: the tail reads only what changed since it began")
    func besideFullRun() async throws {
        try await withTenant(.sqlite) { fixture, integration, simulator in
            let now = try #require(Timestamp(iso8601: Self.later))
            _ = try await fixture.store.beginRun(
                of: integration.id, kind: "full", resume: false, now: now, closureShare: 0.2)
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            let isBusy = try await tail.work(askingLog: true).isBusy
            #expect(!isBusy)
            let marks = try await fixture.rows("SELECT kind FROM log_marks")
            #expect(marks == [])
        }
    }

    @Test("nothing is followed before a first sync has read everything")
    func beforeFirst() async throws {
        let fixture = try await TenantFixture(okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let began = try #require(Timestamp(iso8601: Self.began))
            try await fixture.store.beginLog(of: integration.id, since: began)
            let calls = try await fixture.store.callCount(of: integration.id)
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            let isBusy = try await tail.work(askingLog: true).isBusy
            let after = try await fixture.store.callCount(of: integration.id)
            #expect(!isBusy && after == calls)
        }
    }

    @Test("many people of one app or group are read as one list, few one by one")
    func cheapest() {
        func mark(_ kind: LogMark.Kind, _ subject: Int64, _ object: Int64) -> LogMark {
            LogMark(
                kind: kind, subject: subject, object: object, addedAt: nil, removedAt: nil,
                firstAt: Timestamp(rawValue: 0), lastAt: Timestamp(rawValue: 0), revision: 1, subjectID: "s\(subject)",
                objectID: "o\(object)")
        }
        func count(_ marks: [LogMark], _ people: [Int64: Int], onPeoplesLists: Set<Int64> = []) -> Int {
            TailReading.of(marks, sizes: TailSizes(people: people, onPeoplesLists: onPeoplesLists)).count
        }
        let hired = (1...5).flatMap { person in (1...4).map { mark(.membership, Int64($0), Int64(100 + person)) } }
        // Five people in four groups of 300: four lists of groups, not five of people.
        #expect(count(hired, [1: 300, 2: 300, 3: 300, 4: 300]) == 4)
        // In groups of 5,000 each list is five pages: then five people are fewer.
        #expect(count(hired, [1: 5000, 2: 5000, 3: 5000, 4: 5000]) == 5)
        let few = [mark(.assignment, 7, 101), mark(.assignment, 7, 102), mark(.assignment, 8, 101)]
        // Both people of app 7 are on its one page; the third is alone.
        #expect(count(few, [7: 400, 8: 400]) == 2)
        // Three pages are more than two people, and nobody's own list shows these apps.
        #expect(count(few, [7: 1200, 8: 400]) == 3)
        // The first person's list answers two of them.
        #expect(count(few, [7: 1200, 8: 400], onPeoplesLists: [7, 8]) == 2)
        // All people of an app are its list, however many pages.
        #expect(count(few + [mark(.assignment, 7, 0)], [7: 90_000, 8: 400]) == 2)
        // Somebody leaves with thirty apps.
        let leaver = (1...30).map { mark(.assignment, Int64($0), 101) }
        #expect(count(leaver, [:], onPeoplesLists: Set(1...30)) == 1)
        #expect(count(leaver, [:]) == 30)
    }
}
