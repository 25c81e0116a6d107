import Directory
import Hummingbird
import Storage
import WebSupport

extension PagesApplication {
    var roleRoutes: [Route] {
        [
            Route(RouteRule(.get, "/roles", .signedIn, "Admin roles")) { request in
                let visit = try await visit(request)
                return try await page(
                    visit, .roles,
                    PageContent(
                        title: "Admin roles", sentence: "Who may administer Okta itself, and how they got it.",
                        body: try await Self.roles(visit).html(store, visit)))
            }
        ] + exportRoutes("roles", "Admin roles")
    }

    /// Lists of links between things, which are shown on the pages of both ends and exported whole.
    var linkListRoutes: [Route] {
        exportRoutes("assignments", "Assignments") + exportRoutes("memberships", "Memberships")
    }

    private static func roles(_ visit: Visit) -> ListView {
        let quarter = visit.moment.time.advanced(bySeconds: -90 * 86_400).date
        return ListView(
            list: .roles(visit.moment), name: "roles",
            columns: [
                .person,
                TableColumn("Role", name: "role") { row, _ in
                    "<span class=\"\(row.text("role") == "SUPER_ADMIN" ? "strong" : "")\">\(row.text("label"))</span>"
                },
                TableColumn("How", name: "assignment_type") { row, _ in
                    let group = row.text("via_group")
                    return group.isEmpty
                        ? "<span class=\"path direct\">direct</span>" : "<span class=\"path\">via \(group)</span>"
                },
                .status("Status", "user_status"), .time("Last Okta sign-in", "last_login_at", kept: true),
                .time("Since", "valid_from", sort: false, minor: true),
            ],
            here: .roles, exportNoun: "roles",
            presets: [
                ("Super admins", ["role=SUPER_ADMIN"]), ("Dormant for 90 days", ["last_login_at<\(quarter)"]),
                ("Not active people", ["user_status!=ACTIVE"]),
            ],
            one: "role", many: "roles", emptyTitle: "No admin roles",
            emptyText: "Nobody administers this tenant.", sortsByAny: true)
    }
}
