import Accounts
import Directory
import Hummingbird
import Problems
import Storage
import Sync
import WebSupport

extension PagesApplication {
    /// Makes an address and a secret, or a new secret, or switches the hook off. The page that shows the secret is the answer
    /// itself: it is at no address and cannot be opened again.
    func switchHook(_ request: WebRequest) async throws -> Response {
        let integration = try await connected(request)
        let keys = HookKeys(store: store, clock: clock)
        let actor = request.session?.name ?? ""
        switch request.form["do"] {
        case "make":
            let made = try await keys.make(for: integration, actor: actor)
            return try await integrationPage(request, tab: "settings", made: made)
        case "off":
            _ = try await keys.switchOff(integration, actor: actor)
            return redirect(.integration(integration.name, tab: "settings"), after: request)
        default:
            throw Problem(
                id: "hook.action.unknown", kind: .usage, title: "The form does not say what to do with the hook",
                explanation: "Nothing was changed.", remedy: "Press one of the buttons on the tenant's settings.")
        }
    }

    func hookSection(
        _ integration: Integration, _ made: HookKeys.Made?, _ visit: Visit
    ) async throws(Problem) -> HTML {
        guard integration.disconnectedAt == nil else { return HTML() }
        let parts = HookParts(integration: integration, publicURL: configuration.publicURL, visit: visit)
        guard let hook = try await store.eventHook(of: integration.id) else { return parts.off() }
        let standing = try await HookInbox(store).standing(of: integration.id, now: visit.now)
        return parts.on(hook, standing, made)
    }
}

/// The part of a tenant's settings about its Event Hook.
struct HookParts {
    let integration: Integration
    let publicURL: String?
    let visit: Visit

    private static let what: HTML = """
        <p>Okta can tell Muster of a change the moment it is made, so that it is here sooner by some seconds. Muster follows \
        the System Log anyway: what a hook does not deliver is not missed, only later.</p>
        """

    func off() -> HTML {
        Part.section(
            "Event Hook",
            """
            <div class="stack">\(Self.what)\(warning)<form method="post" action="\(action)">\(visit.csrf())\
            <input type="hidden" name="do" value="make"><button class="primary">Make an address and a secret</button></form>\
            </div>
            """, note: "switched off")
    }

    func on(_ hook: EventHook, _ standing: HookInbox.Standing, _ made: HookKeys.Made?) -> HTML {
        let secret: HTML? = made.map { made in
            Part.note(
                .good,
                """
                <strong>The secret is shown only now.</strong> Copy it to where step 3 asks for it; Muster keeps no more than \
                its hash.<br><code>\(made.secret)</code>
                """)
        }
        return Part.section(
            "Event Hook",
            """
            <div class="stack">\(Self.what)\(warning)\(secret)\(facts(hook, standing))
            <h3>How to create it in Okta</h3>\(steps(hook, made))\(byProgram(hook, made))
            <div class="row"><form method="post" action="\(action)">\(visit.csrf())\
            <input type="hidden" name="do" value="make"><button>Make a new secret</button></form>
            <form method="post" action="\(action)">\(visit.csrf())<input type="hidden" name="do" value="off">\
            <button class="danger">Switch off</button></form></div>
            <p class="muted">A new secret ends the old one at once: until Okta has it, what Okta delivers is refused, and comes \
            with the System Log instead.</p></div>
            """, note: hook.verifiedAt == nil ? "waits for Okta" : "switched on")
    }

    private var action: Link { .integration(integration.name, tab: "hook") }

    /// Okta posts to https only, and only to what it can reach.
    private var warning: HTML? {
        guard publicURL?.hasPrefix("https://") != true else { return nil }
        return Part.note(
            .attention,
            """
            <strong>Okta delivers to https addresses only,</strong> and this server does not know one of its own. Set \
            <code>http.public-url</code> to the https address under which Okta reaches it.
            """)
    }

    private func url(_ hook: EventHook) -> String {
        let base = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? "https://your-muster.example.com"
        return base + Link.hook(hook.address.text).path
    }

    private func facts(_ hook: EventHook, _ standing: HookInbox.Standing) -> HTML {
        let state: HTML =
            hook.verifiedAt.map { "<span class=\"badge good\">verified</span> \(When.ago($0, now: visit.now))" }
            ?? "<span class=\"badge attention\">not verified yet</span>"
        var facts: [(String, HTML)] = [
            ("Address", "<code>\(url(hook))</code>"), ("State", state),
            ("Last delivery", When.ago(standing.lastAt, now: visit.now, none: "none yet")),
            ("Deliveries today", "\(Count.text(standing.today))"),
        ]
        if standing.waiting > 0 { facts.append(("Waiting to be read", "\(Count.text(standing.waiting))")) }
        facts.append(
            (
                "Refused",
                hook.refusedAt.map {
                    "\(Count.text(hook.refused)), for a missing or wrong secret; the last \(When.ago($0, now: visit.now))"
                } ?? "none"
            ))
        if let droppedAt = hook.droppedAt {
            facts.append(
                (
                    "Let go",
                    """
                    \(Count.text(hook.dropped)) that nobody took in time, last \(When.ago(droppedAt, now: visit.now)); the \
                    System Log has them
                    """
                ))
        }
        return Part.facts(facts)
    }

    private func steps(_ hook: EventHook, _ made: HookKeys.Made?) -> HTML {
        let types = HookEventTypes.recommended
        let secret: HTML =
            made.map { "<code>\($0.secret)</code>" } ?? "the secret that was shown when it was made"
        return """
            <ol class="steps"><li>In Okta's Admin Console open <strong>Workflow › Event Hooks</strong> and press \
            <strong>Create Event Hook</strong>.</li>
            <li>Name it <strong>Muster</strong>. URL: <code>\(url(hook))</code></li>
            <li>Authentication field: <code>Authorization</code>. Authentication secret: \(secret).</li>
            <li>Subscribe to these \(Count.text(types.count)) event types. Leave out \
            <code>user.authentication.sso</code>: people's sign-ins to apps are most of what Okta writes, and a hook that \
            gets them uses up the 400,000 events a day that Okta delivers to all hooks together.
            <details><summary>The event types</summary><ul class="codes">\
            \(types.map { "<li><code>\($0)</code></li>" as HTML })</ul></details></li>
            <li>Save, and press <strong>Verify</strong>. Okta asks this address once whether it is yours, and the state above \
            turns to “verified”. It may take minutes until the first change is delivered.</li></ol>
            """
    }

    /// The same as one request, for those who keep their tenant as code.
    private func byProgram(_ hook: EventHook, _ made: HookKeys.Made?) -> HTML {
        let items = HookEventTypes.recommended.map(JSONText.quoted).joined(separator: ",\n      ")
        let body = """
            {
              "name": "Muster",
              "events": {
                "type": "EVENT_TYPE",
                "items": [
                  \(items)
                ]
              },
              "channel": {
                "type": "HTTP",
                "version": "1.0.0",
                "config": {
                  "uri": \(JSONText.quoted(url(hook))),
                  "authScheme": {
                    "type": "HEADER",
                    "key": "Authorization",
                    "value": \(JSONText.quoted(made?.secret ?? "the secret"))
                  }
                }
              }
            }
            """
        return """
            <details><summary>Or create it with a program</summary><p class="muted">Muster itself never writes to Okta. \
            <code>POST \(integration.baseURL)/api/v1/eventHooks</code> with this body, then \
            <code>POST …/eventHooks/ID/lifecycle/verify</code>.</p><pre><code>\(body)</code></pre></details>
            """
    }
}
