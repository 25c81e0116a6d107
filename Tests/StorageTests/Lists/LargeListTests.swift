import DatabaseEngine
import Directory
import Storage
import Support
import Testing

/// Lists of thousands are read in other ways than short ones; they have to say the same.
@Suite struct LargeListTests {
    private static let now = Moment(now: SampleStore.now)
    private static let past = Moment(
        asOf: .at(SampleStore.now.advanced(bySeconds: -15 * 86_400)), now: SampleStore.now)

    private static let questions: [(String, ListRequest)] = [
        ("everybody", ListRequest(limit: 3000)), ("backwards", ListRequest(descending: true, limit: 3000)),
        ("unused", request("sign_ins_90d=0")), ("used", request("sign_ins_30d>0")),
        ("little used", request("sign_ins_90d<3")),
        ("direct", request("scope=USER")), ("leavers", request("user_status=DEPROVISIONED")),
        ("not active", request("user_status!=ACTIVE")), ("no department", request("department=")),
        ("some department", request("department!=")), ("not in IT", request("department!=IT")),
        ("named", request("first_name~ad")), ("not named", request("last_name!~e")), ("login", request("login~ada")),
        ("searched", ListRequest(search: "ada acme", limit: 3000)),
        ("two filters", request("user_status=ACTIVE", "sign_ins_90d=0")),
    ]

    private static func request(_ filters: String...) -> ListRequest {
        let list = ListDefinition.assignments(now, of: .app(1, large: true))
        return ListRequest(filters: filters.compactMap { try? ListFilter(parsing: $0, for: list) }, limit: 3000)
    }

    @Test(
        "an app's people are the same whether walked as a large list or a small one", arguments: TestEngine.available,
        [now, past])
    func largeEqualsSmall(_ engine: TestEngine, moment: Moment) async throws {
        try await SampleStore.with(engine, people: 700) { sample in
            let app = try #require(
                try await sample.store.list(.apps(moment), ListRequest(sort: "assigned_users", descending: true)).rows
                    .first)
            let key = try await sample.store.app(app.text("id"), moment).key
            let small = ListDefinition.assignments(moment, of: .app(key, large: false))
            let large = ListDefinition.assignments(moment, of: .app(key, large: true))
            for (name, request) in Self.questions {
                let expected = try await sample.store.list(small, request)
                let found = try await sample.store.list(large, request)
                #expect(found.total == expected.total, "\(name)")
                #expect(found.rows.map(\.cells) == expected.rows.map(\.cells), "\(name)")
                #expect(try await sample.store.count(large, request) == expected.total, "\(name)")
                let streamed = try await sample.store.page(large, request)
                #expect(streamed.rows.map(\.cells) == expected.rows.map(\.cells), "\(name)")
            }
            #expect(try await sample.store.list(large, Self.questions[2].1).total > 0)
        }
    }

    @Test(
        "many matches and few give pages in the same order, each row once, forwards and back",
        arguments: TestEngine.available)
    func pagesOfManyMatches(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 2600) { sample in
            for moment in [Self.now, Self.past] {
                let list = ListDefinition.users(moment)
                // More than the two thousand rows that are put in order after counting, and fewer.
                for filter in ["status!=SUSPENDED", "title~spec", "status=SUSPENDED"] {
                    let filters = [try ListFilter(parsing: filter, for: list)]
                    let whole = try await sample.store.page(list, ListRequest(filters: filters, limit: 5000)).rows
                    var request = ListRequest(filters: filters, limit: 400)
                    var rows: [ListRow] = []
                    repeat {
                        let page = try await sample.store.list(list, request)
                        #expect(page.total == whole.count)
                        rows += page.rows
                        request.cursor = page.next
                    } while request.cursor != nil
                    #expect(rows.map(\.cells) == whole.map(\.cells), "\(filter)")
                }
            }
        }
    }

    @Test("an app's figures are those of its list", arguments: TestEngine.available)
    func figuresAgree(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 500) { sample in
            for moment in [Self.now, Self.past] {
                for app in try await sample.store.list(.apps(moment), ListRequest(limit: 100)).rows {
                    let detail = try await sample.store.app(app.text("id"), moment)
                    guard let users = detail.users else { continue }
                    let list = ListDefinition.assignments(moment, of: .app(detail.key, large: false))
                    func count(_ filter: String) async throws -> Int {
                        let filters = [try ListFilter(parsing: filter, for: list)]
                        return try await sample.store.count(list, ListRequest(filters: filters))
                    }
                    #expect(try await sample.store.count(list) == users)
                    #expect(try await count("scope=USER") == detail.direct)
                    #expect(try await count("sign_ins_30d>0") == detail.active30)
                    #expect(try await count("sign_ins_90d>0") == detail.active90)
                }
            }
        }
    }

    @Test("an app that everybody may use counts whoever used it, at any date", arguments: TestEngine.available)
    func openToAll(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 200) { sample in
            try await sample.store.engine.write { connection in
                try connection.execute("UPDATE apps SET implicit_assignment = 1")
                try connection.execute("DELETE FROM assignments")
            }
            var most = 0
            for moment in [Self.now, Self.past] {
                for app in try await sample.store.list(.apps(moment), ListRequest(limit: 100)).rows {
                    let detail = try await sample.store.app(app.text("id"), moment)
                    let used = try await sample.store.engine.read { connection in
                        try connection.query(
                            """
                            SELECT count(DISTINCT user_key) FROM usage_daily
                            WHERE app_key = $1 AND day > $2 AND day <= $3 AND last_at <= $4
                            """,
                            [
                                .integer(detail.key), .integer(moment.today - 90), .integer(moment.today),
                                .integer(moment.time.rawValue),
                            ], { Int($0.integer(0)) })
                    }
                    #expect(detail.active90 == used[0])
                    most = max(most, used[0])
                }
            }
            #expect(most > 5)
        }
    }

    @Test(
        "who is on an app's list and not on that of people is noticed, now and at a date",
        arguments: TestEngine.available)
    func unlistedPeople(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 40) { sample in
            let workspace = sample.store.workspaceID
            #expect(try await sample.store.listsEverybody(.now))
            try await sample.store.engine.write { connection in
                let key = try connection.first(
                    "SELECT user_key FROM assignments WHERE workspace_id = $1 AND valid_to IS NULL LIMIT 1",
                    [.integer(workspace)]
                ) { $0.integer(0) }
                try connection.execute(
                    "DELETE FROM users WHERE workspace_id = $1 AND user_key = $2",
                    [.integer(workspace), .optional(key)])
            }
            #expect(try await !sample.store.listsEverybody(.now))
            #expect(try await !sample.store.listsEverybody(.at(SampleStore.now)))
        }
    }
}
