import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite struct ListPagingTests {
    private static let moment = Moment(now: SampleStore.now)

    @Test(
        "paging by cursor visits every row once, whatever the order",
        arguments: TestEngine.available,
        [
            ("users", "login", false), ("users", "department", false), ("users", "department", true),
            ("users", "last_login_at", true), ("users", "last_login_at", false), ("groups", "members", true),
            ("apps", "assigned_users", false), ("apps", "assigned_users", true), ("roles", "login", false),
            ("departments", "users", true), ("assignments", nil, false), ("memberships", nil, true),
        ] as [(String, String?, Bool)])
    func pagesVisitEachRowOnce(_ engine: TestEngine, _ wanted: (String, String?, Bool)) async throws {
        let (noun, sort, descending) = wanted
        try await SampleStore.with(engine, people: 300) { sample in
            let list = try #require(ListDefinition.named(noun, Self.moment))
            let total = try await sample.store.count(list)
            var request = ListRequest(sort: sort, descending: descending, limit: noun == "departments" ? 2 : 37)
            if total > 3000 { request.limit = 500 }
            var seen: Set<[String]> = []
            var order: [String] = []
            var count = 0
            repeat {
                let page = try await sample.store.list(list, request)
                #expect(page.offset == count)
                #expect(page.total == total)
                for row in page.rows {
                    seen.insert(list.cells(of: row).map { "\($0)" })
                    order.append("\(row[sort ?? ""])")
                }
                count += page.rows.count
                request.cursor = page.next
            } while request.cursor != nil
            #expect(count == total)
            #expect(seen.count == total)
            #expect(total > 0)
        }
    }

    @Test(
        "going back by cursor shows the pages that were shown before, whatever the order",
        arguments: TestEngine.available,
        [
            ("users", "login", false), ("users", "department", true), ("users", "last_login_at", false),
            ("groups", "members", true), ("apps", "assigned_users", false), ("roles", "login", false),
            ("departments", "users", true), ("assignments", nil, false),
        ] as [(String, String?, Bool)])
    func pagesGoBack(_ engine: TestEngine, _ wanted: (String, String?, Bool)) async throws {
        let (noun, sort, descending) = wanted
        try await SampleStore.with(engine, people: 300) { sample in
            for moment in [
                Self.moment, Moment(asOf: .at(SampleStore.now.advanced(bySeconds: -86_400)), now: SampleStore.now),
            ] {
                let list = try #require(ListDefinition.named(noun, moment))
                var request = ListRequest(sort: sort, descending: descending, limit: noun == "departments" ? 2 : 11)
                var forth: [ListPage] = []
                repeat {
                    forth.append(try await sample.store.list(list, request))
                    request.cursor = forth.last?.next
                } while request.cursor != nil && forth.count < 4
                #expect(forth.count > 1)
                #expect(forth[0].previous == nil)
                for page in forth.dropLast().reversed() {
                    request.cursor =
                        forth[forth.firstIndex { $0.offset == page.offset + page.rows.count } ?? 0].previous
                    let back = try await sample.store.list(list, request)
                    #expect(back.rows.map(\.cells) == page.rows.map(\.cells))
                    #expect(back.offset == page.offset)
                    #expect(back.total == page.total)
                    #expect((back.previous == nil) == (page.previous == nil))
                    request.cursor = back.next
                    let again = try await sample.store.list(list, request)
                    #expect(again.offset == page.offset + page.rows.count)
                }
            }
        }
    }

    @Test(
        "names are ordered without regard to case, and rows whose names differ only in case all appear",
        arguments: TestEngine.available)
    func namesIgnoreCase(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let workspace = sample.store.workspaceID
            let labels = ["Zscaler", "monday.com", "Microsoft", "MONDAY.COM", "Monday.com", "adobe"]
            try await sample.store.engine.write { connection in
                for (number, label) in labels.enumerated() {
                    try connection.execute(
                        """
                        UPDATE apps SET label = $2 WHERE workspace_id = $1 AND app_key = (
                            SELECT app_key FROM apps WHERE workspace_id = $1 ORDER BY app_key LIMIT 1 OFFSET $3)
                        """, [.integer(workspace), .text(label), .integer(Int64(number))])
                }
            }
            var request = ListRequest(limit: 2)
            var found: [String] = []
            repeat {
                let page = try await sample.store.list(.apps(Self.moment), request)
                found += page.rows.map { $0.text("label") }
                request.cursor = page.next
            } while request.cursor != nil
            let ours = found.filter(labels.contains)
            #expect(ours == ["adobe", "Microsoft", "monday.com", "MONDAY.COM", "Monday.com", "Zscaler"])
            #expect(found.map { $0.lowercased() } == found.map { $0.lowercased() }.sorted())
        }
    }

    @Test("the streamed form gives the same rows as the pages", arguments: TestEngine.available)
    func streamEqualsPages(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let list = ListDefinition.users(Self.moment)
            var streamed: [String] = []
            try await sample.store.each(list, ListRequest(), batch: 7) { rows in
                streamed += rows.map { $0.text("login") }
            }
            let page = try await sample.store.list(list, ListRequest(limit: 1000))
            #expect(streamed == page.rows.map { $0.text("login") })
            #expect(streamed.count == 120)
            #expect(streamed == streamed.sorted { $0.lowercased() < $1.lowercased() })
        }
    }

    @Test("a cursor of another list, another order or with a changed byte is refused", arguments: TestEngine.available)
    func cursorIsValidated(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let users = ListDefinition.users(Self.moment)
            let next = try #require(try await sample.store.list(users, ListRequest()).next)
            for (list, request) in [
                (ListDefinition.groups(Self.moment), ListRequest(cursor: next)),
                (users, ListRequest(sort: "status", cursor: next)),
                (users, ListRequest(descending: true, cursor: next)),
                (users, ListRequest(cursor: "zz")), (users, ListRequest(cursor: String(next.dropLast()))),
            ] {
                let problem = await #expect(throws: Problem.self) { try await sample.store.list(list, request) }
                #expect(problem?.id == "list.cursor.invalid")
            }
        }
    }

    @Test(
        "a cursor whose numbers were made up, or that holds a NUL or another kind of value, is refused",
        arguments: TestEngine.available)
    func forgedCursors(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let users = ListDefinition.users(Self.moment)
            var request = ListRequest(sort: "login", limit: 7)
            let next = try #require(try await sample.store.list(users, request).next)
            request.cursor = Self.forged(next, 3, "2147483647")
            let far = try await sample.store.list(users, request)
            #expect(far.offset == 2_147_483_647 && far.rows.count == 7)
            for (field, text) in [
                (3, "9223372036854775807"), (3, "2147483648"), (3, "-1"), (4, "i7"), (4, "ta\0b"), (5, "t7"), (5, "n"),
            ] {
                request.cursor = Self.forged(next, field, text)
                let problem = await #expect(throws: Problem.self) { try await sample.store.list(users, request) }
                #expect(problem?.id == "list.cursor.invalid", "\(field) \(text)")
            }
        }
    }

    /// A cursor with one of its fields replaced.
    private static func forged(_ cursor: String, _ field: Int, _ text: String) -> String {
        var fields = cursor.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        fields[field] = text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return fields.joined(separator: ".")
    }

    @Test(
        "a value with a character that separates nothing else does not end the paging",
        arguments: TestEngine.available)
    func pagesOverOddValues(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await sample.store.engine.write { connection in
                try connection.execute(
                    "UPDATE users SET department = 'a' || $2 || '.' || user_key WHERE workspace_id = $1",
                    [.integer(sample.store.workspaceID), .text("\u{1f}")])
            }
            let list = ListDefinition.users(Self.moment)
            var request = ListRequest(sort: "department", limit: 7)
            var count = 0
            repeat {
                let page = try await sample.store.list(list, request)
                count += page.rows.count
                request.cursor = page.next
            } while request.cursor != nil
            let total = try await sample.store.count(list)
            #expect(count == total)
        }
    }
}
