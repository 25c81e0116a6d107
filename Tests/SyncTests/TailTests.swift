import DatabaseEngine
import Directory
import OktaSimulator
import Problems
import Storage
import Support
import Testing

@testable import Sync

@Suite("The System Log is followed between syncs")
struct TailTests {
    private static let began = "2026-06-15T12:00:00Z"
    private static let later = "2026-06-15T14:00:00Z"

    /// A tenant synced at noon, that has lived on for two hours since; and nobody has looked yet.
    private func withTenant(
        _ engine: TestEngine, faults: [String] = [], seed: UInt64 = 7,
        _ body: @Sendable @escaping (TenantFixture, Integration, Simulator) async throws -> Void
    ) async throws {
        let (first, second) = (Timestamp(iso8601: Self.began), Timestamp(iso8601: Self.later))
        let (noon, afternoon) = (try #require(first), try #require(second))
        let fixture = try await TenantFixture(engine, okta: TenantFixture.eager, clock: SyncClock { noon })
        let later = try await TenantFixture(
            engine, okta: TenantFixture.eager, beside: fixture, clock: SyncClock { afternoon })
        defer { fixture.remove() }
        let integration = try await withSimulator(people: 200, apps: 30, groups: 40, seed: seed, now: Self.began) {
            simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            let run = try await fixture.integrations.sync(integration).run
            #expect(run.status == .complete)
            return integration
        }
        try await withSimulator(
            people: 200, apps: 30, groups: 40, seed: seed, now: Self.later, since: Self.began, faults: faults
        ) { simulator, port in
            try await later.move(integration, to: port)
            try await body(later, try await later.integration(integration), simulator)
        }
    }

    /// Looks until nothing waits any more.
    private func follow(_ tail: LogTail) async throws {
        for _ in 0..<20 {
            if try await !tail.work(askingLog: true).isBusy { return }
        }
        Issue.record("The tail finds something each time it looks.")
    }

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

    @Test(
        "what waits to be read again survives a failure, and is read when Okta answers", arguments: TestEngine.available
    )
    func survives(_ engine: TestEngine) async throws {
        try await withTenant(engine, faults: ["revoke-after=6"]) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            await #expect(throws: (any Error).self) { try await follow(tail) }
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting > 0)
        }
    }

    @Test(
        "a token that was revoked shows on the tenant at once, and no longer when the log answers",
        arguments: TestEngine.available)
    func revoked(_ engine: TestEngine) async throws {
        try await withTenant(engine, faults: ["revoke-after=1"]) { fixture, integration, simulator in
            var pace = LogTail.Pace()
            pace.idle = .zero
            let tail = LogTail(integration, fixture.integrations, pace: pace)
            for _ in 0..<3 {
                _ = await tail.look()
                try await Task.sleep(for: .seconds(1))
            }
            let now = fixture.integrations.clock.now()
            let ill = try await fixture.integration(integration)
            #expect(ill.problem?.id == "okta.token.rejected")
            let health = try await fixture.store.tailHealth(of: integration.id, now: now)
            #expect(health.problem?.id == "okta.token.rejected")
            try await withSimulator(people: 200, apps: 30, groups: 40, now: Self.later, since: Self.began) { _, port in
                try await fixture.move(integration, to: port)
                for _ in 0..<3 {
                    _ = await tail.look()
                    try await Task.sleep(for: .seconds(1))
                }
                let mended = try await fixture.integration(integration)
                #expect(mended.problem == nil && mended.lastCallAt == now)
            }
        }
    }

    @Test("marks of a list that Okta refuses are let go, and the others are answered", arguments: TestEngine.available)
    func refused(_ engine: TestEngine) async throws {
        try await withTenant(engine, faults: ["forbid=users"]) { fixture, integration, simulator in
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting == 0)
            let nouns = try await fixture.rows("SELECT DISTINCT noun FROM changes ORDER BY noun")
            #expect(nouns.contains([.text("assignments")]) && !nouns.contains([.text("users")]))
        }
    }

    /// A person who left while nobody looked.
    private func someoneGone() throws -> String {
        var configuration = SimulatorConfiguration()
        (configuration.people, configuration.apps, configuration.groups, configuration.days) = (200, 30, 40, 20)
        (configuration.seed, configuration.now, configuration.since) = (7, Self.later, Self.began)
        let simulator = try Simulator(configuration)
        func isGone(_ row: [String]) -> Bool { row[5] == "DEPROVISIONED" }
        let before = Set(try simulator.print("users", asOf: Self.began).rows.filter(isGone).map { $0[0] })
        let gone = try simulator.print("users", asOf: nil).rows.first { isGone($0) && !before.contains($0[0]) }
        return try #require(gone)[0]
    }

    @Test(
        "one person who cannot be read keeps nobody else from being read, and waits without a call",
        arguments: TestEngine.available)
    func broken(_ engine: TestEngine) async throws {
        let person = try someoneGone()
        try await withTenant(engine, faults: ["broken=/users/\(person)"]) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            try await follow(tail)
            let left = try await fixture.store.marks(of: integration.id, since: nil, limit: 1000)
            #expect(!left.isEmpty && left.allSatisfy { [$0.subjectID, $0.objectID].contains(person) })
            let answered = try await fixture.rows("SELECT count(DISTINCT object_key) FROM changes WHERE noun = 'users'")
            #expect(answered != [[0]])
            let calls = try await fixture.store.callCount(of: integration.id)
            let again = try await tail.work(askingLog: false)
            let after = try await fixture.store.callCount(of: integration.id)
            #expect(!again.isBusy && after == calls)
        }
    }

    @Test(
        "where Okta refuses people's own lists, those of groups and apps are read instead",
        arguments: TestEngine.available)
    func refusedByPerson(_ engine: TestEngine) async throws {
        let faults = ["forbid=user_groups", "forbid=user_apps"]
        try await withTenant(engine, faults: faults) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: .init())
            try await follow(tail)
            let followed = try await fixture.store.stateHash(.now).hash
            let run = try await fixture.integrations.sync(integration).run
            let read = try await fixture.store.stateHash(.now).hash
            #expect(run.drift == 0 && read == followed)
            #expect(await tail.refusedByPerson.contains(.membership))
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

    /// No pause ends while a test runs.
    private static var unhurried: LogTail.Pace {
        var pace = LogTail.Pace()
        pace.idle = .seconds(600)
        return pace
    }

    /// An event as an Event Hook may tell of it.
    private func tell(
        _ type: String, _ user: String, _ number: Int, _ fixture: TenantFixture, _ integration: Integration
    )
        async throws
    {
        let now = fixture.integrations.clock.now()
        var event = SystemLogEvent(
            uuid: "00000000-0000-0000-0000-\(String(number + 100_000_000_000))", published: now, eventType: type,
            targets: [SystemLogEvent.Target(id: user, type: "User")])
        event.result = "SUCCESS"
        let told = event
        try await fixture.store.record(fixture.store.logContext(of: integration.id, now: now)) { writer in
            _ = try SystemLogRecorder().record([told], cursor: nil, writer)
        }
    }

    @Test("an event that names what has no address in Okta is let go", arguments: TestEngine.available)
    func noAddress(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            try await tell("user.lifecycle.suspend", "00u/../../oauth2/v1/keys", 1, fixture, integration)
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting == 0)
        }
    }

    @Test("while Okta does not answer at all nothing is tried one by one", arguments: TestEngine.available)
    func outage(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            for number in 1...40 {
                try await tell("user.lifecycle.suspend", "00u\(number)", number, fixture, integration)
            }
            try await fixture.move(integration, to: 1)
            let tail = LogTail(try await fixture.integration(integration), fixture.integrations, pace: Self.unhurried)
            let pause = await tail.look()
            #expect(pause == .seconds(600))
            // A bell in the pause is not answered; one that came before anybody knew of the outage tries a few things.
            #expect(await tail.look() == nil)
            let early = LogTail(try await fixture.integration(integration), fixture.integrations, pace: .init())
            let problem = await #expect(throws: Problem.self) { _ = try await early.work(askingLog: false) }
            #expect(problem?.kind == .unreachable)
            let waiting = try await fixture.store.markCount(of: integration.id).count
            #expect(waiting == 40)
        }
    }

    @Test(
        "where Okta refuses the log alone, what Event Hooks tell of is read, in the pause too",
        arguments: TestEngine.available)
    func logRefused(_ engine: TestEngine) async throws {
        let person = try someoneGone()
        try await withTenant(engine, faults: ["forbid=logs"]) { fixture, integration, simulator in
            let tail = LogTail(integration, fixture.integrations, pace: Self.unhurried)
            for number in 1...2 {
                try await tell("user.lifecycle.suspend", person, number, fixture, integration)
                let pause = await tail.look()
                #expect((pause == nil) == (number == 2))
                let waiting = try await fixture.store.markCount(of: integration.id).count
                #expect(waiting == 0)
            }
            let health = try await fixture.store.tailHealth(of: integration.id, now: fixture.integrations.clock.now())
            #expect(health.problem?.id == "okta.forbidden")
            let changed = try await fixture.rows("SELECT DISTINCT noun FROM changes")
            #expect(changed == [["users"]])
        }
    }

    @Test(
        "a gap longer than Okta keeps its log is on record before the log is followed on",
        arguments: TestEngine.available)
    func gap(_ engine: TestEngine) async throws {
        try await withTenant(engine) { fixture, integration, simulator in
            try await follow(LogTail(integration, fixture.integrations, pace: .init()))
            let readTo = try #require(try await fixture.store.logPosition(of: integration.id).readTo)
            let late = readTo.advanced(bySeconds: 100 * 86_400)
            let back = try await TenantFixture(
                engine, okta: TenantFixture.eager, beside: fixture, clock: SyncClock { late })
            try await withSimulator(people: 200, apps: 30, groups: 40, now: late.iso8601) { _, port in
                try await back.move(integration, to: port)
                let tail = LogTail(try await back.integration(integration), back.integrations, pace: .init())
                _ = try await tail.readLog()
                let gaps = try await back.rows(
                    "SELECT gap_from, (\(late.rawValue) - gap_to) / 86400000000 FROM log_gaps")
                #expect(gaps == [[.integer(readTo.rawValue), 90]])
                let position = try await back.store.logPosition(of: integration.id)
                #expect(position.cursor != nil && (position.readTo ?? readTo) > readTo)
            }
        }
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
