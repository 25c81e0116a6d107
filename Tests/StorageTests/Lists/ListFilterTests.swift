import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite struct ListFilterTests {
    private static let moment = Moment(now: SampleStore.now)

    private func rows(_ list: ListDefinition, _ filters: [String], _ store: Store) async throws -> [ListRow] {
        let parsed = try filters.map { try ListFilter(parsing: $0, for: list) }
        return try await store.list(list, ListRequest(filters: parsed, limit: 10_000)).rows
    }

    @Test("filters keep exactly the rows that a look at every row would keep", arguments: TestEngine.available)
    func filtersAgreeWithAFullLook(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 400) { sample in
            let list = ListDefinition.users(Self.moment)
            let all = try await rows(list, [], sample.store)
            #expect(all.count == 400)
            let cases: [(String, @Sendable (ListRow) -> Bool)] = [
                ("status=ACTIVE", { $0.text("status") == "ACTIVE" }),
                ("status!=ACTIVE", { $0.text("status") != "ACTIVE" }),
                ("department=", { $0["department"] == .null }), ("department!=", { $0["department"] != .null }),
                ("department = 'Legal & Compliance'", { $0.text("department") == "Legal & Compliance" }),
                ("login~ADA", { $0.text("login").contains("ada") }),
                ("first_name~<script>", { $0.text("first_name").contains("<script>") }),
                ("login!~ada", { !$0.text("login").contains("ada") }),
                ("apps=0", { $0.number("apps") == 0 }), ("apps>20", { $0.number("apps") ?? 0 > 20 }),
                ("last_login_at<2026-10-01", { $0.time("last_login_at").map { $0.date < "2026-10-01" } ?? false }),
                ("last_login_at<=2026-10-01", { $0.time("last_login_at").map { $0.date <= "2026-10-01" } ?? false }),
                ("last_login_at>2026-10-01", { $0.time("last_login_at").map { $0.date > "2026-10-01" } ?? false }),
                ("last_login_at=2026-10-01", { $0.time("last_login_at").map { $0.date == "2026-10-01" } ?? false }),
                ("id=\(all[5].text("id"))", { [id = all[5].text("id")] in $0.text("id") == id }),
            ]
            for (filter, keeps) in cases {
                let found = try await rows(list, [filter], sample.store).map { $0.text("id") }
                #expect(found == all.filter(keeps).map { $0.text("id") }, "\(filter)")
            }
        }
    }

    @Test("lookups by id and login in tall tables find the same rows as a full look", arguments: TestEngine.available)
    func lookupsAgree(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 200) { sample in
            let list = ListDefinition.assignments(Self.moment)
            let all = try await rows(list, [], sample.store)
            let some = try #require(all.dropFirst(all.count / 2).first)
            for column in ["user_id", "login", "app_id", "app_label", "group_name"] where !some.text(column).isEmpty {
                let found = try await rows(list, ["\(column)=\(some.text(column))"], sample.store)
                #expect(found.count == all.count { $0.text(column) == some.text(column) }, "\(column)")
                #expect(!found.isEmpty)
            }
            let unused = try await rows(list, ["sign_ins_30d=0", "scope=USER"], sample.store)
            #expect(unused.count == all.count { $0.number("sign_ins_30d") == 0 && $0.text("scope") == "USER" })
        }
    }

    @Test(
        "what a filter is written as reads back as the same filter",
        arguments: [
            "Sales", " Sales", "Sales ", "  ", "\"", "\"Sales\"", "'Sales'", "Sales\"", "'", "a \"b\" c", "=5", "~5",
            "\u{301}e", "e\u{301} ", "\t", "Füße", "",
        ])
    func roundTrip(_ value: String) throws {
        let list = ListDefinition.users(Self.moment)
        for comparison in ListFilter.Operator.allCases where !value.isEmpty || [.equal, .notEqual].contains(comparison)
        {
            let filter = ListFilter(column: "department", comparison: comparison, value: value)
            let read = try ListFilter(parsing: filter.expression, for: list)
            #expect(read.comparison == comparison, "\(filter.expression)")
            #expect(read.value.unicodeScalars.elementsEqual(value.unicodeScalars), "\(filter.expression)")
        }
    }

    @Test("a percent sign or an underscore in a search is only itself", arguments: TestEngine.available)
    func wildcardsAreText(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let list = ListDefinition.users(Self.moment)
            for text in ["%", "_", "!"] {
                let found = try await sample.store.list(list, ListRequest(search: text))
                #expect(found.total == 0)
            }
            let found = try await sample.store.list(list, ListRequest(search: "ACME ada"))
            #expect(found.total > 0)
        }
    }

    @Test(
        "a wrong filter says what would be right",
        arguments: [
            ("statuss=ACTIVE", "list.filter.unknownColumn"), ("status", "list.filter.malformed"),
            ("=x", "list.filter.malformed"), ("apps=many", "list.filter.notANumber"),
            ("created_at<yesterday", "list.filter.notADate"), ("created_at~2025", "list.filter.notADate"),
            ("apps>", "list.filter.noValue"), ("login=\(String(repeating: "x", count: 600))", "list.filter.tooLong"),
        ])
    func wrongFilters(text: String, id: String) {
        let problem = #expect(throws: Problem.self) {
            try ListFilter(parsing: text, for: .users(Self.moment))
        }
        #expect(problem?.id == id)
        #expect(problem?.remedy.isEmpty == false)
    }

    @Test("quotes and SQL in a value are compared, never run", arguments: TestEngine.available)
    func valuesAreBound(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let list = ListDefinition.users(Self.moment)
            let found = try await rows(list, ["login=x' OR '1'='1"], sample.store)
            #expect(found.isEmpty)
        }
    }
}
