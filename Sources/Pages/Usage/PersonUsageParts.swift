import Analysis
import Directory
import Problems
import Storage
import WebSupport

/// The use of one person's apps, and of one department's: parts of their pages.
enum PersonUsageParts {
    static func html(_ detail: UserDetail, _ store: Store, _ visit: Visit) async throws(Problem) -> HTML {
        let list = ListDefinition.usage(ofPerson: detail.key, visit.moment)
        let rows = try await store.page(list, ListRequest(limit: 20_000)).rows
        let id = detail.user.id
        func count(_ state: UseState) -> Int { rows.count { $0.text("use") == state.rawValue } }
        func link(_ state: UseState) -> Link {
            visit.to(Link.user(id, tab: "usage").with([("where", "use=\(state.rawValue)")]))
        }
        let withData = count(.used) + count(.unused)
        let figures = Part.figures([
            Part.figure(
                "Apps used", "\(Count.text(count(.used)))", "of \(Count.text(withData)) with data", link(.used)),
            Part.figure(
                "Not used", "\(Count.text(count(.unused)))", "of \(Count.text(withData)), within each app's window",
                link(.unused)),
            Part.figure(
                "No data", "\(Count.text(count(.noData)))", "of \(Count.text(rows.count)) apps: sign-ons tell nothing",
                link(.noData)),
        ])
        return figures + (try await view(list, id, detail.unread, visit).html(store, visit)) + GradeParts.meaning
    }

    private static func view(_ list: ListDefinition, _ id: String, _ unread: [Unread], _ visit: Visit) -> ListView {
        ListView(
            list: list, name: "person-usage",
            columns: [
                TableColumn("App", name: "app_label") { row, visit in
                    let link = visit.to(.app(row.text("app_id"), tab: "usage"))
                    let sub: HTML? = row.text("assigned") == "no" ? "<small class=\"sub\">not assigned</small>" : nil
                    return "<a class=\"row-link\" href=\"\(link)\">\(row.text("app_label"))</a>\(sub)"
                },
                TableColumn("Use", name: "use") { row, _ in GradeParts.use(row.text("use")) },
                TableColumn("Last sign-in", name: "last_sign_in_at") { row, visit in
                    When.ago(
                        row.time("last_sign_in_at"), now: visit.now,
                        none: visit.moment.usageKnown ? Part.none : Part.notEvaluated)
                },
                .number("Active days, \(Part.days(30, visit))", "active_days_30d"),
                .number("Active days, \(Part.days(90, visit))", "active_days_90d", minor: true),
                .number("Sign-ins, 90 days", "sign_ins_90d", minor: true),
                TableColumn("Window", name: "window_days", number: true, minor: true) { row, _ in
                    row.number("window_days").map { "\($0) days" } ?? Part.none
                },
                TableColumn("Evidence", name: "grade", minor: true) { row, _ in GradeParts.badge(row) },
            ],
            here: .user(id, tab: "usage"), exportNoun: "usage-person", exportFilters: ["user_id=\(id)"],
            presets: [("Used", ["use=used"]), ("Not used", ["use=not used"]), ("No data", ["use=no data"])],
            one: "app", many: "apps", emptyTitle: "No apps",
            emptyText: "Nothing is assigned to this person, and they were never seen to sign in.", sortsByAny: true,
            unread: unread)
    }

    /// One department, as a row of the list of departments' usage tells.
    static func department(
        _ name: String, _ lists: ListMemory, _ store: Store, _ visit: Visit
    ) async throws(Problem) -> HTML {
        let list = try await lists.list(.usageOfDepartments(visit.moment), store, visit.moment)
        let filter = ListFilter(column: "department", comparison: .equal, value: name)
        guard visit.moment.usageKnown,
            let row = try await store.page(list, ListRequest(filters: [filter], limit: 1)).rows.first
        else {
            let why = visit.moment.usageNote ?? "The use of this department's apps was not counted yet."
            return Part.section("Usage", Part.empty("Not evaluated", "\(why)"))
        }
        func number(_ column: String) -> Int { Int(row.number(column) ?? 0) }
        func share(_ part: String, _ whole: String) -> String {
            Count.share(number(part), of: number(whole)) ?? "–"
        }
        return Part.section(
            "Usage",
            Part.facts([
                (
                    "Active people, \(Part.days(30, visit))",
                    "\(Count.text(number("active_30d"))) of \(Count.text(number("people"))) who have not left (\(share("active_30d", "people")))"
                ),
                ("Active people, 90 days", "\(Count.text(number("active_90d"))) (\(share("active_90d", "people")))"),
                ("Apps used, 90 days", "\(Count.text(number("apps_used_90d")))"),
                (
                    "Adoption, 30 days",
                    "\(share("seats_used_30d", "seats")): \(Count.text(number("seats_used_30d"))) of \(Count.text(number("seats"))) seats used"
                ),
                ("Seats without data", "\(Count.text(number("seats_no_data")))"),
            ]), note: "A seat is an assignment of an app whose sign-ons tell something")
    }
}
