import Directory
import Problems
import Storage
import WebSupport

/// One page of the people who have an app: read while the app's numbers are counted, for both walk everybody who has it.
struct AppPeople: Sendable {
    private let list: ListDefinition
    private let isLarge: Bool
    private let state: ListState
    private let page: ListPage
    private let paths: [Int64: [GrantingGroup]]

    /// Reads the page that the address asks for; nil where there is no such app, or everybody may use it.
    static func read(
        _ name: String, _ lists: ListMemory, _ store: Store, _ visit: Visit
    ) async throws(Problem) -> AppPeople? {
        guard let glance = try await store.glance(atApp: name, visit.moment), !glance.isForAll else { return nil }
        let isLarge = try await lists.walksPeople(glance.users, store, visit.moment)
        let list = ListDefinition.assignments(visit.moment, of: .app(glance.key, large: isLarge))
        let state = try ListState(visit.request.query, list)
        let page = try await store.list(list, state.request)
        let paths = try await store.grantingGroups(
            app: glance.key, users: page.rows.compactMap { $0.number("user_key") }, visit.moment)
        return AppPeople(list: list, isLarge: isLarge, state: state, page: page, paths: paths)
    }

    /// The list as the app's page shows it.
    func html(_ detail: AppDetail, _ visit: Visit) -> HTML {
        let view = ListView(
            list: list, name: "app-people",
            columns: [
                .person, .status("Status", "user_status", sort: false),
                .text("Department", "department", sort: false, minor: true),
                TableColumn("How", name: "scope") { row, visit in
                    AccessPath.html(row, paths[row.number("user_key") ?? 0] ?? [], visit)
                        + AccessPath.picture(user: row.text("user_id"), app: row.text("app_id"), visit)
                },
                TableColumn("Since", name: "assigned_at") { row, visit in AccessPath.since(row, visit) },
                TableColumn("Last sign-in", name: "last_sign_in_at", sort: !isLarge) { row, visit in
                    AccessPath.lastSignIn(row, visit)
                },
                .number(Part.days(90, visit), "sign_ins_90d", sort: !isLarge),
            ],
            here: .app(detail.app.id), exportNoun: "assignments", exportFilters: ["app_id=\(detail.app.id)"],
            presets: [
                ("Unused for 90 days", ["sign_ins_90d=0"]), ("Direct", ["scope=USER"]),
                ("Leavers", ["user_status=DEPROVISIONED"]),
            ],
            one: "person", many: "people", emptyTitle: "Nobody has this app", emptyText: "It is assigned to nobody.")
        return view.html(page, state, visit, detail.unread.filter { list.resources.contains($0.resource) })
    }
}
