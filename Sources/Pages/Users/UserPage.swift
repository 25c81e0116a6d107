import Directory
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    func userPage(_ request: WebRequest, tab: String) async throws -> Response {
        let visit = try await visit(request)
        let detail = try await store.user(request.part("id"), visit.moment)
        let id = detail.user.id
        let attributes = detail.user.attributes
        let tabs: [(String, String, Int?)] = [
            ("", "Apps", detail.appCount), ("usage", "Usage", nil), ("groups", "Groups", detail.groupCount),
            ("security", "Roles and factors", detail.roles?.count), ("profile", "Profile", nil),
            ("history", "History", nil),
        ]
        guard tabs.contains(where: { $0.0 == tab }) else { throw WebProblem.noPage }
        let body: HTML
        switch tab {
        case "usage": body = try await PersonUsageParts.html(detail, store, visit)
        case "groups": body = try await UserParts.groups(detail, store, visit)
        case "security": body = UserParts.security(detail, visit)
        case "profile": body = UserParts.profile(detail, visit)
        case "history":
            let here = Link.user(id, tab: tab)
            body =
                try await TimelineParts.html(.user(detail.key), store, here: here, visit)
                + UserParts.history(detail, visit)
        default: body = try await UserParts.apps(detail, store, visit)
        }
        let strip = Part.tabs(
            tabs.map { ($0.1, $0.2, visit.to(.user(id, tab: $0.0)), $0.0 == tab) })
        return try await page(
            visit, .users,
            PageContent(
                title: UserParts.name(detail.user),
                sentence: """
                    \(Part.status(detail.user.status.rawValue)) \(attributes.title ?? "")\
                    \(attributes.title != nil && attributes.department != nil ? ", " as HTML : HTML())\
                    \(attributes.department ?? "") <span class="muted">\(attributes.login)</span>
                    """,
                crumb: ("People", visit.to(.users)),
                action: Part.whatChanged(visit.to(.changes.with([("user", id)]))),
                body: UserParts.figures(detail, visit) + strip + body))
    }
}

/// The parts of a person's page.
enum UserParts {
    static func name(_ user: User) -> String {
        let attributes = user.attributes
        let name = [attributes.firstName, attributes.lastName].compactMap { $0 }.joined(separator: " ")
        return name.isEmpty ? attributes.displayName ?? attributes.login ?? user.id : name
    }

    static func figures(_ detail: UserDetail, _ visit: Visit) -> HTML {
        let id = detail.user.id
        let isLeaver = detail.user.status == .deprovisioned
        let warning: HTML? =
            isLeaver
            ? detail.appCount.flatMap { apps in
                apps > 0
                    ? Part.note(.danger, "This person has left, and still holds \(Count.of(apps, "app", "apps")).")
                    : nil
            } : nil
        return Part.figures([
            Part.figure("Apps", Part.number(detail.appCount), "assigned", visit.to(.user(id))),
            Part.figure(
                "Groups", Part.number(detail.groupCount), "besides Everyone", visit.to(.user(id, tab: "groups"))),
            Part.figure(
                "Sign-ins", Part.number(detail.signIns30),
                "in 30 days\(Part.usageBegins(30, visit)); \(Part.number(detail.signIns90)) in 90\(Part.usageBegins(90, visit))",
                nil),
            Part.figure(
                "Last used an app",
                When.ago(
                    detail.lastSignIn, now: visit.now, none: visit.moment.usageKnown ? Part.none : Part.notEvaluated),
                "Okta itself: \(When.ago(detail.user.lastLogin, now: visit.now, none: Part.noDate(visit, "never told")))",
                nil),
        ]) + (warning ?? HTML()) + (isLeaver ? OffboardingParts.way(to: id, visit) : HTML())
    }

    static func apps(_ detail: UserDetail, _ store: Store, _ visit: Visit) async throws(Problem) -> HTML {
        let paths = try await store.grantingGroups(user: detail.key, visit.moment)
        let view = ListView(
            list: .assignments(visit.moment, of: .user(detail.key)), name: "person-apps",
            columns: [
                TableColumn("App", name: "app_label") { row, visit in
                    "<a class=\"row-link\" href=\"\(visit.to(.app(row.text("app_id"))))\">\(row.text("app_label"))</a>"
                },
                TableColumn("How", name: "scope") { row, visit in
                    AccessPath.html(row, paths[row.number("app_key") ?? 0] ?? [], visit)
                        + AccessPath.picture(user: row.text("user_id"), app: row.text("app_id"), visit)
                },
                TableColumn("Since", name: "assigned_at") { row, visit in AccessPath.since(row, visit) },
                TableColumn("Last sign-in", name: "last_sign_in_at") { row, visit in
                    AccessPath.lastSignIn(row, visit)
                },
                .number(Part.days(30, visit), "sign_ins_30d"), .number(Part.days(90, visit), "sign_ins_90d"),
            ],
            here: .user(detail.user.id), exportNoun: "assignments", exportFilters: ["user_id=\(detail.user.id)"],
            presets: [("Unused for 90 days", ["sign_ins_90d=0"]), ("Direct", ["scope=USER"])],
            one: "app", many: "apps", emptyTitle: "No apps", emptyText: "Nothing is assigned to this person.",
            sortsByAny: true, unread: detail.unread)
        let chart = Part.section(
            "Sign-ins by month",
            MonthBars.draw(
                "Sign-ins of \(name(detail.user)) by month", detail.months, visit.moment))
        return try await view.html(store, visit) + chart
    }

    static func groups(_ detail: UserDetail, _ store: Store, _ visit: Visit) async throws(Problem) -> HTML {
        let view = ListView(
            list: .memberships(visit.moment, of: .user(detail.key)), name: "person-groups",
            columns: [
                TableColumn("Group", name: "group_name") { row, visit in
                    "<a class=\"row-link\" href=\"\(visit.to(.group(row.text("group_id"))))\">\(row.text("group_name"))</a>"
                },
                TableColumn("Type", name: "type") { row, _ in Part.tag(GroupParts.typeName(row.text("type"))) },
                TableColumn("Since", name: "valid_from") { row, visit in
                    AccessPath.since(row.time("valid_from"), how: row.text("from_how"), visit)
                },
            ],
            here: .user(detail.user.id, tab: "groups"), exportNoun: "memberships",
            exportFilters: ["user_id=\(detail.user.id)"], one: "group", many: "groups", emptyTitle: "No groups",
            emptyText: "This person is in Everyone alone.", sortsByAny: true, unread: detail.unread)
        return try await view.html(store, visit)
    }

    static func security(_ detail: UserDetail, _ visit: Visit) -> HTML {
        let roles = Part.section(
            "Admin roles",
            Self.roles(
                detail.roles, detail.unread.filter { [.roles, .memberships].contains($0.resource) },
                none: "This person administers nothing.", visit))
        guard let factors = detail.factors else { return roles + Part.section("Factors", noFactors(detail, visit)) }
        let rows = factors.map { factor -> [HTML] in
            [
                "\(factor.type)", "\(factor.provider)", Part.status(factor.status),
                When.ago(factor.created, now: visit.now, none: Part.none),
            ]
        }
        let table =
            factors.isEmpty
            ? Part.empty("No factors", "Nothing but the password protects this account.")
            : Part.table(
                "Factors", [("Factor", false), ("Provider", false), ("Status", false), ("Enrolled", false)], rows)
        let read: HTML =
            detail.factorsReadSince.map {
                "Read \(When.ago($0, now: visit.now)): those that had ended by then are not known"
            } ?? "Read \(When.ago(detail.factorsReadAt, now: visit.now, none: HTML()))"
        return roles + Part.section("Factors", table, note: read)
    }

    private static func noFactors(_ detail: UserDetail, _ visit: Visit) -> HTML {
        let unread = detail.unread.filter { $0.resource == .factors }
        guard unread.isEmpty else { return Part.unread(unread, visit) }
        if let since = detail.factorsReadSince {
            return """
                <p>\(Part.notEvaluated) This person's factors were read \(When.ago(since, now: visit.now)), after that \
                date. Nobody can tell whether there were others before.</p>
                """
        }
        let why: HTML =
            detail.user.status == .deprovisioned
            ? "Whoever is deactivated has no factors that Okta would show."
            : "Factors are read for admins first, then for others as far as rate limits leave calls idle."
        return "<p>\(Part.notEvaluated) Not read yet. \(why)</p>"
    }

    /// The roles that somebody holds, with what could not be read of them.
    static func roles(_ roles: [HeldRole]?, _ unread: [Unread], none: HTML, _ visit: Visit) -> HTML {
        guard let roles else { return Part.unread(unread, visit) }
        return Part.unread(unread, visit)
            + (roles.isEmpty ? Part.empty("No admin roles", none) : roleTable(roles, visit))
    }

    private static func roleTable(_ roles: [HeldRole], _ visit: Visit) -> HTML {
        Part.table(
            "Admin roles", [("Role", false), ("Assigned", false), ("Status", false), ("Since", false)],
            roles.map { role -> [HTML] in
                [
                    "\(role.label)",
                    role.viaGroup.map { "through \($0)" }
                        ?? (role.assignmentType == "GROUP" ? "through a group" : "directly"),
                    Part.status(role.status),
                    "\(When.ago(role.since, now: visit.now)) \(Part.evidence(role.evidence))",
                ]
            })
    }

    static func profile(_ detail: UserDetail, _ visit: Visit) -> HTML {
        let user = detail.user
        let attributes = user.attributes
        func when(_ time: Timestamp?) -> HTML { When.ago(time, now: visit.now, none: Part.none) }
        func kept(_ time: Timestamp?) -> HTML { When.ago(time, now: visit.now, none: Part.noDate(visit)) }
        let facts = Part.facts([
            ("Okta id", "<code>\(user.id)</code>"), ("Login", Part.text(attributes.login)),
            ("E-mail", Part.text(attributes.email)), ("Department", Part.text(attributes.department)),
            ("Title", Part.text(attributes.title)), ("Manager", Part.text(attributes.manager ?? attributes.managerID)),
            ("Employee number", Part.text(attributes.employeeNumber)), ("User type", Part.text(attributes.userType)),
            ("Organization", Part.text(attributes.organization)), ("Division", Part.text(attributes.division)),
            ("Cost center", Part.text(attributes.costCenter)), ("Password kept by", Part.text(user.credentialProvider)),
            ("Created", when(user.created)), ("Activated", when(user.activated)),
            ("Status changed", when(user.statusChanged)), ("Password changed", kept(user.passwordChanged)),
            ("Last changed", kept(user.lastUpdated)),
        ])
        return Part.section("Profile", facts)
            + Part.section(
                "Every attribute, as Okta sent it", "<pre class=\"json\" tabindex=\"0\">\(user.profile)</pre>")
    }

    static func history(_ detail: UserDetail, _ visit: Visit) -> HTML {
        let rows = detail.history.map { interval -> [HTML] in
            [
                "\(When.ago(interval.from, now: visit.now)) \(Part.evidence(interval.evidence))",
                interval.to.map { When.ago($0, now: visit.now) } ?? "still so", Part.status(interval.status),
                Part.text(interval.department), Part.text(interval.title), Part.text(interval.manager),
            ]
        }
        guard !rows.isEmpty else {
            return Part.section(
                "What was true when", Part.empty("Nothing known at that date", "What is known begins later."))
        }
        return Part.section(
            "What was true when",
            Part.table(
                "History",
                [
                    ("From", false), ("Until", false), ("Status", false), ("Department", false), ("Title", false),
                    ("Manager", false),
                ], rows), note: "Newest first")
    }
}
