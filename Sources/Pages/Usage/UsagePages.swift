import Analysis
import Directory
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var usageRoutes: [Route] {
        [
            Route(RouteRule(.get, "/usage", .signedIn, "Usage")) { request in
                let visit = try await visit(request)
                let list = try await lists.list(.usageOfApps(visit.moment), store, visit.moment)
                let hours = try await store.signOnHours(visit.moment)
                let body = try await Self.apps(list, visit).html(store, visit)
                return try await usagePage(
                    visit, apps: list, tab: "",
                    HeatMap.section("Sign-ins to all apps by weekday and hour", hours, visit) + body)
            },
            Route(RouteRule(.get, "/usage/departments", .signedIn, "Usage by department")) { request in
                let visit = try await visit(request)
                let apps = try await lists.list(.usageOfApps(visit.moment), store, visit.moment)
                let list = try await lists.list(.usageOfDepartments(visit.moment), store, visit.moment)
                return try await usagePage(
                    visit, apps: apps, tab: "departments", try await Self.departments(list, visit).html(store, visit))
            },
        ] + usageFileRoutes
    }

    private func usagePage(_ visit: Visit, apps: ListDefinition, tab: String, _ body: HTML) async throws -> Response {
        let departments = try await lists.list(.usageOfDepartments(visit.moment), store, visit.moment)
        let figures = try await UsageFigures(store, apps: apps, departments: departments)
        let counted = try await store.usageCountedAt(visit.moment)
        let tabs = Part.tabs([
            ("Apps", figures.apps, visit.to(.usage), tab.isEmpty),
            ("Departments", figures.departments, visit.to(.below(.usage, "departments")), !tab.isEmpty),
        ])
        let when: HTML? = counted.map { ": counted \(When.ago($0, now: visit.now))" }
        let note: HTML? = visit.moment.usageNote.map {
            Part.note(visit.moment.usageKnown ? .attention : .unknown, "\($0)")
        }
        return try await page(
            visit, .usage,
            PageContent(
                title: "Usage",
                sentence: "Who signs in to what, as far as single sign-on can tell\(when).",
                body: (note ?? HTML()) + figures.html(visit) + tabs + body))
    }

    private static func apps(_ list: ListDefinition, _ visit: Visit) -> ListView {
        ListView(
            list: list, name: "usage-apps",
            columns: [
                TableColumn("App", name: "app_label") { row, visit in
                    let link = visit.to(.app(row.text("app_id"), tab: "usage"))
                    return "<a class=\"row-link\" href=\"\(link)\">\(row.text("app_label"))</a>"
                },
                TableColumn("Evidence", name: "grade") { row, _ in GradeParts.badge(row) },
                TableColumn("Assigned", name: "assigned", number: true) { row, _ in
                    Part.number(row.number("assigned").map(Int.init))
                },
                active(Part.days(30, visit), "active_30d"), active("60 days", "active_60d", minor: true),
                active("90 days", "active_90d", minor: true),
                TableColumn("Adoption, 30 days", name: "adoption_percent_30d", number: true) { row, _ in
                    row.number("adoption_percent_30d").map { "\($0) %" } ?? Part.none
                },
                .number(AppParts.signIns(visit.moment), "sign_ins_3m", minor: true),
                TableColumn("Window", name: "window_days", number: true, minor: true) { row, _ in
                    GradeParts.window(row.number("window_days"), source: row.text("window_source"))
                },
            ],
            here: .usage, exportNoun: "usage-apps",
            presets: [
                ("Nobody active in 90 days", ["grade!=D", "assigned>0", "active_90d=0"]),
                ("Adoption below half", ["adoption_percent_30d<50"]), ("Calibrated", ["grade=B"]),
                ("No data", ["grade=D"]),
            ],
            one: "app", many: "apps", sortsByAny: true)
    }

    /// What was seen of an app whose sign-ons tell nothing is no zero.
    private static func active(_ title: String, _ name: String, minor: Bool = false) -> TableColumn {
        TableColumn(title, name: name, number: true, minor: minor) { row, _ in
            let count = row.number(name).map(Int.init)
            return row.text("grade") == "D" && count == 0 ? GradeParts.noData : Part.number(count)
        }
    }

    private static func departments(_ list: ListDefinition, _ visit: Visit) -> ListView {
        ListView(
            list: list, name: "usage-departments",
            columns: [
                TableColumn("Department", name: "department") { row, visit in
                    let name = row.text("department")
                    return """
                        <a class="row-link" href="\(visit.to(.department(name)))">\
                        \(name.isEmpty ? "No department" : name)</a>
                        """
                },
                .number("People", "people"), .number("Active, \(Part.days(30, visit))", "active_30d"),
                .number("90 days", "active_90d", minor: true), .number("Apps used, 90 days", "apps_used_90d"),
                .number("Seats", "seats", minor: true), .number("Used, 30 days", "seats_used_30d", minor: true),
                TableColumn("Adoption", name: "adoption_percent_30d", number: true) { row, _ in
                    row.number("adoption_percent_30d").map { "\($0) %" } ?? Part.none
                },
                .number("Seats without data", "seats_no_data", minor: true),
            ],
            here: .below(.usage, "departments"), exportNoun: "usage-departments", one: "department",
            many: "departments", sortsByAny: true)
    }
}

/// The few numbers over the usage of a whole company.
struct UsageFigures {
    let apps: Int
    let departments: Int
    private var withData = 0
    private var calibrated = 0
    private var unused = 0
    private var people: Int?
    private var active: Int?

    init(_ store: Store, apps list: ListDefinition, departments: ListDefinition) async throws(Problem) {
        let rows = try await store.page(list, ListRequest(limit: 20_000)).rows
        apps = rows.count
        for row in rows where row.text("grade") != "D" {
            withData += 1
            if row.text("grade") == "B" { calibrated += 1 }
            if row.number("active_90d") == 0, row.number("assigned") ?? 0 > 0 { unused += 1 }
        }
        let parts = try await store.page(departments, ListRequest(limit: 20_000)).rows
        self.departments = parts.count
        // Everybody is in one department, the nameless one included.
        people = parts.isEmpty ? nil : parts.reduce(0) { $0 + Int($1.number("people") ?? 0) }
        active = parts.isEmpty ? nil : parts.reduce(0) { $0 + Int($1.number("active_30d") ?? 0) }
    }

    func html(_ visit: Visit) -> HTML {
        func apps(_ filters: [String]) -> Link { visit.to(Link.usage.with(filters.map { ("where", $0) })) }
        let share = active.flatMap { active in people.flatMap { Count.share(active, of: $0) } } ?? ""
        let isKnown = visit.moment.usageKnown
        return Part.figures([
            Part.figure(
                "Active people, 30 days", Part.number(active),
                "\(share) of \(Part.number(people)) who have not left\(Part.usageBegins(30, visit))",
                visit.to(.below(.usage, "departments"))),
            Part.figure(
                "Apps that sign-ons tell of", isKnown ? "\(Count.text(withData))" : Part.notEvaluated,
                "of \(Count.text(self.apps)); the others are no data", apps(["grade!=D"])),
            Part.figure(
                "Used by nobody, 90 days", isKnown ? "\(Count.text(unused))" : Part.notEvaluated,
                "of \(Count.text(withData)) apps with data\(Part.usageBegins(90, visit))",
                apps(["grade!=D", "assigned>0", "active_90d=0"])),
            Part.figure(
                "Calibrated windows", isKnown ? "\(Count.text(calibrated))" : Part.notEvaluated,
                "of \(Count.text(withData)); the others use \(AppEvidence.defaultWindow) days", apps(["grade=B"])),
        ]) + GradeParts.meaning
    }
}
