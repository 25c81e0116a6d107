import Accounts
import Analysis
import Directory
import Governance
import HTTPTypes
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var discoveryRoutes: [Route] {
        [
            Route(RouteRule(.get, "/discovery", .signedIn, "Discovery")) { try await discoveryPage($0) },
            Route(RouteRule(.get, "/discovery/overlap", .signedIn, "Overlap")) { try await overlapPage($0) },
            Route(RouteRule(.get, "/discovery/compare", .signedIn, "Compare services")) { try await comparePage($0) },
            Route(RouteRule(.get, "/discovery/services/:id", .signedIn, "A service")) { try await servicePage($0) },
            Route(RouteRule(.get, "/discovery/decide", .signedIn, "Decide about services")) { request in
                try await decidePage(request, services: request.query.all("app"))
            },
            Route(RouteRule(.post, "/discovery/decide", .signedIn, "Decides about services")) { request in
                try await changed(request, .decide) { services, form throws(Problem) in
                    try await store.decide(
                        services, state: form["state"] ?? "", reason: form["reason"], alternative: form["alternative"],
                        actor: request.session?.name ?? "", now: request.now)
                }
            },
            Route(RouteRule(.post, "/discovery/owners", .signedIn, "Says who owns services")) { request in
                try await changed(request, .own) { services, form throws(Problem) in
                    try await store.own(
                        services, OwnersForm.request(form), actor: request.session?.name ?? "", now: request.now)
                }
            },
            Route(RouteRule(.post, "/discovery/describe", .signedIn, "Names a service")) { request in
                try await changed(request, .describe) { services, form throws(Problem) in
                    try await store.describe(
                        services.first ?? "", name: form["name"] ?? "", category: form["category"] ?? "",
                        note: form["note"] ?? "", actor: request.session?.name ?? "", now: request.now)
                }
            },
        ] + serviceFiles
    }

    /// What is decided about the services, at the moment of a visit.
    func triage(_ visit: Visit) async throws(Problem) -> Triage {
        try await store.triage(try await surveys.survey(store, visit.moment), visit.moment)
    }

    private var serviceFiles: [Route] {
        ["csv", "json"].map { format in
            Route(RouteRule(.get, "/services.\(format)", .signedIn, "Services as \(format.uppercased())")) { request in
                let visit = try await visit(request)
                let list = try await triage(visit).list
                let asked = try ListState(request.query, list).request
                try await audit.record(
                    actor: request.session?.name ?? "", action: "export", subject: "services",
                    detail: request.query.encoded.isEmpty ? nil : request.query.encoded)
                return stream(list, asked, format, named: "services")
            }
        }
    }

    // MARK: the board

    private func discoveryPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let triage = try await triage(visit)
        let state = try ListState(visit.request.query, triage.list)
        let board = DiscoveryBoard(triage: triage, visit: visit)
        let list = try await board.view.html(store, visit)
        let head = [board.figures(), board.blind(), board.tabs(state), board.choose() ?? HTML()]
        let body = HTML(head + [list, board.machines(), board.howCounted()])
        return try await page(
            visit, .discovery,
            PageContent(
                title: "Discovery",
                sentence:
                    "Every service that Okta tells of, what the company decided about it, and what does not agree with that.",
                action:
                    "<a class=\"button\" href=\"\(visit.to(.below(.discovery, "overlap")))\">Where services overlap</a>",
                body: body))
    }

    // MARK: one service

    func governance(of id: String, _ visit: Visit, besides more: HTML = HTML()) async throws(Problem) -> HTML {
        let triage = try await triage(visit)
        guard let one = triage.service(id) else { throw Self.unknownService(id) }
        let parts = GovernanceParts(
            one: one, triage: triage, decisions: try await store.decisions(about: id, visit.moment),
            owners: try await store.owners(of: id, visit.moment), visit: visit)
        return parts.html(besides: more)
    }

    private func servicePage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let id = request.part("id")
        guard let one = try await triage(visit).service(id) else { throw Self.unknownService(id) }
        let people: HTML
        if visit.moment.asOf == .now {
            let list = ListDefinition.people(whoUsed: one.service)
            let view = ListView(
                list: list, name: "service-people",
                columns: [
                    .person, .status("Status", "user_status", sort: false),
                    .text("Department", "department", sort: false), .time("Last sign-in", "last_sign_in_at"),
                ],
                here: DiscoveryLink.service(id), exportNoun: nil, one: "person", many: "people",
                emptyTitle: "Nobody signed in", emptyText: "The System Log tells of no sign-in to it.")
            people = Part.section("Who signed in to it", try await view.html(store, visit))
        } else {
            people = Part.note(.unknown, "Who signed in is told of now alone; the numbers above are of that date.")
        }
        return try await page(
            visit, .discovery,
            PageContent(
                title: one.name,
                sentence: "\(Part.tag(DiscoveryWords.standing(one.service))) \(DiscoveryWords.found(one.service))",
                crumb: ("Discovery", visit.to(.discovery)),
                body: GovernanceParts.figures(one.service, visit)
                    + (try await governance(of: id, visit, besides: people))))
    }

    static func unknownService(_ id: String) -> Problem {
        Problem(
            id: "discovery.service.unknown", kind: .notFound, title: "There is no service “\(id.prefix(100))” here",
            explanation: "No app of the tenant has this Okta id, now or before that date.",
            remedy: "See Discovery for those there are.")
    }

    // MARK: what is decided

    /// What a form changes.
    enum Change { case decide, own, describe }

    /// Changes what a form asks for and goes on to where it shows; shows the form again with what was wrong.
    private func changed(
        _ request: WebRequest, _ change: Change,
        _ body: ([String], FormData) async throws(Problem) -> Void
    ) async throws -> Response {
        let services = request.form.all("app").filter { !$0.isEmpty }
        do {
            try await body(services, request.form)
        } catch {
            guard error.kind == .usage || error.kind == .notFound else { throw error }
            var response = try await decidePage(request, services: services, change, error)
            response.status = .unprocessableContent
            return response
        }
        guard services.count == 1, let id = services.first else { return redirect(.discovery, after: request) }
        let isListed = try await surveys.survey(store, try await visit(request).moment).service(id)?.standing != .gone
        return redirect(isListed ? .app(id, tab: "governance") : DiscoveryLink.service(id), after: request)
    }

    private func decidePage(
        _ request: WebRequest, services: [String], _ change: Change? = nil, _ problem: Problem? = nil
    ) async throws -> Response {
        let visit = try await visit(request)
        let triage = try await triage(visit)
        let chosen = services.prefix(DiscoveryProblem.most).compactMap(triage.service)
        let body: HTML
        if chosen.isEmpty {
            let none = problem ?? DiscoveryProblem.nothingChosen
            body =
                GovernanceForms.banner(none)
                + Part.empty(
                    "No service is chosen", "<a href=\"\(visit.to(.discovery))\">Choose some on the board</a>.")
        } else {
            let forms = GovernanceForms(
                chosen: chosen, triage: triage, typed: change == nil ? FormData() : request.form, change: change,
                problem: problem, visit: visit)
            body = forms.chosenList() + forms.decide() + forms.own() + (chosen.count == 1 ? forms.describe() : HTML())
        }
        return try await page(
            visit, .discovery,
            PageContent(
                title: chosen.count == 1 ? "Decide about \(chosen[0].name)" : "Decide about services",
                sentence: "A decision holds from now on. What was decided before stays in the record.",
                crumb: ("Discovery", visit.to(.discovery)), body: body))
    }
}

/// Addresses below Discovery.
enum DiscoveryLink {
    static func service(_ id: String) -> Link { .below(.below(.discovery, "services"), id) }
    static var decide: Link { .below(.discovery, "decide") }
    static var owners: Link { .below(.discovery, "owners") }
    static var describe: Link { .below(.discovery, "describe") }
    static var overlap: Link { .below(.discovery, "overlap") }

    static func compare(_ services: [DiscoveredService]) -> Link {
        Link.below(.discovery, "compare").with(services.prefix(5).map { ("app", $0.id) })
    }

    /// Where a service has its page: the app's, or one of its own where Okta's list does not have it.
    static func governance(_ service: DiscoveredService) -> Link {
        service.standing == .gone ? self.service(service.id) : .app(service.id, tab: "governance")
    }
}
