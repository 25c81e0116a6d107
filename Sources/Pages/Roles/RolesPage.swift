import Directory
import Hummingbird
import Storage
import WebSupport

extension PagesApplication {
    var roleRoutes: [Route] {
        [
            Route(RouteRule(.get, "/roles", .signedIn, "Admin roles")) { request in
                let visit = try await visit(request)
                let coverage = try await rolesNote(visit)
                return try await page(
                    visit, .roles,
                    PageContent(
                        title: "Admin roles", sentence: "Who may administer Okta itself, and how they got it.",
                        body: coverage + (try await Self.roles(visit).html(store, visit))))
            }
        ] + exportRoutes("roles", "Admin roles")
    }

    /// Lists of links between things, which are shown on the pages of both ends and exported whole.
    var linkListRoutes: [Route] {
        exportRoutes("assignments", "Assignments") + exportRoutes("memberships", "Memberships")
    }

    private func rolesNote(_ visit: Visit) async throws -> HTML {
        for integration in try await store.integrations() where integration.disconnectedAt == nil {
            for entry in try await store.coverage(of: integration.id)
            where entry.resource == .roles && entry.coverage != .readable {
                return Part.note(
                    .unknown,
                    """
                    \(Part.notEvaluated) Roles of \(integration.name) could not be read (\(entry.coverage.text)). \
                    <a href="\(visit.to(.integration(integration.name, tab: "coverage")))">What to grant</a>
                    """)
            }
        }
        return HTML()
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
            emptyText: "None were read. Reading roles needs a super admin's token or the scope okta.roles.read.",
            sortsByAny: true)
    }
}
