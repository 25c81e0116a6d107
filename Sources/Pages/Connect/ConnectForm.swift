import Directory
import OktaAPI
import Problems
import WebSupport

/// The form that a tenant and a credential are pasted into: step 1 of the connect wizard.
enum ConnectForm {
    /// The ways to sign in to Okta, as the form's field `kind` names them.
    private enum Kind: String {
        case token, key, secret
    }

    /// The credential that the form holds.
    ///
    /// - Throws: `connect.credential.missing` when a part of it was left empty.
    static func credential(_ form: FormData) throws(Problem) -> OktaCredential {
        switch kind(form) {
        case .key:
            guard let clientID = form.filled("client_id"), let pem = form.filled("private_key") else {
                throw missing("a client ID and a private key", "Paste both from the service app's General tab.")
            }
            return .privateKey(clientID: clientID, pem: pem)
        case .secret:
            guard let clientID = form.filled("secret_client_id"), let secret = form.filled("client_secret") else {
                throw missing(
                    "a client ID and a client secret", "Paste both: Okta shows them when the integration is installed.")
            }
            return .clientSecret(clientID: clientID, secret: secret)
        case .token:
            guard let token = form.filled("token") else {
                throw missing("an API token", "Make one in Okta under Security, API, Tokens, and paste it here.")
            }
            return .apiToken(token)
        }
    }

    private static func kind(_ form: FormData) -> Kind { form["kind"].flatMap { Kind(rawValue: $0) } ?? .token }

    private static func missing(_ what: String, _ remedy: String) -> Problem {
        Problem(id: "connect.credential.missing", kind: .usage, title: "The form needs \(what)", remedy: remedy)
    }

    /// The form with what was typed before, but for secrets, and with what was wrong with it.
    static func page(_ visit: Visit, _ form: FormData, _ problem: Problem?) -> HTML {
        let ways: [HTML] = [
            way(.token, "API token", "quickest: has the rights of the admin who makes it", form, token),
            way(.key, "Service app with a private key", "narrowest: only the scopes you grant", form, privateKey(form)),
            way(
                .secret, "API service integration with a client secret", "installed from Okta's catalogue", form,
                clientSecret(form)),
        ]
        return """
            \(banner(problem))<form method="post" action="\(Link.connectCheck)" class="card form">\(visit.csrf())
            <label>Okta domain<input name="domain" required maxlength="300" autocomplete="off" spellcheck="false" \
            placeholder="acme.okta.com" value="\(form["domain"])"><small>Paste it in any shape: the address of the \
            admin console is fine.</small></label>
            <fieldset><legend>Credential</legend>\(ways)</fieldset>
            <div class="two"><label>Name <small>optional</small><input name="name" maxlength="60" value="\(form["name"])" \
            placeholder="acme"></label><label>Contact <small>optional</small><input name="contact" maxlength="120" \
            value="\(form["contact"])" placeholder="it@example.com"></label></div>
            <button class="primary">Check what it can read</button>
            <p class="muted">Muster can only read: it sends GET requests and nothing else. The credential is sealed \
            before it is stored and is never shown again.</p></form>
            """
    }

    private static func banner(_ problem: Problem?) -> HTML? {
        problem.map { problem in
            """
            <div class="banner danger" role="alert"><strong>\(problem.title).</strong> \(problem.explanation) \
            \(problem.remedy) <span class="muted">\(problem.id)</span></div>
            """
        }
    }

    private static func way(_ way: Kind, _ title: String, _ note: String, _ form: FormData, _ fields: HTML) -> HTML {
        """
        <div class="choice"><input type="radio" name="kind" id="kind-\(way.rawValue)" value="\(way.rawValue)"\
        \(kind(form) == way ? " checked" : "" as HTML)><label for="kind-\(way.rawValue)">\(title) \
        <small>\(note)</small></label><div class="choice-body">\(fields)</div></div>
        """
    }

    private static let token: HTML = """
        <label>Token<input name="token" type="password" maxlength="200" autocomplete="off" spellcheck="false"></label>\
        <p class="muted">In Okta: Security → API → Tokens → Create token, as a Read-only Administrator. \
        To read admin roles, too, give that admin \(Resource.rolesRole).</p>
        """

    private static func privateKey(_ form: FormData) -> HTML {
        """
        <label>Client ID<input name="client_id" maxlength="100" autocomplete="off" spellcheck="false" \
        value="\(form["client_id"])"></label><label>Private key (PEM or JWK)<textarea name="private_key" rows="5" \
        maxlength="20000" spellcheck="false"></textarea></label><p class="muted">Grant the scopes \
        \(OktaScopes.all.joined(separator: ", ")), and the admin role Read-only Administrator. To read admin roles, too, \
        give it \(Resource.rolesRole).</p>
        """
    }

    private static func clientSecret(_ form: FormData) -> HTML {
        """
        <label>Client ID<input name="secret_client_id" maxlength="100" autocomplete="off" spellcheck="false" \
        value="\(form["secret_client_id"])"></label><label>Client secret<input name="client_secret" type="password" \
        maxlength="400" autocomplete="off" spellcheck="false"></label><p class="muted">In Okta: Applications → \
        API Service Integrations → Add integration. Okta shows the client secret once.</p>
        """
    }
}
