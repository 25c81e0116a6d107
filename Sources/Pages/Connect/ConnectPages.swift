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
            Route(RouteRule(.post, "/connect/check", .signedIn, "Check a tenant")) { request in
                try await check(request)
            },
            Route(RouteRule(.post, "/connect", .signedIn, "Connect a tenant")) { request in try await connect(request) },
        ]
    }

    private func connectPage(_ visit: Visit, _ form: FormData, problem: Problem?) async throws -> Response {
        try await page(
            visit, .integrations,
            PageContent(
                title: "Connect Okta",
                sentence: "Step 1 of 3: where your tenant is, and a credential that can only read.",
                crumb: ("Integrations", .integrations), body: ConnectParts.form(visit, form, problem)))
    }

    private func check(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        do throws(Problem) {
            let domain = try OktaDomain(pasted: request.form["domain"] ?? "")
            let credential = try ConnectParts.credential(request.form)
            let check = try await integrations.check(domain: domain, credential: credential)
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
                    crumb: ("Connect Okta", .connect), body: body))
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
            actor: request.session?.name ?? "", action: "connect", subject: integration.name, detail: integration.baseURL)
        await scheduler.request(integration.id)
        return redirect(.integration(integration.name))
    }
}

/// The parts of the connect wizard.
enum ConnectParts {
    static func credential(_ form: FormData) throws(Problem) -> OktaCredential {
        let clientID = form.filled("client_id") ?? ""
        switch form["kind"] {
        case "key":
            let pem = form.filled("private_key") ?? ""
            guard !clientID.isEmpty, !pem.isEmpty else {
                throw missing("a client ID and a private key", "Paste both from the service app's General tab.")
            }
            return .privateKey(clientID: clientID, pem: pem)
        case "secret":
            let secret = form.filled("client_secret") ?? ""
            guard !clientID.isEmpty, !secret.isEmpty else {
                throw missing("a client ID and a client secret", "Paste both from the API service integration.")
            }
            return .clientSecret(clientID: clientID, secret: secret)
        default:
            guard let token = form.filled("token") else {
                throw missing("an API token", "Make one in Okta under Security, API, Tokens, and paste it here.")
            }
            return .apiToken(token)
        }
    }

    private static func missing(_ what: String, _ remedy: String) -> Problem {
        Problem(id: "connect.credential.missing", kind: .usage, title: "The form needs \(what)", remedy: remedy)
    }

    static func problem(_ problem: Problem?) -> HTML? {
        problem.map { problem in
            """
            <div class="banner danger" role="alert"><strong>\(problem.title).</strong> \(problem.explanation) \
            \(problem.remedy) <span class="muted">\(problem.id)</span></div>
            """
        }
    }

    static func form(_ visit: Visit, _ form: FormData, _ problem: Problem?) -> HTML {
        let kind = form["kind"] ?? "token"
        func radio(_ value: String, _ title: HTML, _ fields: HTML) -> HTML {
            """
            <div class="choice"><input type="radio" name="kind" id="kind-\(value)" value="\(value)"\
            \(kind == value ? " checked" : "" as HTML)><label for="kind-\(value)">\(title)</label>\
            <div class="choice-body">\(fields)</div></div>
            """
        }
        return """
            \(self.problem(problem))<form method="post" action="\(Link.connectCheck)" class="card form">\(visit.csrf())
            <label>Okta domain<input name="domain" required maxlength="300" autocomplete="off" spellcheck="false" \
            placeholder="acme.okta.com" value="\(form["domain"])"><small>Paste it in any shape: the address of the \
            admin console is fine.</small></label>
            <fieldset><legend>Credential</legend>\(radio("token", "API token <small>quickest: has the rights of the admin who makes it</small>", """
                <label>Token<input name="token" type="password" maxlength="200" autocomplete="off" spellcheck="false"></label>\
                <p class="muted">In Okta: Security → API → Tokens → Create token, as a Read-only Administrator \
                (a Super Administrator's also reads admin roles).</p>
                """))\(radio("key", "Service app with a private key <small>narrowest: only the scopes you grant</small>", """
                <label>Client ID<input name="client_id" maxlength="100" autocomplete="off" spellcheck="false" value="\(form["client_id"])"></label>\
                <label>Private key (PEM or JWK)<textarea name="private_key" rows="5" maxlength="20000" spellcheck="false"></textarea></label>\
                <p class="muted">Grant the scopes \(OktaScopes.all.joined(separator: ", ")), and the admin role \
                Read-only Administrator.</p>
                """))</fieldset>
            <div class="two"><label>Name <small>optional</small><input name="name" maxlength="60" value="\(form["name"])" \
            placeholder="acme"></label><label>Contact <small>optional</small><input name="contact" maxlength="120" \
            value="\(form["contact"])" placeholder="it@example.com"></label></div>
            <button class="primary">Check what it can read</button>
            <p class="muted">Muster can only read: it sends GET requests and nothing else. The credential is sealed \
            before it is stored and is never shown again.</p></form>
            """
    }

    static func outcome(_ visit: Visit, _ check: ConnectionCheck, _ key: String) -> HTML {
        let missing = check.probe.entries.count { $0.coverage != .readable }
        let summary =
            missing == 0
            ? Part.note(.good, "Everything Muster asks for can be read.")
            : Part.note(
                .attention,
                "\(Count.of(missing, "part", "parts")) cannot be read. Muster works without, and says “not evaluated” there.")
        return """
            \(summary)<div class="columns">\(Part.section("What can be read", matrix(check.probe.entries)))\
            \(Part.section("What the first sync asks", plan(check.plan), note: "about \(minutes(check.plan.minutes))"))</div>
            <form method="post" action="\(Link.connect)" class="sticky-action">\(visit.csrf())\
            <input type="hidden" name="pending" value="\(key)"><button class="primary">Connect and sync now</button>\
            <a href="\(Link.connect)">Use another credential</a></form>
            """
    }

    static func matrix(_ entries: [ProbeMatrix.Entry]) -> HTML {
        Part.table(
            "Probe matrix", [("Part", false), ("State", false), ("What to grant", false)],
            entries.map { entry -> [HTML] in
                [
                    "\(entry.resource.rawValue.replacing("_", with: " "))", coverage(entry.coverage),
                    entry.remedy.isEmpty ? Part.none : "\(entry.remedy)",
                ]
            })
    }

    static func coverage(_ coverage: Coverage) -> HTML {
        switch coverage {
        case .readable: "<span class=\"badge good\">readable</span>"
        case .forbidden(let code): "<span class=\"badge attention\">forbidden</span> <code>\(code)</code>"
        case .unavailable(let code): "<span class=\"badge neutral\">unavailable</span> <code>\(code)</code>"
        case .notTried: "<span class=\"not-evaluated\">not tried</span>"
        }
    }

    static func plan(_ plan: SyncPlan) -> HTML {
        let rows = plan.lines.map { line -> [HTML] in
            [
                "\(line.callClass.replacing("_", with: " "))", "<code>\(line.bucket)</code>", "\(Count.text(line.calls))",
                line.minutes > 0 ? "\(minutes(line.minutes))" : Part.none,
            ]
        }
        let total: [HTML] = [
            "<strong>Together</strong>", "in parallel", "<strong>\(Count.text(plan.totalCalls))</strong>",
            "<strong>\(minutes(plan.minutes))</strong>",
        ]
        let notes = plan.notes.map { "<li>\($0)</li>" as HTML }
        return Part.table(
            "Predicted calls", [("Calls for", false), ("Rate limit", false), ("Calls", true), ("Time", true)],
            rows + [total]) + (notes.isEmpty ? HTML() : "<ul class=\"muted notes\">\(notes)</ul>")
    }

    static func minutes(_ minutes: Double) -> String {
        let seconds = Int64((minutes * 60).rounded(.up))
        return seconds < 60 ? "under a minute" : When.span(seconds)
    }
}
