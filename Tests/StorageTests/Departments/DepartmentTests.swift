import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite struct DepartmentTests {
    private static let moment = Moment(now: SampleStore.now)

    private func rows(_ store: Store, _ moment: Moment = Self.moment) async throws -> [[Value]] {
        try await store.list(.departments(moment), ListRequest(limit: 100)).rows.map(\.cells)
    }

    @Test("departments are what SQL counts them to be", arguments: TestEngine.available)
    func agreesWithTheView(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 300) { sample in
            let workspace = sample.store.workspaceID
            let counted = try await sample.store.engine.read { connection in
                try connection.query(
                    """
                    SELECT department, users, active_users, apps, managers FROM v_departments WHERE workspace_id = $1
                    ORDER BY lower(department)
                    """, [.integer(workspace)]
                ) { row in (0..<5).map { row.value($0) } }
            }
            #expect(try await rows(sample.store) == counted)
            #expect(counted.count > 5)
        }
    }

    @Test(
        "a finished run keeps the counts, which stand until the next run and go with the tenant",
        arguments: TestEngine.available)
    func keptCounts(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let store = sample.store
            let workspace = store.workspaceID
            try await store.engine.write { connection in
                try connection.execute(
                    "UPDATE workspace_counters SET next_run = 100 WHERE workspace_id = $1", [.integer(workspace)])
            }
            let before = try await rows(store)
            let (context, _) = try await store.beginRun(
                of: 1, kind: "full", resume: false, now: SampleStore.now, closureShare: 0.2)
            try await store.keepDepartments(of: context)
            try await store.endRun(context, status: .complete, coverage: [:], problem: nil, now: SampleStore.now)
            // What is kept is read, not counted again: a change behind its back does not show.
            try await store.engine.write { connection in
                try connection.execute(
                    "UPDATE users SET department = 'Moved' WHERE workspace_id = $1", [.integer(workspace)])
            }
            #expect(try await rows(store) == before)
            // The next run counts again, for it changed people.
            let (next, _) = try await store.beginRun(
                of: 1, kind: "full", resume: false, now: SampleStore.now, closureShare: 0.2)
            try await store.record(next) { writer in writer.count("users", changed: 1) }
            try await store.keepDepartments(of: next)
            try await store.endRun(next, status: .complete, coverage: [:], problem: nil, now: SampleStore.now)
            #expect(try await rows(store).map { $0[0] } == [.text("Moved")])
            try await store.erase(1)
            #expect(try await rows(store).isEmpty)
        }
    }
}
