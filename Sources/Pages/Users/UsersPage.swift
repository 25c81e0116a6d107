import Directory
import Hummingbird
import Storage
import WebSupport

extension PagesApplication {
    var userRoutes: [Route] {
        [
            Route(RouteRule(.get, "/users", .signedIn, "People")) { request in
                let visit = try await visit(request)
                return try await page(
                    visit, .users,
                    PageContent(
                        title: "People", sentence: "Everybody Okta knows in this company, leavers included.",
                        body: try await Self.users(visit).html(store, visit)))
            },
            Route(RouteRule(.get, "/users/:id", .signedIn, "Person")) { request in
                try await userPage(request, tab: "")
            },
            Route(RouteRule(.get, "/users/:id/:tab", .signedIn, "Person: one part")) { request in
                try await userPage(request, tab: request.part("tab"))
            },
        ] + exportRoutes("users", "People")
    }

    private static func users(_ visit: Visit) -> ListView {
        let quarter = visit.moment.time.advanced(bySeconds: -90 * 86_400).date
        return ListView(
            list: .users(visit.moment), name: "users",
            columns: [
                .person, .status("Status", "status"), .text("Department", "department", minor: true),
                .text("Title", "title", sort: false, minor: true), .number("Apps", "apps", sort: false),
                .number("Groups", "groups", sort: false, minor: true),
                .time("Last Okta sign-in", "last_login_at", kept: true), .time("Created", "created_at", minor: true),
            ],
            here: .users, exportNoun: "users",
            presets: [
                ("Active", ["status=ACTIVE"]), ("Leavers with access", ["status=DEPROVISIONED", "apps>0"]),
                ("Suspended", ["status=SUSPENDED"]), ("Locked out", ["status=LOCKED_OUT"]),
                ("No sign-in for 90 days", ["status=ACTIVE", "last_login_at<\(quarter)"]),
            ]
                // Of the past, a date that is not there may have been written over since.
                + (visit.moment.asOf == .now ? [("Never signed in", ["last_login_at="])] : [])
                + [("No department", ["department="])],
            one: "person", many: "people", emptyTitle: "Nobody yet",
            emptyText: "<a href=\"\(visit.to(.connect))\">Connect an Okta tenant</a> and its people appear here.")
    }
}
