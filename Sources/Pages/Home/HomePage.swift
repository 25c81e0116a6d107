import Directory
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var homeRoutes: [Route] {
        [Route(RouteRule(.get, "/", .signedIn, "Home")) { request in try await home(request) }]
    }

    private func home(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let connected = try await store.integrations().filter { $0.disconnectedAt == nil }
        let apps = try await lists.list(.apps(visit.moment), store, visit.moment)
        let totals = try await store.totals(visit.moment, apps: apps)
        guard !connected.isEmpty || totals.people > 0 else { return try await welcome(visit) }
        let tasks = try await DoNext.all(store, connected, apps: apps, visit)
        let unread = try await store.unread([.users, .apps, .assignments], visit.moment)
        let body: HTML = """
            \(try await strip(connected, visit))\(HomeParts.figures(totals, unread, visit))
            <div class="columns">\(HomeParts.doNext(tasks))\(try await changes(connected, visit))</div>
            """
        return try await page(
            visit, .home,
            PageContent(
                title: "Home", sentence: "Who has what, how they got it, and whether they use it.",
                action: connected.isEmpty
                    ? "<a class=\"button primary\" href=\"\(visit.to(.connect))\">Connect Okta</a>"
                    : Part.whatChanged(visit.to(.changes)), body: body))
    }

    private func welcome(_ visit: Visit) async throws -> Response {
        let body: HTML = """
            <section class="card welcome"><h2>Connect your Okta tenant</h2>
            <p>Muster reads people, groups, apps, assignments and sign-ins. It never writes anything to Okta.</p>
            <p><a class="button primary" href="\(visit.to(.connect))">Connect Okta</a></p></section>
            """
        return try await page(
            visit, .home, PageContent(title: "Welcome to Muster", sentence: "Nothing is connected yet.", body: body))
    }

    /// One line for each tenant: is its data healthy, complete and fresh.
    private func strip(_ connected: [Integration], _ visit: Visit) async throws -> HTML {
        var lines: [HTML] = []
        for integration in connected {
            let run = try await store.latestRun(of: integration.id)
            let tail = try await store.tailHealth(of: integration.id, now: visit.now)
            let health = DataHealth.health(integration, run, tail, visit.now)
            let missing = (run?.coverage ?? [:]).filter { $0.value != .readable && $0.value != .notTried }
            let note: HTML =
                if let problem = integration.problem {
                    "\(problem.remedy)"
                } else if !missing.isEmpty {
                    """
                    Not readable: \(missing.keys.map { $0.rawValue.replacing("_", with: " ") }.sorted().joined(separator: ", ")). \
                    <a href="\(visit.to(.integration(integration.name, tab: "coverage")))">What to grant</a>
                    """
                } else if run == nil {
                    "Nothing was read yet. <a href=\"\(visit.to(.integration(integration.name)))\">Sync it</a>"
                } else if run?.held ?? 0 > 0 {
                    "Something would have been closed in bulk. <a href=\"\(visit.to(health.link))\">Look and decide</a>"
                } else {
                    "Everything Muster asks for was read."
                }
            let gaps = try await store.logGaps(of: integration.id).map { gap -> HTML in
                """
                 The System Log was not read from \(When.full(gap.from)) to \(When.full(gap.to)): sign-ins and changes of \
                that time are not known. <a href="\(visit.to(.integration(integration.name)))">Why</a>
                """
            }
            lines.append(
                """
                <div class="strip \(health.look.rawValue)"><span class="dot" aria-hidden="true"></span>\
                <strong><a href="\(visit.to(.integration(integration.name)))">\(integration.name)</a></strong> \
                <span>\(health.title)\(health.since.map { ", \(When.ago($0, now: visit.now))" as HTML })</span>\
                <span class="muted">\(note)\(gaps)</span></div>
                """)
        }
        return HTML(lines)
    }

    /// What the last finished run changed, in numbers, with the latest events below.
    private func changes(_ connected: [Integration], _ visit: Visit) async throws -> HTML {
        guard let integration = connected.first, let run = try await store.latestFinishedRun(of: integration.id) else {
            return Part.section(
                "Since the last sync", Part.empty("No sync yet", "Changes appear after the second sync."))
        }
        let names = [
            "users": "People", "groups": "Groups", "memberships": "Memberships", "apps": "Apps",
            "assignments": "Assignments", "app_groups": "Groups of apps", "roles": "Admin roles",
        ]
        let order = ["users", "groups", "memberships", "apps", "app_groups", "assignments", "roles"]
        let rows = order.compactMap { noun -> [HTML]? in
            guard let count = run.counts.first(where: { $0.noun == noun }) else { return nil }
            return [
                "\(names[noun] ?? noun)", HomeParts.delta(count.added, "+"), HomeParts.delta(count.changed, "~"),
                HomeParts.delta(count.closed, "−"),
            ]
        }
        let events = try await store.latestEvents(limit: 6, visit.moment).map { event -> HTML in
            """
            <li><span><strong>\(EventWords.text(event.eventType))</strong> \(event.summary)</span> \
            <small class="muted">by \(event.actor ?? "Okta"), \
            \(When.ago(event.published, now: visit.now))</small></li>
            """
        }
        let list: HTML? =
            events.isEmpty ? nil : "<h3>Latest from the System Log</h3><ul class=\"events\">\(events)</ul>"
        let table = Part.table(
            "Changes of the last sync", [("What", false), ("Added", true), ("Changed", true), ("Ended", true)], rows)
        return Part.section(
            "Since the last sync", table + (list ?? HTML()),
            note:
                "<a href=\"\(visit.to(.run(integration.name, run.id)))\">Run \(run.id)</a>, \(When.ago(run.finishedAt, now: visit.now, none: "running"))"
        )
    }
}

/// The parts of Home.
enum HomeParts {
    static func figures(_ totals: TenantTotals, _ unread: [Unread], _ visit: Visit) -> HTML {
        func number(_ count: Int, _ resource: Resource) -> HTML {
            Part.number(count == 0 && unread.hides(resource) ? nil : count)
        }
        let missing: HTML? =
            totals.appsNotEvaluated > 0
            ? "; \(Count.of(totals.appsNotEvaluated, "app", "apps")) <span class=\"not-evaluated\">not evaluated</span>"
            : nil
        let moment = visit.moment
        let since: HTML? =
            moment.usageKnown
            ? Moment.begin(ofMonth: moment.signInMonths.upperBound - 1).flatMap { moment.usageBegins(after: $0) }
                .map { "; known since \($0.date)" } : nil
        return Part.figures([
            Part.figure(
                "People", number(totals.people, .users), "\(Count.text(totals.active)) active",
                visit.to(.users)),
            Part.figure(
                "Apps", number(totals.apps, .apps), "\(Count.text(totals.activeApps)) active",
                visit.to(.apps)),
            Part.figure(
                "Assignments", number(totals.assignments, .assignments),
                "\(perPerson(totals)) for each active person\(missing)",
                visit.to(Link.apps.with([("sort", "-assigned_users")]))),
            Part.figure(
                visit.moment.asOf == .now ? "Sign-ins this month" : "Sign-ins in \(totals.signIns.month)",
                Part.number(totals.signIns.count),
                "\(Part.number(totals.signInsBefore.count)) \(visit.moment.asOf == .now ? "last month" : "the month before")\(since)",
                visit.to(Link.apps.with([("sort", "-sign_ins_3m")]))),
        ])
    }

    private static func perPerson(_ totals: TenantTotals) -> String {
        guard totals.active > 0 else { return "–" }
        let tenths = totals.assignments * 10 / totals.active
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func delta(_ count: Int, _ sign: String) -> HTML {
        count == 0 ? "<span class=\"none\">0</span>" : "\(sign)\(Count.text(count))"
    }

    static func doNext(_ tasks: [DoNext]) -> HTML {
        guard !tasks.isEmpty else {
            return Part.section("Do next", Part.empty("Nothing waits for you", "Muster found nothing to look into."))
        }
        let items = tasks.map { task -> HTML in
            """
            <li class="\(task.look.rawValue)"><a href="\(task.link)"><span class="dot" aria-hidden="true"></span>\
            <span><strong>\(task.title)</strong><small>\(task.why)</small></span></a></li>
            """
        }
        return Part.section("Do next", "<ul class=\"do-next\">\(items)</ul>")
    }
}
