import Analysis
import DatabaseEngine
import Directory
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Offboarding cases: what people decide, and what is seen")
struct ChecklistTests {
    private let now = SampleStore.now
    private var leaver: String { SampleStore.id(ofPerson: 7) }

    private func found(_ store: Store, at time: Timestamp? = nil) async throws -> OffboardingCase {
        try #require(try await store.offboardingCase(leaver, Moment(now: time ?? now)))
    }

    /// A sync that saw everything, later.
    private func sync(_ store: Store, at time: Timestamp, run: Int64) async throws {
        let workspace = store.workspaceID
        try await store.engine.write { connection in
            try connection.execute(
                """
                INSERT INTO runs (workspace_id, run_id, integration_id, kind, status, started_at, heartbeat_at, finished_at,
                    coverage) VALUES ($1, $2, 1, 'full', 'complete', $3, $3, $3, 'users=readable')
                """, [.integer(workspace), .integer(run), .integer(time.rawValue)])
        }
    }

    private func end(_ app: LeaverApp, _ store: Store, at time: Timestamp, run: Int64) async throws {
        let workspace = store.workspaceID
        try await store.engine.write { connection in
            try connection.execute(
                """
                UPDATE assignments SET valid_to = $4, to_how = 3, closed_run = $5 WHERE workspace_id = $1
                    AND app_key = $2 AND user_key = $3 AND valid_to IS NULL
                """,
                [
                    .integer(workspace), .integer(app.key), .integer(7), .integer(time.rawValue), .integer(run),
                ])
        }
    }

    private func provision(_ app: LeaverApp, _ store: Store) async throws {
        let workspace = store.workspaceID
        try await store.engine.write { connection in
            try connection.execute(
                "UPDATE apps SET features = 'PUSH_USER_DEACTIVATION' WHERE workspace_id = $1 AND app_key = $2",
                [.integer(workspace), .integer(app.key)])
        }
    }

    private func state(_ key: LeaverItem.Key, _ found: OffboardingCase) throws -> ChecklistItem.State {
        try #require(found.items.first { $0.item.key == key }).state
    }

    @Test(
        "closed by a person, open again when a sync still sees it, closed by observation, open again when it comes back",
        arguments: TestEngine.available)
    func life(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let store = sample.store
            let first = try await found(store)
            let app = try #require(first.facts.apps.first { $0.isPresent })
            try await provision(app, store)
            let key = LeaverItem.Key(kind: .app, id: app.id)
            #expect(try state(key, first) == .open)
            let later = now.advanced(bySeconds: 60)
            try await store.settle([key], of: first, ItemChange(.close, evidence: "HD-1"), actor: "ada", now: later)
            let second = try await found(store, at: later)
            #expect(try state(key, second) == .closed(by: "ada", at: later))
            #expect(second.openItems == first.openItems - 1)
            let population = try await store.leavers(Moment(now: later))
            let closings = try await store.offboardingClosings(Moment(now: later))
            let listed = try #require(population.leavers.first { $0.person.id == leaver })
            #expect(closings.openItems(of: listed, seenAt: population.seenAt) == second.openItems)

            let next = later.advanced(bySeconds: 3_600)
            try await sync(store, at: next, run: 3)
            guard case .openAgain(let why) = try state(key, try await found(store, at: next)) else {
                Issue.record("a sync that still sees it opens it again")
                return
            }
            #expect(why.contains("ada") && why.contains("still saw it"))

            try await end(app, store, at: next, run: 4)
            guard case .observed(let at, let how) = try state(key, try await found(store, at: next)) else {
                Issue.record("a sync that no longer sees it closes it")
                return
            }
            #expect(at == next && how.contains("run 4"))

            let back = next.advanced(bySeconds: 7_200)
            let (workspace, appKey) = (store.workspaceID, app.key)
            try await store.engine.write { connection in
                try connection.execute(
                    """
                    INSERT INTO assignments (workspace_id, app_key, user_key, valid_from, from_how, opened_run, scope, status)
                    VALUES ($1, $2, 7, $3, 3, 5, 1, 'ACTIVE')
                    """, [.integer(workspace), .integer(appKey), .integer(back.rawValue)])
            }
            guard case .openAgain(let reason) = try state(key, try await found(store, at: back)) else {
                Issue.record("what comes back is open again")
                return
            }
            #expect(reason.contains("came back"))
            let events = try await found(store, at: back).events
            #expect(events.map(\.action) == ["close"] && events.first?.detail == "evidence: HD-1")
        }
    }

    @Test(
        "what Okta cannot prove stays open when it is gone, until somebody vouches for it",
        arguments: TestEngine.available)
    func manual(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let store = sample.store
            let first = try await found(store)
            let app = try #require(first.facts.apps.first { $0.way == .manual && $0.isPresent })
            try await end(app, store, at: now, run: 2)
            let key = LeaverItem.Key(kind: .app, id: app.id)
            let gone = try await found(store)
            #expect(try state(key, gone) == .open)
            await #expect(throws: Problem.self) {
                try await store.settle([key], of: gone, ItemChange(.close), actor: "ada", now: now)
            }
            await #expect(throws: Problem.self) {
                try await store.settle([], of: gone, ItemChange(.close, note: "done"), actor: "ada", now: now)
            }
            await #expect(throws: Problem.self) {
                try await store.settle(
                    [.init(kind: .app, id: "0oanothing")], of: gone, ItemChange(.close, note: "x"), actor: "ada",
                    now: now)
            }
            #expect(try await found(store).record == nil, "what is refused leaves nothing behind")
            try await store.settle([key], of: gone, ItemChange(.close, note: "deleted there"), actor: "ada", now: now)
            #expect(try state(key, try await found(store)) == .closed(by: "ada", at: now))
            try await sync(store, at: now.advanced(bySeconds: 60), run: 3)
            #expect(
                try state(key, try await found(store, at: now.advanced(bySeconds: 90))) == .closed(by: "ada", at: now),
                "a sync cannot say more of it")
            try await store.settle(
                [key], of: gone, ItemChange(.reopen), actor: "bob", now: now.advanced(bySeconds: 120))
            #expect(try state(key, try await found(store, at: now.advanced(bySeconds: 180))) == .open)
        }
    }

    @Test(
        "a case that is closed as it is keeps its checklist, and opens again when the person acts",
        arguments: TestEngine.available)
    func closing(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let store = sample.store
            let first = try await found(store)
            #expect(first.isOpen)
            await #expect(throws: Problem.self) {
                try await store.settleCase(first, ItemChange(.close), actor: "ada", now: now)
            }
            try await store.settleCase(
                first, ItemChange(.close, note: "contractor until May"), actor: "ada", now: now.advanced(bySeconds: 1))
            let closed = try await found(store, at: now.advanced(bySeconds: 2))
            #expect(!closed.isOpen && closed.record?.closedOpen == first.openItems)
            let lines = closed.record?.record?.split(separator: "\r\n").count
            #expect(lines == first.items.count + 1)
            let workspace = store.workspaceID
            let acted = now.advanced(bySeconds: 50)
            try await store.engine.write { connection in
                try connection.execute(
                    "UPDATE users SET last_login_at = $2 WHERE workspace_id = $1 AND user_key = 7",
                    [.integer(workspace), .integer(acted.rawValue)])
            }
            let again = try await found(store, at: now.advanced(bySeconds: 60))
            #expect(again.isOpen && again.facts.activityAfter == acted)
            let trail = try await store.engine.read { connection in
                try connection.query(
                    "SELECT action FROM audit_trail WHERE workspace_id = $1 ORDER BY position", [.integer(workspace)],
                    { $0.text(0) })
            }
            #expect(trail == ["offboarding.close-case"])
        }
    }

    @Test("a case can be opened by hand for somebody who has not left", arguments: TestEngine.available)
    func byHand(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let active = SampleStore.id(ofPerson: 8)
            #expect(try await sample.store.offboardingCase(active, Moment(now: now)) == nil)
            try await sample.store.openOffboarding(active, actor: "ada", now: now)
            let opened = try #require(try await sample.store.offboardingCase(active, Moment(now: now)))
            #expect(opened.isOpen && opened.facts.end.source == .person && !opened.items.isEmpty)
            #expect(opened.events.map(\.action) == ["open"])
            await #expect(throws: Problem.self) {
                _ = try await sample.store.offboardingCase("nobody", Moment(now: now))
            }
        }
    }
}
