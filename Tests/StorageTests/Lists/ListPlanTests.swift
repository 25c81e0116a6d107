import Directory
import Storage
import Support
import Testing

@Suite struct ListPlanTests {
    private static let now = Moment(now: SampleStore.now)
    private static let past = Moment(
        asOf: .at(SampleStore.now.advanced(bySeconds: -15 * 86_400)), now: SampleStore.now)

    private static func equal(_ column: String, _ value: String) -> ListFilter {
        ListFilter(column: column, comparison: .equal, value: value)
    }

    @Test(
        "people are listed, counted and searched through their indexes, now and at a date in the past",
        arguments: [
            (ListRequest(), ["users_listed"]), (ListRequest(descending: true), ["users_listed"]),
            (ListRequest(search: "ada"), ["users_listed"]),
            (ListRequest(sort: "department", descending: true), ["users_listed"]),
            (ListRequest(sort: "created_at", descending: true), ["users_listed"]),
            (ListRequest(sort: "last_login_at", descending: true), ["users_by_last_login"]),
            (ListRequest(filters: [equal("status", "ACTIVE")]), ["users_by_status"]),
            (ListRequest(filters: [equal("status", "DEPROVISIONED"), equal("apps", "1")]), ["users_by_status"]),
            (
                ListRequest(filters: [equal("status", "ACTIVE")], sort: "last_login_at"),
                ["users_by_last_login", "users_listed"]
            ),
            (ListRequest(filters: [equal("department", "IT")], sort: "last_login_at"), ["users_listed"]),
            (ListRequest(filters: [equal("status", "ACTIVE"), equal("last_login_at", "")]), ["users_listed"]),
            (ListRequest(filters: [equal("login", "ada@acme.example")]), ["users_listed"]),
        ] as [(ListRequest, [String])])
    func peopleByTheirIndexes(request: ListRequest, indexes: [String]) async throws {
        try await SampleStore.with(people: 60) { sample in
            for (moment, indexes) in [(Self.now, indexes), (Self.past, ["users_listed", "users_listed_past"])] {
                let plan = try await sample.store.explain(.users(moment), request)
                let people = plan.filter { $0.hasPrefix("SEARCH u ") || $0.hasPrefix("SCAN u") }
                for index in indexes {
                    #expect(people.contains { $0.contains(" INDEX \(index) (") }, "\(plan)")
                }
                // The last step is the row of one person, by key.
                for step in people.dropLast() {
                    #expect(indexes.contains { step.contains(" INDEX \($0) (") }, "\(step)")
                }
                let isOrdered = request.sort == nil || indexes[0] == "users_by_last_login"
                #expect(plan.contains { $0.contains("TEMP B-TREE") } != isOrdered, "\(plan)")
            }
        }
    }

    @Test("a filter on what the index of people lacks reads their rows once, as they lie")
    func peopleByOtherColumns() async throws {
        try await SampleStore.with(people: 60) { sample in
            let filter = ListFilter(column: "title", comparison: .contains, value: "spec")
            let plan = try await sample.store.explain(.users(Self.now), ListRequest(filters: [filter], sort: "status"))
            #expect(plan.contains("SCAN u"))
            #expect(!plan.contains { $0.contains("users_open") && !$0.contains("user_key=?") }, "\(plan)")
        }
    }

    @Test(
        "no page of a list of links walks a big table without an index",
        arguments: [
            ("assignments", ListRequest()), ("memberships", ListRequest()), ("roles", ListRequest()),
            ("assignments", ListRequest(filters: [equal("user_id", "00u1")])),
            ("assignments", ListRequest(filters: [equal("login", "a@b")])),
            ("memberships", ListRequest(filters: [equal("group_id", "00g1")])),
        ])
    func linksByTheirIndexes(noun: String, request: ListRequest) async throws {
        try await SampleStore.with(people: 60) { sample in
            let list = try #require(ListDefinition.named(noun, Self.now))
            let plan = try await sample.store.explain(list, request)
            #expect(!plan.isEmpty)
            // The holders of roles are put together first, each from an index, and are few.
            for step in plan where step != "SCAN r" {
                #expect(!step.hasPrefix("SCAN") || step.contains("USING"), "\(step)")
            }
        }
    }

    @Test("people of one app or group are found by its key, large or small")
    func scopedPlans() async throws {
        try await SampleStore.with(people: 60) { sample in
            for moment in [Self.now, Self.past] {
                for list in [
                    ListDefinition.assignments(moment, of: .app(7, large: true)),
                    .assignments(moment, of: .app(7, large: false)), .assignments(moment, of: .user(7)),
                    .memberships(moment, of: .group(7, large: true)),
                    .memberships(moment, of: .group(7, large: false)), .memberships(moment, of: .user(7)),
                ] {
                    for step in try await sample.store.explain(list, ListRequest()) {
                        #expect(!step.hasPrefix("SCAN") || step.contains("USING"), "\(step)")
                    }
                }
            }
        }
    }

    @Test("a large list is counted by passes, not by a step into people or their use for each row")
    func largeListsAreCountedByPasses() async throws {
        try await SampleStore.with(people: 60) { sample in
            for moment in [Self.now, Self.past] {
                let list = ListDefinition.assignments(moment, of: .app(7, large: true))
                for request in [
                    ListRequest(filters: [Self.equal("sign_ins_90d", "0")]),
                    ListRequest(filters: [Self.equal("user_status", "ACTIVE")]), ListRequest(search: "ada"),
                ] {
                    let plan = try await sample.store.explain(list, request)
                    #expect(plan.contains { $0.hasPrefix("LIST SUBQUERY") }, "\(plan)")
                }
            }
        }
    }

    @Test("apps and groups are ordered by name through an index")
    func namesByIndex() async throws {
        try await SampleStore.with(people: 60) { sample in
            for (list, index) in [
                (ListDefinition.apps(Self.now), "apps_by_label"), (.groups(Self.now), "user_groups_by_name"),
            ] {
                let plan = try await sample.store.explain(list, ListRequest())
                #expect(plan.contains { $0.contains("USING INDEX \(index) ") }, "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }
}
