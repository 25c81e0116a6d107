import Accounts
import Directory
import Hummingbird
import OktaAPI
import Problems
import Storage
import Sync
import WebSupport

extension PagesApplication {
    var connectRoutes: [Route] {
        [
            Route(RouteRule(.get, "/connect", .signedIn, "Connect Okta")) { request in
                let visit = try await visit(request)
                return try await connectPage(visit, FormData(), problem: nil)
            },
            // Whoever looks at what a check answered, and reloads it or asks for another date, begins anew.
            Route(RouteRule(.get, "/connect/check", .signedIn, "Connect Okta")) { request in
                redirect(try await visit(request).to(.connect))
            },
            Route(RouteRule(.post, "/connect/check", .signedIn, "Check a tenant")) { request in
                try await check(request)
            },
            Route(RouteRule(.post, "/connect", .signedIn, "Connect a tenant")) { request in
                try await connect(request)
            },
        ]
    }

    private func connectPage(_ visit: Visit, _ form: FormData, problem: Problem?) async throws -> Response {
        try await page(
            visit, .integrations,
            PageContent(
                title: "Connect Okta",
                sentence: "Step 1 of 3: where your tenant is, and a credential that can only read.",
                crumb: ("Integrations", visit.to(.integrations)), body: ConnectForm.page(visit, form, problem)))
    }

    private func check(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        do throws(Problem) {
            let domain = try OktaDomain(pasted: request.form["domain"] ?? "")
            let credential = try ConnectForm.credential(request.form)
            let check = try await integrations.check(domain: domain, credential: credential)
            try await integrations.refuseSecondName(request.form.filled("name"), for: domain, check.organization)
            let key = await pending.keep(
                .init(
                    domain: domain, credential: credential, name: request.form.filled("name"),
                    contact: request.form.filled("contact"), session: request.session?.token ?? "",
                    expiresAt: request.now.advanced(bySeconds: 900)), now: request.now)
            return try await outcomePage(visit, check, domain, key)
        } catch {
            return try await connectPage(visit, request.form, problem: Problem.from(error))
        }
    }

    private func outcomePage(
        _ visit: Visit, _ check: ConnectionCheck, _ domain: OktaDomain, _ key: String
    ) async throws(Problem) -> Response {
        let body = ConnectParts.outcome(visit, check, key)
        do {
            return try await page(
                visit, .integrations,
                PageContent(
                    title: "Connect \(domain.authority)",
                    sentence: "Step 2 of 3: what this credential may read, and what the first sync will ask.",
                    crumb: ("Connect Okta", visit.to(.connect)), body: body))
        } catch {
            throw Problem.from(error)
        }
    }

    private func connect(_ request: WebRequest) async throws -> Response {
        guard
            let pending = await pending.take(
                request.form["pending"] ?? "", session: request.session?.token ?? "", now: request.now)
        else {
            throw Problem(
                id: "connect.expired", kind: .usage, title: "This check is too old",
                explanation: "Muster keeps an unfinished connection for 15 minutes, in memory only.",
                remedy: "Start again from Connect Okta.")
        }
        let (integration, _) = try await integrations.connect(
            name: pending.name, contact: pending.contact, domain: pending.domain, credential: pending.credential)
        try await audit.record(
            actor: request.session?.name ?? "", action: "connect", subject: integration.name,
            detail: integration.baseURL)
        try await scheduler.request(integration.id)
        return redirect(.integration(integration.name), after: request)
    }
}
