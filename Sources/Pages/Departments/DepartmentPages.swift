import DatabaseEngine
import Directory
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var departmentRoutes: [Route] {
        [
            Route(RouteRule(.get, "/departments", .signedIn, "Departments")) { request in
                let visit = try await visit(request)
                let list = try await lists.list(.departments(visit.moment), store, visit.moment)
                let view = ListView(
                    list: list, name: "departments",
                    columns: [
                        TableColumn("Department", name: "department") { row, visit in
                            let name = row.text("department")
                            return """
                                <a class="row-link" href="\(visit.to(.department(name)))">\
                                \(name.isEmpty ? "No department" : name)</a>
                                """
                        },
                        .number("People", "users"), .number("Active", "active_users"), .number("Apps", "apps"),
                        .number("Managers", "managers", minor: true),
                    ],
                    here: .departments, exportNoun: "departments", one: "department", many: "departments",
                    sortsByAny: true)
                return try await page(
                    visit, .departments,
                    PageContent(
                        title: "Departments", sentence: "As people's Okta profiles name them.",
                        body: try await view.html(store, visit)))
            },
            Route(RouteRule(.get, "/departments/:name", .signedIn, "Department")) { request in
                try await departmentPage(request)
            },
        ] + exportRoutes("departments", "Departments")
    }

    private func departmentPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let part = request.part("name")
        let name = part == "-" ? "" : part
        let list = try await lists.list(.departments(visit.moment), store, visit.moment)
        let filter = ListFilter(column: "department", comparison: .equal, value: name)
        guard let row = try await store.list(list, ListRequest(filters: [filter])).rows.first else {
            throw Problem(
                id: "department.unknown", kind: .notFound, title: "There is no department “\(name.prefix(100))” here",
                explanation: "Nobody's profile names it at that date.", remedy: "See the list of departments.")
        }
        let people = try await people(of: filter, visit)
        let usage = try await PersonUsageParts.department(name, lists, store, visit)
        let users = Int(row.number("users") ?? 0)
        let active = Int(row.number("active_users") ?? 0)
        let figures = Part.figures([
            Part.figure("People", "\(Count.text(users))", "leavers included", nil),
            Part.figure(
                "Active", "\(Count.text(active))", "\(Count.share(active, of: users) ?? "") of the department", nil),
            Part.figure("Apps", Part.number(row.number("apps").map(Int.init)), "assigned to somebody here", nil),
            Part.figure("Managers", Part.number(row.number("managers").map(Int.init)), "named in profiles", nil),
        ])
        return try await page(
            visit, .departments,
            PageContent(
                title: name.isEmpty ? "No department" : name,
                sentence: name.isEmpty
                    ? "People whose Okta profile names no department."
                    : "People whose Okta profile names this department.",
                crumb: ("Departments", visit.to(.departments)), body: figures + usage + people))
    }

    private func people(of filter: ListFilter, _ visit: Visit) async throws(Problem) -> HTML {
        let list = ListDefinition.users(visit.moment)
        let own = try ListState(visit.request.query, list)
        var request = own.request
        request.filters.append(filter)
        let page = try await store.list(list, request)
        let view = ListView(
            list: list, name: "department-people",
            columns: [
                .person, .status("Status", "status"), .text("Title", "title", sort: false, minor: true),
                .text("Manager", "manager", sort: false, minor: true), .number("Apps", "apps", sort: false),
                .time("Last Okta sign-in", "last_login_at", kept: true),
            ],
            here: .department(filter.value), exportNoun: "users", exportFilters: [filter.expression],
            presets: [("Active", ["status=ACTIVE"]), ("Leavers with access", ["status=DEPROVISIONED", "apps>0"])],
            one: "person", many: "people")
        return view.html(page, own, visit)
    }
}
