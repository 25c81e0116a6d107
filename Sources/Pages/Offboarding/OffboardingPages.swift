import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var offboardingRoutes: [Route] {
        [
            Route(RouteRule(.get, "/offboarding", .signedIn, "Offboarding")) { request in
                try await offboardingPage(request, tab: "")
            },
            Route(RouteRule(.post, "/offboarding", .signedIn, "Set the hours allowed for removals")) { request in
                try await setSLA(request)
            },
            Route(RouteRule(.get, "/offboarding/:id", .signedIn, "One leaver, or one part of Offboarding")) { request in
                let part = request.part("id")
                if OffboardingTab.all.contains(where: { $0.id == part }) {
                    return try await offboardingPage(request, tab: part)
                }
                return try await leaverPage(request)
            },
            Route(RouteRule(.get, "/offboarding/:id/:file", .signedIn, "The checklist of a leaver as a file")) {
                request in try await checklistFile(request)
            },
            Route(RouteRule(.post, "/offboarding/:id/items", .signedIn, "Settle items of a leaver")) { request in
                try await settleItems(request)
            },
            Route(RouteRule(.post, "/offboarding/:id/case", .signedIn, "Settle a leaver's case")) { request in
                try await settleCase(request)
            },
            Route(RouteRule(.post, "/offboarding/:id/open", .signedIn, "Open a case by hand")) { request in
                let id = request.part("id")
                try await store.openOffboarding(id, actor: request.session?.name ?? "", now: request.now)
                return redirect(.below(.offboarding, id), after: request)
            },
        ] + rosterRoutes + OffboardingTab.all.flatMap { offboardingFiles($0) }
    }

    /// The two file forms of each list.
    private func offboardingFiles(_ tab: OffboardingTab) -> [Route] {
        ["csv", "json"].map { format in
            Route(
                RouteRule(.get, "/\(tab.noun).\(format)", .signedIn, "\(tab.title) as \(format.uppercased())")
            ) { request in
                let visit = try await visit(request)
                let list = try await offboardingList(tab, visit)
                let asked = try ListState(request.query, list).request
                try await audit.record(
                    actor: request.session?.name ?? "", action: "export", subject: tab.noun,
                    detail: request.query.encoded.isEmpty ? nil : request.query.encoded)
                return stream(list, asked, format, named: tab.noun)
            }
        }
    }

    func offboardingList(_ tab: OffboardingTab, _ visit: Visit) async throws(Problem) -> ListDefinition {
        switch tab.id {
        case "": return try await leavers.leavers(store, visit.moment)
        case "roster": return .roster(visit.moment)
        default:
            return try await leavers.list(tab.list(visit.moment), store, visit.moment)
        }
    }

    private func offboardingPage(_ request: WebRequest, tab id: String) async throws -> Response {
        let visit = try await visit(request)
        guard let tab = OffboardingTab.all.first(where: { $0.id == id }) else { throw WebProblem.noPage }
        let population = try await leavers.population(store, visit.moment)
        let closings = try await store.offboardingClosings(visit.moment)
        let list = try await offboardingList(tab, visit)
        let state = try ListState(request.query, list)
        let page = try await store.list(list, state.request)
        let unread = try await store.unread([.users, .assignments, .memberships, .roles, .apiTokens], visit.moment)
        let figures = OffboardingParts.figures(population, closings, visit)
        let picture = id.isEmpty ? OffboardingParts.picture(population, closings, visit) : HTML()
        let extra = id == "roster" ? try await rosterSection(visit) : HTML()
        let settings = id.isEmpty ? OffboardingParts.slaForm(closings, visit) : HTML()
        let view = tab.view(list, visit)
        return try await self.page(
            visit, .offboarding,
            PageContent(
                title: "Offboarding",
                sentence: "People who left, what they still hold, and what has to be done about it.",
                action: "<a class=\"button\" href=\"\(visit.to(.roster))\">Import a roster</a>",
                body: Part.unread(unread, visit) + figures + picture + OffboardingParts.tabs(id, visit) + extra
                    + view.html(page, state, visit) + OffboardingParts.rule(tab, closings) + settings))
    }

    func rosterTab(_ request: WebRequest) async throws -> Response {
        try await offboardingPage(request, tab: "roster")
    }

    private func setSLA(_ request: WebRequest) async throws -> Response {
        try await store.setOffboardingSLA(
            hours: Int(request.form["hours"] ?? "") ?? 0, actor: request.session?.name ?? "", now: request.now)
        return redirect(.offboarding, after: request)
    }
}
