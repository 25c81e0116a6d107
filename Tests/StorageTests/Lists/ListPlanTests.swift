import Directory
import Storage
import Support
import Testing

@Suite struct ListPlanTests {
    private static let moment = Moment(now: SampleStore.now)

    @Test(
        "no page of a list walks the rows of a big table without an index",
        arguments: [
            ("users", ListRequest()), ("users", ListRequest(sort: "status")),
            ("users", ListRequest(sort: "department", descending: true)), ("users", ListRequest(sort: "last_login_at")),
            ("users", ListRequest(sort: "created_at", descending: true)), ("users", ListRequest(search: "ada")),
            ("users", ListRequest(filters: [.init(column: "status", comparison: .equal, value: "ACTIVE")])),
            ("users", ListRequest(filters: [.init(column: "department", comparison: .equal, value: "IT")])),
            ("assignments", ListRequest()), ("memberships", ListRequest()), ("roles", ListRequest()),
            ("assignments", ListRequest(filters: [.init(column: "user_id", comparison: .equal, value: "00u1")])),
            ("assignments", ListRequest(filters: [.init(column: "login", comparison: .equal, value: "a@b")])),
            ("memberships", ListRequest(filters: [.init(column: "group_id", comparison: .equal, value: "00g1")])),
        ])
    func plansUseIndexes(noun: String, request: ListRequest) async throws {
        try await SampleStore.with(people: 60) { sample in
            let list = try #require(ListDefinition.named(noun, Self.moment))
            let plan = try await sample.store.explain(list, request)
            #expect(!plan.isEmpty)
            for step in plan {
                #expect(!step.hasPrefix("SCAN") || step.contains("USING"), "\(step)")
                if noun == "users", request.search.isEmpty {
                    #expect(!step.contains("TEMP B-TREE"), "\(step)")
                }
            }
        }
    }

    @Test("people of one app or group are found by its key, large or small")
    func scopedPlans() async throws {
        try await SampleStore.with(people: 60) { sample in
            for list in [
                ListDefinition.assignments(Self.moment, of: .app(7, large: true)),
                .assignments(Self.moment, of: .app(7, large: false)), .assignments(Self.moment, of: .user(7)),
                .memberships(Self.moment, of: .group(7, large: true)),
                .memberships(Self.moment, of: .group(7, large: false)), .memberships(Self.moment, of: .user(7)),
            ] {
                for step in try await sample.store.explain(list, ListRequest()) {
                    #expect(!step.hasPrefix("SCAN") || step.contains("USING"), "\(step)")
                }
            }
        }
    }
}
