import Directory
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var appRoutes: [Route] {
        [
            Route(RouteRule(.get, "/apps", .signedIn, "Apps")) { request in
                let visit = try await visit(request)
                return try await page(
                    visit, .apps,
                    PageContent(
                        title: "Apps",
                        sentence: "Every app the company has in Okta, who has it and whether anybody uses it.",
                        body: try await appList(visit).html(store, visit)))
            },
            Route(RouteRule(.get, "/apps/:id", .signedIn, "App")) { request in try await appPage(request, tab: "") },
            Route(RouteRule(.get, "/apps/:id/:tab", .signedIn, "App: one part")) { request in
                try await appPage(request, tab: request.part("tab"))
            },
        ] + exportRoutes("apps", "Apps")
    }

    private func appList(_ visit: Visit) async throws(Problem) -> ListView {
        ListView(
            list: try await lists.list(.apps(visit.moment), store, visit.moment), name: "apps",
            columns: [
                TableColumn("App", name: "label") { row, visit in
                    """
                    <a class="row-link" href="\(visit.to(.app(row.text("id"))))">\(row.text("label"))</a>\
                    <small class="sub">\(row.text("name"))</small>
                    """
                },
                .status("Status", "status"),
                TableColumn("Sign-on", name: "sign_on_mode", minor: true) { row, _ in
                    Part.text(AppParts.signOn(row.text("sign_on_mode")))
                },
                TableColumn("People", name: "assigned_users", number: true) { row, _ in
                    row.number("open_to_all") == 1
                        ? "everyone" : Part.number(row.number("assigned_users").map(Int.init))
                },
                .number("Groups", "assigned_groups", minor: true),
                .number(AppParts.signIns(visit.moment), "sign_ins_3m"),
                .time("Added", "created_at", minor: true),
            ],
            here: .apps, exportNoun: "apps",
            presets: [
                ("Active", ["status=ACTIVE"]),
                ("Nobody signs in", ["status=ACTIVE", "assigned_users>0", "sign_ins_3m=0"]),
                ("Assigned to nobody", ["status=ACTIVE", "assigned_users=0"]), ("Inactive", ["status=INACTIVE"]),
                ("Not evaluated", ["assigned_users="]),
            ],
            one: "app", many: "apps", sortsByAny: true)
    }

    private func appPage(_ request: WebRequest, tab: String) async throws -> Response {
        let visit = try await visit(request)
        async let listed = tab.isEmpty ? AppPeople.read(request.part("id"), lists, store, visit) : nil
        let detail = try await apps.app(request.part("id"), store, visit.moment)
        let app = detail.app
        let tabs: [(String, String, Int?)] = [
            ("", "People", app.implicitAssignment ? nil : detail.users), ("usage", "Usage", nil),
            ("groups", "Groups", detail.groups?.count),
            ("governance", "Governance", nil), ("about", "About", nil),
            ("history", "History", nil),
        ]
        guard tabs.contains(where: { $0.0 == tab }) else { throw WebProblem.noPage }
        let body: HTML
        switch tab {
        case "usage":
            body = AppUsageParts.html(detail, try await usages.usage(of: detail, store, visit.moment), visit)
        case "groups": body = AppParts.groups(detail, visit)
        case "governance": body = try await governance(of: app.id, visit)
        case "about": body = AppParts.about(detail, visit)
        case "history":
            let here = Link.app(app.id, tab: tab)
            body = try await TimelineParts.html(.app(detail.key), store, here: here, visit)
        default: body = AppParts.people(try await listed, detail, visit)
        }
        let strip = Part.tabs(tabs.map { ($0.1, $0.2, visit.to(.app(app.id, tab: $0.0)), $0.0 == tab) })
        let chart = Part.section(
            "Sign-ins by month",
            MonthBars.draw("Sign-ins to \(app.label) by month", detail.months, visit.moment))
        return try await page(
            visit, .apps,
            PageContent(
                title: app.label,
                sentence:
                    "\(Part.status(app.status)) \(AppParts.signOn(app.signOnMode ?? "")) <span class=\"muted\">\(app.name)</span>",
                crumb: ("Apps", visit.to(.apps)),
                action: Part.whatChanged(visit.to(.changes.with([("app", app.id)]))),
                body: (tab == "usage" ? HTML() : AppParts.figures(detail, visit)) + (tab.isEmpty ? chart : HTML())
                    + strip
                    + body))
    }
}

/// The parts of an app's page.
enum AppParts {
    static func signOn(_ mode: String) -> String {
        switch mode {
        case "SAML_2_0": "SAML 2.0"
        case "SAML_1_1": "SAML 1.1"
        case "OPENID_CONNECT": "OpenID Connect"
        case "WS_FEDERATION": "WS-Federation"
        case "BOOKMARK": "Bookmark"
        case "BROWSER_PLUGIN", "AUTO_LOGIN", "SECURE_PASSWORD_STORE": "Password (SWA)"
        case "BASIC_AUTH": "Basic"
        default: mode
        }
    }

    /// What the sign-ins in a list of apps are of: this month and the two before it, or three whole months.
    static func signIns(_ moment: Moment) -> String {
        let first = Moment.monthName(moment.signInMonths.lowerBound)
        let since = moment.signInsBegin.map { " (known since \($0.date))" } ?? ""
        if moment.asOf == .now { return "Sign-ins since \(first)\(since)" }
        return "Sign-ins \(first) to \(Moment.monthName(moment.signInMonths.upperBound))\(since)"
    }

    static func figures(_ detail: AppDetail, _ visit: Visit) -> HTML {
        let users = detail.users ?? 0
        let unknown = detail.unknownPath ?? 0
        let byUnknown: HTML? = unknown > 0 ? ", \(Count.text(unknown)) by a path that is not known" : nil
        let isForAll = detail.app.implicitAssignment
        let share =
            isForAll ? nil : detail.active90.flatMap { Count.share($0, of: users) }.map { "\($0) of those assigned" }
        let paths = detail.direct.map { direct -> HTML in
            "\(Count.text(direct)) directly, \(Count.text(users - direct - unknown)) through groups\(byUnknown)"
        }
        return Part.figures([
            Part.figure(
                "Assigned", isForAll ? "everyone" : Part.number(detail.users),
                isForAll ? "by Federation Broker Mode" : paths ?? "could not be read", visit.to(.app(detail.app.id))),
            Part.figure(
                "Signed in, 90 days", Part.number(detail.active90),
                "\(share ?? "people")\(Part.usageBegins(90, visit))", nil),
            Part.figure(
                "Signed in, 30 days", Part.number(detail.active30), "people\(Part.usageBegins(30, visit))", nil),
            Part.figure(
                "Groups", Part.number(detail.groups?.count), "give this app",
                visit.to(.app(detail.app.id, tab: "groups"))),
        ])
    }

    private static func unread(_ resource: Resource, _ detail: AppDetail, _ visit: Visit, or text: HTML) -> HTML {
        let unread = detail.unread.filter { $0.resource == resource }
        return unread.isEmpty ? Part.note(.unknown, "\(Part.notEvaluated) \(text)") : Part.unread(unread, visit)
    }

    static func people(_ people: AppPeople?, _ detail: AppDetail, _ visit: Visit) -> HTML {
        if detail.app.implicitAssignment {
            return Part.note(.unknown, "Everybody may use this app (Federation Broker Mode), so Okta lists nobody.")
        }
        guard detail.users != nil else {
            return unread(.assignments, detail, visit, or: "Muster could not read who has this app.")
        }
        return people?.html(detail, visit) ?? HTML()
    }

    static func groups(_ detail: AppDetail, _ visit: Visit) -> HTML {
        guard let groups = detail.groups else {
            return unread(.appGroups, detail, visit, or: "Muster could not read which groups give this app.")
        }
        guard !groups.isEmpty else { return Part.empty("No groups", "Nobody gets this app through a group.") }
        return Part.table(
            "Groups that give this app",
            [("Group", false), ("Type", false), ("Priority", true), ("Members", true), ("Since", false)],
            groups.map { group -> [HTML] in
                [
                    "<a class=\"row-link\" href=\"\(visit.to(.group(group.id)))\">\(group.name)</a>",
                    Part.tag(GroupParts.typeName(group.type)), group.priority.map { "\($0)" } ?? Part.none,
                    Part.number(group.members),
                    "\(When.ago(group.since, now: visit.now)) \(Part.evidence(group.evidence))",
                ]
            })
    }

    static func about(_ detail: AppDetail, _ visit: Visit) -> HTML {
        let app = detail.app
        return Part.section(
            "About",
            Part.facts([
                ("Okta id", "<code>\(app.id)</code>"), ("Catalogue name", Part.text(app.name)),
                ("Sign-on", Part.text(signOn(app.signOnMode ?? ""))),
                ("Provisioning", Part.text(app.features.joined(separator: ", "))),
                ("On the dashboard", app.hidden ? "hidden" : "shown"),
                ("Added", When.ago(app.created, now: visit.now, none: Part.none)),
                ("Last changed", When.ago(app.lastUpdated, now: visit.now, none: Part.noDate(visit))),
            ]))
    }
}
