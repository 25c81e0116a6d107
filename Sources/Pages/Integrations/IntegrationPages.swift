import Accounts
import Directory
import Hummingbird
import Problems
import Storage
import Sync
import WebSupport

extension PagesApplication {
    var integrationRoutes: [Route] {
        [
            Route(RouteRule(.get, "/integrations", .signedIn, "Integrations")) { request in
                try await integrationsPage(request)
            },
            Route(RouteRule(.get, "/integrations/:name", .signedIn, "Integration")) { request in
                try await integrationPage(request, tab: "")
            },
            Route(RouteRule(.get, "/integrations/:name/:tab", .signedIn, "Integration: one part")) { request in
                switch request.part("tab") {
                case "progress": try await progressStream(request)
                case "calls.csv": try await ledgerFile(request, isCSV: true)
                case "calls.json": try await ledgerFile(request, isCSV: false)
                case let tab: try await integrationPage(request, tab: tab)
                }
            },
            Route(RouteRule(.get, "/integrations/:name/runs/:run", .signedIn, "Run")) { request in
                try await runPage(request)
            },
            Route(RouteRule(.post, "/integrations/:name/runs/:run/accept", .signedIn, "Accept held closures")) {
                request in try await acceptHeld(request)
            },
            Route(RouteRule(.post, "/integrations/:name/sync", .signedIn, "Sync now")) { request in
                let integration = try await connected(request)
                try await scheduler.request(integration.id)
                try await audit.record(
                    actor: request.session?.name ?? "", action: "sync", subject: integration.name)
                return redirect(.integration(integration.name), after: request)
            },
            Route(RouteRule(.post, "/integrations/:name/recheck", .signedIn, "Check again")) { request in
                let integration = try await connected(request)
                _ = try await integrations.recheck(integration)
                return redirect(.integration(integration.name, tab: "coverage"), after: request)
            },
            Route(RouteRule(.post, "/integrations/:name/schedule", .signedIn, "Set the schedule")) { request in
                let integration = try await connected(request)
                let schedule = try SyncSchedule(parsing: request.form["every"] ?? "")
                try await store.schedule(integration.id, schedule)
                try await audit.record(
                    actor: request.session?.name ?? "", action: "schedule", subject: integration.name,
                    detail: schedule.text)
                return redirect(.integration(integration.name), after: request)
            },
            // Whoever looks at a secret, and reloads the page or asks for another date, comes back to the form.
            Route(RouteRule(.get, "/integrations/:name/hook", .signedIn, "Event Hook")) { request in
                let integration = try await connected(request)
                return redirect(try await visit(request).to(.integration(integration.name, tab: "settings")))
            },
            Route(RouteRule(.post, "/integrations/:name/hook", .signedIn, "Switch the Event Hook")) { request in
                try await switchHook(request)
            },
            Route(RouteRule(.post, "/integrations/:name/disconnect", .signedIn, "Disconnect")) { request in
                try await disconnect(request)
            },
        ]
    }

    func connected(_ request: WebRequest) async throws(Problem) -> Integration {
        try await store.integration(named: request.part("name"))
    }

    private func integrationsPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        var rows: [[HTML]] = []
        for integration in try await store.integrations() {
            let run = try await store.latestRun(of: integration.id)
            let tail = try await store.tailHealth(of: integration.id, now: visit.now)
            let health = DataHealth.health(integration, run, tail, visit.now)
            rows.append([
                """
                <a class="row-link" href="\(visit.to(.integration(integration.name)))">\(integration.name)</a>\
                <small class="sub">\(integration.baseURL)</small>
                """,
                integration.disconnectedAt == nil
                    ? "<span class=\"badge \(health.look.rawValue)\">\(health.title.lowercased())</span>"
                    : "<span class=\"badge neutral\">disconnected</span>",
                When.ago(health.since, now: visit.now, none: Part.none),
                "\(IntegrationParts.credential(integration.credentialKind))",
                integration.tokenDaysLeft(at: visit.now).map { "\($0) days" } ?? Part.none,
                Part.text(integration.contact),
            ])
        }
        let table =
            rows.isEmpty
            ? Part.empty(
                "No Okta tenant yet",
                "<a href=\"\(visit.to(.connect))\">Connect one</a>: you need its domain and an API token.")
            : Part.table(
                "Integrations",
                [
                    ("Tenant", false), ("Data", false), ("Fresh", false), ("Credential", false),
                    ("Token lives", false), ("Contact", false),
                ], rows)
        return try await page(
            visit, .integrations,
            PageContent(
                title: "Integrations", sentence: "The Okta tenants Muster reads. It never writes to them.",
                action: "<a class=\"button primary\" href=\"\(visit.to(.connect))\">Connect Okta</a>", body: table))
    }

    /// - Parameter made: a hook whose secret is shown now, for the only time.
    func integrationPage(
        _ request: WebRequest, tab: String, made: HookKeys.Made? = nil
    ) async throws -> Response {
        let visit = try await visit(request)
        let integration = try await connected(request)
        let tabs = [
            ("", "Runs"), ("calls", "Call ledger"), ("limits", "Rate limits"), ("coverage", "Coverage"),
            ("settings", "Settings"),
        ]
        guard tabs.contains(where: { $0.0 == tab }) else { throw WebProblem.noPage }
        // A page that is kept current would take the secret away before anybody could copy it.
        let isBusy = await scheduler.isBusy(integration.id)
        let isLive = isBusy && made == nil
        let next = await scheduler.next(
            integration, after: try await store.latestRun(of: integration.id), now: visit.now)
        let body: HTML
        switch tab {
        case "calls": body = try await calls(integration, visit)
        case "limits": body = IntegrationParts.limits(try await store.gauges(of: integration.id), visit)
        case "coverage":
            body = IntegrationParts.coverage(try await store.coverage(of: integration.id), integration, visit)
        case "settings":
            body = IntegrationParts.settings(integration, try await hookSection(integration, made, visit), visit)
        default: body = IntegrationParts.runs(try await store.runs(of: integration.id), integration, visit)
        }
        let strip = Part.tabs(
            tabs.map { ($0.1, nil, visit.to(.integration(integration.name, tab: $0.0)), $0.0 == tab) })
        let freshness = FreshnessParts.section(
            try await store.tailHealth(of: integration.id, now: visit.now),
            drift: try await store.latestFinishedRun(of: integration.id), integration, visit)
        let live = isLive ? try await liveSection(integration) : HTML()
        return try await page(
            visit, .integrations,
            PageContent(
                title: integration.name,
                sentence: "\(integration.baseURL) <span class=\"muted\">org \(integration.orgID)</span>",
                crumb: ("Integrations", visit.to(.integrations)),
                action: integration.disconnectedAt == nil
                    ? IntegrationParts.syncButton(integration, visit, isBusy: isBusy) : HTML(),
                body: IntegrationParts.state(integration, next: next, visit)
                    + IntegrationParts.gaps(try await store.logGaps(of: integration.id)) + live + freshness + strip
                    + body,
                refresh: isLive ? 3 : nil))
    }

    private func calls(_ integration: Integration, _ visit: Visit) async throws(Problem) -> HTML {
        let before = visit.request.query["before"].flatMap { Int64($0) }
        let total = try await store.callCount(of: integration.id)
        let calls = try await store.calls(of: integration.id, before: before ?? .max, limit: 50)
        return IntegrationParts.calls(calls, total: total, integration, visit)
    }

    private func disconnect(_ request: WebRequest) async throws -> Response {
        let integration = try await connected(request)
        guard request.form.filled("confirm") == integration.name else {
            throw Problem(
                id: "integration.disconnect.notConfirmed", kind: .usage, title: "The name did not match",
                explanation: "Nothing was changed.",
                remedy: "Type “\(integration.name)” to confirm that you mean this integration.")
        }
        let erase = request.form["data"] == "erase"
        try await integrations.disconnect(integration, eraseData: erase)
        try await audit.record(
            actor: request.session?.name ?? "", action: "disconnect", subject: integration.name,
            detail: erase ? "data erased" : "data kept")
        return redirect(.integrations, after: request)
    }
}
