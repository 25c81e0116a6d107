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
        "sign-ins are not evaluated within a gap of the log, nor a week after it was last read",
        arguments: TestEngine.available)
    func usageUnread(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            @Sendable func day(_ number: Int64) -> Timestamp { SampleStore.now.advanced(bySeconds: number * 86_400) }
            try await sample.store.engine.write { connection in
                try connection.execute(
                    "UPDATE integrations SET log_since = $1, log_read_to = $2",
                    [.integer(day(-90).rawValue), .integer(day(-20).rawValue)])
                try connection.execute(
                    """
                    INSERT INTO log_gaps (workspace_id, integration_id, gap_from, gap_to, noticed_run)
                    SELECT workspace_id, integration_id, $1, $2, 1 FROM integrations
                    """, [.integer(day(-60).rawValue), .integer(day(-40).rawValue)])
            }
            func isKnown(_ number: Int64) async throws -> Bool {
                let moment = try await sample.store.moment(.at(day(number)), now: SampleStore.now)
                let rows = try await sample.store.list(.assignments(moment), ListRequest(limit: 5)).rows
                #expect(rows.count == 5)
                #expect(rows.allSatisfy { ($0.number("sign_ins_30d") == nil) == !moment.usageKnown })
                #expect((moment.usageMissing == nil) == moment.usageKnown || moment.usageUntil != nil)
                return moment.usageKnown
            }
            #expect(try await isKnown(-70))
            #expect(try await isKnown(-58))
            #expect(try await !isKnown(-50))
            #expect(try await isKnown(-30))
            #expect(try await isKnown(-15))
            #expect(try await !isKnown(-5))
            let lately = try await sample.store.moment(.at(day(-15)), now: SampleStore.now)
            #expect(lately.usageNote?.contains("up to \(day(-20).date) only") == true)
            let now = try await sample.store.moment(.now, now: SampleStore.now)
            #expect(now.usageNote?.contains("read up to \(day(-20).date), and not since") == true)
        }
    }

    @Test("a person is found by the login that a list of the past shows of them", arguments: TestEngine.available)
    func loginOfThePast(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            let time = SampleStore.now.advanced(bySeconds: -10 * 86_400)
            let moment = Moment(asOf: .at(time), now: SampleStore.now)
            // An assignment that Okta dates before the account of whom it names.
            let assigned = try await sample.store.list(.assignments(moment), ListRequest(limit: 1)).rows
            let user = try #require(assigned.first?.text("user_id"))
            try await sample.store.engine.write { connection in
                try connection.execute(
                    """
                    UPDATE users SET valid_from = $1, created_at = $1, from_how = 1 WHERE user_key = (
                        SELECT object_key FROM objects WHERE okta_id = $2) AND valid_to IS NULL
                    """, [.integer(time.rawValue + 1), .text(user)])
                try connection.execute(
                    """
                    DELETE FROM users WHERE valid_to IS NOT NULL AND user_key = (
                        SELECT object_key FROM objects WHERE okta_id = $1)
                    """, [.text(user)])
            }
            let list = ListDefinition.assignments(moment)
            let theirs = try ListFilter(parsing: "user_id=\(user)", for: list)
            let shown = try await sample.store.list(list, ListRequest(filters: [theirs], limit: 500)).rows
            let login = try #require(shown.first?.text("login"))
            #expect(!login.isEmpty)
            let filter = try ListFilter(parsing: "login=\(login)", for: list)
            let found = try await sample.store.list(list, ListRequest(filters: [filter], limit: 500)).rows
            #expect(found.map { $0.text("app_id") }.sorted() == shown.map { $0.text("app_id") }.sorted())
        }
    }

    @Test("Everyone holds whom the list of people holds, at any date", arguments: TestEngine.available)
    func everyone(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 100) { sample in
            try await sample.store.engine.write { connection in
                try connection.execute(
                    "UPDATE user_groups SET name = 'Everyone', type = 'BUILT_IN', valid_from = 0 WHERE group_key = ("
                        + "SELECT min(group_key) FROM user_groups)")
                try connection.execute("UPDATE runs SET started_at = 0")
            }
            for days: Int64 in [75, 50, 20] {
                let time = SampleStore.now.advanced(bySeconds: -days * 86_400)
                let moment = Moment(asOf: .at(time), now: SampleStore.now)
                let people = try await sample.store.list(.users(moment), ListRequest(limit: 500)).rows
                let groups = try await sample.store.list(.groups(moment), ListRequest(limit: 500)).rows
                let everyone = try #require(groups.first { $0.text("name") == "Everyone" })
                #expect(
                    everyone.number("members") == Int64(people.count { $0.text("status") != "DEPROVISIONED" }),
                    "\(days)")
            }
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
