import Directory
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var groupRoutes: [Route] {
        [
            Route(RouteRule(.get, "/groups", .signedIn, "Groups")) { request in
                let visit = try await visit(request)
                return try await page(
                    visit, .groups,
                    PageContent(
                        title: "Groups",
                        sentence: "Groups decide who gets which app. Biggest first shows where access comes from.",
                        body: try await groups(visit).html(store, visit)))
            },
            Route(RouteRule(.get, "/groups/:id", .signedIn, "Group")) { request in
                try await groupPage(request, tab: "")
            },
            Route(RouteRule(.get, "/groups/:id/:tab", .signedIn, "Group: one part")) { request in
                try await groupPage(request, tab: request.part("tab"))
            },
        ] + exportRoutes("groups", "Groups")
    }

    private func groups(_ visit: Visit) async throws(Problem) -> ListView {
        ListView(
            list: try await lists.list(.groups(visit.moment), store, visit.moment), name: "groups",
            columns: [
                TableColumn("Group", name: "name") { row, visit in
                    """
                    <a class="row-link" href="\(visit.to(.group(row.text("id"))))">\(row.text("name"))</a>\
                    <small class="sub">\(row.text("description"))</small>
                    """
                },
                TableColumn("Type", name: "type") { row, _ in Part.tag(GroupParts.typeName(row.text("type"))) },
                .number("Members", "members"), .number("Apps", "apps"),
                .time("Members changed", "last_membership_updated_at", minor: true, kept: true),
            ],
            here: .groups, exportNoun: "groups",
            presets: [
                ("Made in Okta", ["type=OKTA_GROUP"]), ("From an app or directory", ["type=APP_GROUP"]),
                ("Empty", ["members=0"]), ("Gives no app", ["apps=0"]),
            ],
            one: "group", many: "groups", sortsByAny: true)
    }

    private func groupPage(_ request: WebRequest, tab: String) async throws -> Response {
        let visit = try await visit(request)
        let detail = try await store.group(request.part("id"), visit.moment)
        let group = detail.group
        let tabs: [(String, String, Int?)] = [
            ("", "Members", detail.members), ("apps", "Apps", detail.apps?.count),
            ("rules", "Rules", detail.rules?.count), ("roles", "Admin roles", detail.roles?.count),
            ("history", "History", nil),
        ]
        guard tabs.contains(where: { $0.0 == tab }) else { throw WebProblem.noPage }
        let body: HTML
        switch tab {
        case "apps": body = GroupParts.apps(detail, visit)
        case "rules": body = GroupParts.rules(detail, visit)
        case "roles": body = GroupParts.roles(detail, visit)
        case "history":
            let here = Link.group(group.id, tab: tab)
            body = try await TimelineParts.html(.group(detail.key), store, here: here, visit)
        default: body = try await GroupParts.members(detail, lists, store, visit)
        }
        let strip = Part.tabs(tabs.map { ($0.1, $0.2, visit.to(.group(group.id, tab: $0.0)), $0.0 == tab) })
        return try await page(
            visit, .groups,
            PageContent(
                title: group.name,
                sentence: "\(Part.tag(GroupParts.typeName(group.type))) \(group.description ?? "")",
                crumb: ("Groups", visit.to(.groups)),
                action: Part.whatChanged(visit.to(.changes.with([("group", group.id)]))),
                body: GroupParts.figures(detail, visit) + strip + body))
    }
}

/// The parts of a group's page.
enum GroupParts {
    static func typeName(_ type: String) -> String {
        switch type {
        case "OKTA_GROUP": "Okta group"
        case "APP_GROUP": "app group"
        case "BUILT_IN": "built in"
        default: type
        }
    }

    static func figures(_ detail: GroupDetail, _ visit: Visit) -> HTML {
        let group = detail.group
        let (filler, rules) = filler(detail)
        return Part.figures([
            Part.figure("Members", Part.number(detail.members), "people", visit.to(.group(group.id))),
            Part.figure(
                "Apps", Part.number(detail.apps?.count), "given to each member",
                visit.to(.group(group.id, tab: "apps"))),
            Part.figure(
                "Filled by", filler, rules, nil),
            Part.figure(
                "Members changed", When.ago(group.lastMembershipUpdated, now: visit.now, none: Part.noDate(visit)),
                "created \(When.ago(group.created, now: visit.now, none: Part.none))", nil),
        ])
    }

    /// Who puts people into the group, and by how many rules.
    private static func filler(_ detail: GroupDetail) -> (HTML, HTML) {
        let source: HTML? = detail.sourceAppLabel.map { "\($0)" }
        guard let rules = detail.rules else { return (source ?? Part.notEvaluated, "rules could not be read") }
        return rules.isEmpty ? (source ?? "people", "no rule") : ("rules", "\(Count.of(rules.count, "rule", "rules"))")
    }

    private static func unread(_ resource: Resource, _ detail: GroupDetail, _ visit: Visit, or text: HTML) -> HTML {
        let unread = detail.unread.filter { $0.resource == resource }
        return unread.isEmpty ? Part.note(.unknown, "\(Part.notEvaluated) \(text)") : Part.unread(unread, visit)
    }

    static func members(
        _ detail: GroupDetail, _ lists: ListMemory, _ store: Store, _ visit: Visit
    ) async throws(Problem) -> HTML {
        guard detail.group.type != "BUILT_IN" || detail.group.name != "Everyone" else {
            return Part.empty(
                "Everybody is in it",
                "Okta keeps all people in this group. <a href=\"\(visit.to(.users))\">See people</a>.")
        }
        guard detail.members != nil else {
            return unread(.memberships, detail, visit, or: "Muster could not read who is in this group.")
        }
        let isLarge = try await lists.walksPeople(detail.members, store, visit.moment)
        let view = ListView(
            list: .memberships(visit.moment, of: .group(detail.key, large: isLarge)), name: "group-members",
            columns: [
                .person, .status("Status", "user_status", sort: !isLarge),
                .text("Department", "department", sort: !isLarge, minor: true),
                TableColumn("Member since", name: "valid_from") { row, visit in
                    AccessPath.since(row.time("valid_from"), how: row.text("from_how"), visit)
                },
            ],
            here: .group(detail.group.id), exportNoun: "memberships", exportFilters: ["group_id=\(detail.group.id)"],
            presets: [("Leavers", ["user_status=DEPROVISIONED"])], one: "member", many: "members",
            emptyTitle: "Nobody is in this group", emptyText: "It gives nothing to anybody.",
            unread: detail.unread)
        return try await view.html(store, visit)
    }

    static func apps(_ detail: GroupDetail, _ visit: Visit) -> HTML {
        guard let apps = detail.apps else {
            return unread(.appGroups, detail, visit, or: "Muster could not read which apps this group gives.")
        }
        guard !apps.isEmpty else { return Part.empty("No apps", "Being in this group gives no app.") }
        return Part.table(
            "Apps this group gives",
            [("App", false), ("Status", false), ("Priority", true), ("People with it", true), ("Since", false)],
            apps.map { app -> [HTML] in
                [
                    "<a class=\"row-link\" href=\"\(visit.to(.app(app.id)))\">\(app.label)</a>",
                    Part.status(app.status),
                    app.priority.map { "\($0)" } ?? Part.none, Part.number(app.users),
                    "\(When.ago(app.since, now: visit.now)) \(Part.evidence(app.evidence))",
                ]
            })
    }

    static func rules(_ detail: GroupDetail, _ visit: Visit) -> HTML {
        guard let rules = detail.rules else {
            return unread(.groupRules, detail, visit, or: "Muster could not read which rules there are.")
        }
        guard !rules.isEmpty else {
            return Part.empty("No rules", "No group rule puts people into this group.")
        }
        return HTML(
            rules.map { rule in
                Part.section(
                    rule.name,
                    """
                    <p>\(Part.status(rule.status)) made \(When.ago(rule.created, now: visit.now, none: Part.none)), \
                    leaves out \(Count.of(rule.excludedUserIDs.count, "person", "people"))</p>\
                    <pre class="json" tabindex="0">\(rule.expression ?? "")</pre>
                    """)
            })
    }

    static func roles(_ detail: GroupDetail, _ visit: Visit) -> HTML {
        UserParts.roles(
            detail.roles, detail.unread.filter { $0.resource == .roles },
            none: "Being in this group gives no admin role.", visit)
    }
}
