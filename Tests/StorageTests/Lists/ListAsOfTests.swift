import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite struct ListAsOfTests {
    private static let past = Moment(asOf: .at(SampleStore.now.advanced(bySeconds: -75 * 86_400)), now: SampleStore.now)
    private static let moment = Moment(now: SampleStore.now)

    @Test("a list of the past shows what was true then", arguments: TestEngine.available)
    func pastDepartments(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            let user = try await sample.store.user("00u0000000000000000u", Self.past)
            let now = try await sample.store.user(user.user.id, Self.moment)
            #expect(user.user.attributes.department == "Sales")
            #expect(now.user.attributes.department != "Sales")
            #expect(now.history.count == 2)
            let then = try await sample.store.list(.users(Self.past), ListRequest(limit: 500))
            let known = then.rows.filter { $0.text("status") != "UNKNOWN" }
            #expect(known.count == 10)
            #expect(known.allSatisfy { $0.text("department") == "Sales" })
        }
    }

    @Test(
        "who was made before a date and first seen after it was there then, of a status nobody knows",
        arguments: TestEngine.available)
    func peopleBeforeFirstSight(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            let list = ListDefinition.users(Self.past)
            let page = try await sample.store.list(list, ListRequest(limit: 500))
            #expect(page.total == 100)
            #expect(page.rows.count { $0.text("status") == "UNKNOWN" } == 90)
            #expect(page.rows.allSatisfy { !$0.text("login").isEmpty })
            let filter = try ListFilter(parsing: "status=UNKNOWN", for: list)
            for sort in ["login", "status", "last_login_at", "title"] {
                var request = ListRequest(filters: [filter], sort: sort, limit: 7)
                var ids: [String] = []
                repeat {
                    let page = try await sample.store.list(list, request)
                    #expect(page.total == 90)
                    ids += page.rows.map { $0.text("id") }
                    request.cursor = page.next
                } while request.cursor != nil
                #expect(ids.count == 90 && Set(ids).count == 90, "\(sort)")
            }
            let totals = try await sample.store.totals(Self.past, apps: .apps(Self.past))
            #expect(totals.people == 100 && totals.active == 10)
            let departments = try await sample.store.list(.departments(Self.past), ListRequest(limit: 50)).rows
            #expect(departments.reduce(0) { $0 + ($1.number("users") ?? 0) } == 100)
            #expect(departments.reduce(0) { $0 + ($1.number("active_users") ?? 0) } == Int64(totals.active))
            #expect(try await sample.store.listsEverybody(Self.past.asOf))
        }
    }

    @Test(
        "dates that Okta keeps current are not known where they are later than the moment, and nothing is found by them",
        arguments: TestEngine.available)
    func laterDates(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            let time = SampleStore.now.advanced(bySeconds: -50 * 86_400)
            let moment = Moment(asOf: .at(time), now: SampleStore.now)
            let list = ListDefinition.users(moment)
            for sort in ["login", "last_login_at"] {
                let rows = try await sample.store.list(list, ListRequest(sort: sort, limit: 500)).rows
                let logins = rows.compactMap { $0.time("last_login_at") }
                #expect(rows.count == 100 && logins.count > 20 && logins.count < 60)
                #expect(logins.allSatisfy { $0 <= time })
                if sort == "last_login_at" { #expect(logins == logins.sorted()) }
                let missing = try ListFilter(parsing: "last_login_at=", for: list)
                #expect(try await sample.store.count(list, ListRequest(filters: [missing])) == 100 - logins.count)
                let later = try ListFilter(parsing: "last_login_at>\(time.date)", for: list)
                #expect(try await sample.store.count(list, ListRequest(filters: [later])) == 0)
            }
            for row in try await sample.store.list(.roles(moment), ListRequest(limit: 50)).rows {
                #expect(row.time("last_login_at").map { $0 <= time } ?? true)
            }
            for row in try await sample.store.list(.groups(moment), ListRequest(limit: 50)).rows {
                #expect(row["last_membership_updated_at"] == .null)
                let group = try await sample.store.group(row.text("id"), moment).group
                #expect(group.lastMembershipUpdated == nil)
            }
        }
    }

    @Test("a day of use counts once its last sign-in lies no later than the moment", arguments: TestEngine.available)
    func usageOfADay(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            let workspace = sample.store.workspaceID
            let used = try await sample.store.engine.read { connection in
                try connection.first(
                    """
                    SELECT a.okta_id, u.okta_id, max(d.day), max(d.last_at) FROM usage_daily d
                    JOIN objects a ON a.workspace_id = $1 AND a.object_key = d.app_key
                    JOIN objects u ON u.workspace_id = $1 AND u.object_key = d.user_key
                    WHERE d.workspace_id = $1 GROUP BY a.okta_id, u.okta_id ORDER BY a.okta_id, u.okta_id LIMIT 1
                    """, [.integer(workspace)]
                ) { ($0.text(0), $0.text(1), $0.integer(2), Timestamp(rawValue: $0.integer(3))) }
            }
            let (app, user, day, last) = try #require(used)
            func row(_ time: Timestamp) async throws -> ListRow? {
                let list = ListDefinition.assignments(Moment(asOf: .at(time), now: SampleStore.now))
                let filters = try ["app_id=\(app)", "user_id=\(user)"].map { try ListFilter(parsing: $0, for: list) }
                return try await sample.store.list(list, ListRequest(filters: filters)).rows.first
            }
            let midnight = try #require(try await row(Timestamp(day: Int32(day))))
            let before = try #require(try await row(Timestamp(rawValue: last.rawValue - 1)))
            let after = try #require(try await row(last))
            #expect(try #require(midnight.time("last_sign_in_at")) < Timestamp(day: Int32(day)))
            #expect(before.time("last_sign_in_at") == midnight.time("last_sign_in_at"))
            #expect(after.time("last_sign_in_at") == last)
            #expect(before.number("sign_ins_30d") == midnight.number("sign_ins_30d"))
            #expect(try #require(after.number("sign_ins_30d")) > (before.number("sign_ins_30d") ?? 0))
        }
    }

    @Test("counts of the past are counted from the intervals", arguments: TestEngine.available)
    func pastCounts(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            let past = Moment(asOf: .at(SampleStore.now.advanced(bySeconds: -15 * 86_400)), now: SampleStore.now)
            let list = ListDefinition.apps(past)
            for row in try await sample.store.list(list, ListRequest(limit: 500)).rows {
                guard let users = row.number("assigned_users") else { continue }
                let filter = try ListFilter(parsing: "app_id=\(row.text("id"))", for: .assignments(past))
                let assignments = try await sample.store.count(.assignments(past), ListRequest(filters: [filter]))
                #expect(Int(users) == assignments)
            }
        }
    }

    @Test("what could not be read is NULL, never zero", arguments: TestEngine.available)
    func notEvaluated(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            let apps = try await sample.store.list(.apps(Self.moment), ListRequest(limit: 500)).rows
            #expect(apps.count { $0["assigned_users"] == .null } == 1)
            let blind = Moment(now: SampleStore.now, usageKnown: false)
            let rows = try await sample.store.list(.assignments(blind), ListRequest(limit: 20)).rows
            #expect(rows.allSatisfy { $0["sign_ins_30d"] == .null && $0["last_sign_in_at"] == .null })
        }
    }

    @Test(
        "the usage report adds up to the days it is made of, however it is cut into batches",
        arguments: TestEngine.available)
    func usageReport(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            var whole: [[Value]] = []
            try await sample.store.eachUsageRow(Self.moment) { rows in whole += rows.map(\.cells) }
            var cut: [[Value]] = []
            try await sample.store.eachUsageRow(Self.moment, batch: 50) { rows in cut += rows.map(\.cells) }
            #expect(whole == cut)
            let workspace = sample.store.workspaceID
            let total = try await sample.store.engine.read { connection in
                try connection.first(
                    "SELECT sum(sign_ins) FROM usage_daily WHERE workspace_id = $1", [.integer(workspace)],
                    { $0.integer(0) })
            }
            let sum = whole.reduce(Int64(0)) { sum, cells in
                if case .integer(let count) = cells[5] { sum + count } else { sum }
            }
            #expect(sum == total)
            #expect(sum > 0)
        }
    }
}
