import Analysis
import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("Windows and grades as they are kept")
struct UsageStoreTests {
    private static let now = SampleStore.now
    private static var today: Int64 { Int64(now.day) }

    /// Uses of one more app by people of the sample, by days before the moment; all of them have it since long ago.
    private static func use(
        _ sample: SampleStore, app: Int64, mode: String = "SAML_2_0", known days: Int64, _ uses: [(Int64, [Int64])]
    ) async throws {
        let workspace = sample.store.workspaceID
        try await sample.store.engine.write { connection in
            try connection.execute(
                "UPDATE integrations SET log_since = $2 WHERE workspace_id = $1",
                [.integer(workspace), .integer((today - days) * 86_400_000_000)])
            try connection.execute(
                """
                INSERT INTO objects (workspace_id, object_key, integration_id, okta_id) VALUES ($1, $2, 1, $3)
                """, [.integer(workspace), .integer(app), .text("0oa\(app)")])
            try connection.execute(
                """
                INSERT INTO apps (workspace_id, app_key, valid_from, from_how, opened_run, content_hash, integration_id,
                    okta_id, name, label, status, sign_on_mode, features, implicit_assignment, hidden, users_count)
                VALUES ($1, $2, 1, 4, 1, 0, 1, $3, 'acme_tool_1', $4, 'ACTIVE', $5, '', 0, 0, $6)
                """,
                [
                    .integer(workspace), .integer(app), .text("0oa\(app)"), .text("Tool \(app)"), .text(mode),
                    .integer(Int64(uses.count)),
                ])
            for (user, ago) in uses {
                try connection.execute(
                    """
                    INSERT INTO assignments (workspace_id, app_key, user_key, valid_from, from_how, opened_run, scope, status)
                    VALUES ($1, $2, $3, 1, 1, 1, 1, 'ACTIVE')
                    """, [.integer(workspace), .integer(app), .integer(user)])
                for one in ago { try sign(connection, workspace, app, user, today - one) }
                guard let last = ago.min(), let first = ago.max() else { continue }
                try connection.execute(
                    """
                    INSERT INTO last_uses (workspace_id, app_key, user_key, last_at, first_day) VALUES ($1, $2, $3, $4, $5)
                    """,
                    [
                        .integer(workspace), .integer(app), .integer(user),
                        .integer((today - last) * 86_400_000_000 + 1000), .integer(today - first),
                    ])
            }
        }
    }

    private static func sign(
        _ connection: Connection, _ workspace: Int64, _ app: Int64, _ user: Int64, _ day: Int64
    ) throws {
        try connection.execute(
            """
            INSERT INTO usage_daily (workspace_id, app_key, user_key, day, sign_ins, last_at) VALUES ($1, $2, $3, $4, 1, $5)
            """,
            [
                .integer(workspace), .integer(app), .integer(user), .integer(day),
                .integer(day * 86_400_000_000 + 1000),
            ])
        try connection.execute(
            """
            INSERT INTO usage_monthly (workspace_id, app_key, month, sign_ins) VALUES ($1, $2, $3, 1)
            ON CONFLICT (workspace_id, app_key, month) DO UPDATE SET sign_ins = usage_monthly.sign_ins + 1
            """,
            [.integer(workspace), .integer(app), .integer(Timestamp(day: Int32(day)).month)])
    }

    /// Sixty people who come every third day and sixty who stopped 100 days ago, over 200 known days.
    private static let regular: [(Int64, [Int64])] =
        (1...60).map { ($0, stride(from: 1, through: 190, by: 3).map { Int64($0) }) }
        + (61...120).map { ($0, stride(from: 100, through: 190, by: 3).map { Int64($0) }) }

    @Test(
        "an app used every third day by those who still use it has grade B and w = 3, and nobody of those it calls dormant came back",
        arguments: TestEngine.available)
    func calibrated(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            try await Self.use(sample, app: 9_000, known: 200, Self.regular)
            let moment = try await sample.store.moment(.now, now: Self.now)
            #expect(try await sample.store.usageGrades(moment)[9_000]?.grade == .coarse)
            try await sample.store.keepUsage(now: Self.now)
            let evidence = try #require(try await sample.store.usageGrades(moment)[9_000])
            #expect(evidence.grade == .observed && evidence.windowDays == 3)
            #expect(evidence.calibratedOn == Timestamp(day: Int32(Self.today)))
            #expect(evidence.reason.hasPrefix("After 3 days without a sign-on, 0 % of 60 silences"))
            let detail = try await sample.store.app("Tool 9000", moment)
            let usage = try await sample.store.usage(of: detail, moment)
            #expect(usage.backTests.map(\.window) == [3, 30, 60, 90])
            // Days tried: 31, 61, 91 and so on before today; sixty are dormant on those within the last hundred days.
            let test = try #require(usage.backTests.first)
            #expect(test.back30 == 0 && test.back60 == 0 && test.back90 == 0)
            #expect(test.dormant30 == 3 * 60 && test.dormant60 == 2 * 60 && test.dormant90 == 60)
            #expect(usage.silence?.last == [60, 0, 0, 60, 0])
            #expect(usage.active == ActivePeople(thirty: 60, sixty: 60, ninety: 60))
        }
    }

    @Test(
        "with 90 known days of the same use the silences that tell of a window are too short for people who come monthly",
        arguments: TestEngine.available)
    func cannotSay(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let monthly: [(Int64, [Int64])] = (1...60).map { ($0, [1, 31, 61, 89].map { Int64($0) }) }
            try await Self.use(sample, app: 9_000, known: 90, monthly)
            try await Self.use(sample, app: 9_001, mode: "BOOKMARK", known: 90, monthly)
            try await Self.use(sample, app: 9_002, known: 90, [(1, [5]), (2, [])])
            try await Self.use(sample, app: 9_003, known: 90, [(1, []), (2, [])])
            try await sample.store.keepUsage(now: Self.now)
            let moment = try await sample.store.moment(.now, now: Self.now)
            let grades = try await sample.store.usageGrades(moment)
            #expect(grades[9_000]?.grade == .coarse && grades[9_000]?.windowDays == nil)
            #expect(grades[9_000]?.reason.contains("come back") == true)
            #expect(grades[9_000]?.window() == AppEvidence.defaultWindow)
            #expect(grades[9_001]?.grade == EvidenceGrade.none && grades[9_001]?.reason.contains("bookmark") == true)
            #expect(grades[9_002]?.grade == .coarse && grades[9_002]?.reason.contains("Only 1 silences") == true)
            #expect(grades[9_003]?.grade == EvidenceGrade.none)
        }
    }

    @Test("a date in the past is told by what had been calibrated by then", arguments: TestEngine.available)
    func past(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            try await Self.use(sample, app: 9_000, known: 200, Self.regular)
            try await sample.store.calibrateUsage(now: Self.now)
            let yesterday = Timestamp(day: Int32(Self.today - 1))
            let moment = try await sample.store.moment(.at(yesterday), now: Self.now)
            let before = try #require(try await sample.store.usageGrades(moment)[9_000])
            #expect(before.grade == .coarse && before.calibratedOn == nil)
            // The next month's calibration leaves that of this month alone.
            let later = Self.now.advanced(bySeconds: 12 * 86_400)
            try await sample.store.calibrateUsage(now: later)
            let now = try await sample.store.moment(.now, now: Self.now)
            let then = try #require(try await sample.store.usageGrades(now)[9_000])
            #expect(then.windowDays == 3 && then.calibratedOn == Timestamp(day: Int32(Self.today)))
        }
    }

    @Test(
        "where the log could not be read every app is no data, and nothing is counted", arguments: TestEngine.available)
    func withoutLog(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let moment = Moment(now: Self.now, usageKnown: false)
            let grades = try await sample.store.usageGrades(moment)
            #expect(grades.count > 10 && grades.values.allSatisfy { $0.grade == .none && !$0.reason.isEmpty })
            let rows = try await sample.store.list(.usageOfApps(moment), ListRequest(limit: 500)).rows
            #expect(rows.count == grades.count)
            #expect(rows.allSatisfy { $0["active_30d"] == .null && $0["sign_ins_3m"] == .null })
            let detail = try await sample.store.app(rows[0].text("app_id"), moment)
            let usage = try await sample.store.usage(of: detail, moment)
            #expect(usage.active == nil && usage.silence == nil && usage.months.isEmpty && usage.hours.total == 0)
        }
    }

    @Test("erasing a tenant leaves nothing of its use", arguments: TestEngine.available)
    func erased(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            try await sample.store.keepUsage(now: Self.now)
            let tables = [
                "usage_hours", "active_months", "usage_windows", "usage_backtests", "app_usage_counts",
                "department_usage_counts", "usage_counted", "last_uses",
            ]
            func counts() async throws -> [Int64] {
                try await sample.store.engine.read { connection in
                    try tables.map { try connection.first("SELECT count(*) FROM \($0)") { $0.integer(0) } ?? -1 }
                }
            }
            #expect(try await counts().allSatisfy { $0 > 0 })
            try await sample.store.erase(1)
            #expect(try await counts().allSatisfy { $0 == 0 })
        }
    }

    @Test("a month that was changed after it was kept is counted again", arguments: TestEngine.available)
    func changedMonth(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            try await Self.use(sample, app: 9_000, known: 200, Self.regular)
            try await sample.store.keepUsage(now: Self.now)
            let moment = try await sample.store.moment(.now, now: Self.now)
            let detail = try await sample.store.app("Tool 9000", moment)
            let before = try await sample.store.usage(of: detail, moment).months
            let workspace = sample.store.workspaceID
            try await sample.store.engine.write { connection in
                // A second sign-in day of somebody in the month before.
                try Self.sign(connection, workspace, 9_000, 61, Self.today - 35)
            }
            let after = try await sample.store.usage(of: detail, moment).months
            let month = Timestamp(day: Int32(Self.today - 35)).date.prefix(7)
            let old = try #require(before.first { $0.month == month })
            let new = try #require(after.first { $0.month == month })
            #expect(new.people == (old.people ?? 0) + 1 && new.signIns == (old.signIns ?? 0) + 1)
            #expect(new.personDays == (old.personDays ?? 0) + 1)
            #expect(before.filter { $0.month != month } == after.filter { $0.month != month })
        }
    }
}
