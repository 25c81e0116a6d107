extension Renderer {
    func app(_ position: Int, embeddingAssignment row: Int? = nil, into json: inout JSON) {
        let app = company.apps[position]
        json.object { json in
            json.id("id", .app, position)
            json.text("orn", orn("idp", "apps:\(app.key):\(id(.app, position))"))
            json.text("name", app.key)
            json.text("label", app.label)
            json.word("status", app.active ? "ACTIVE" : "INACTIVE")
            json.moment("lastUpdated", max(app.updated, app.created))
            json.moment("created", app.created)
            json.object("accessibility") { json in
                json.flag("selfService", false)
                json.null("errorRedirectUrl")
                json.null("loginRedirectUrl")
            }
            visibility(app, into: &json)
            // Okta's own count of licences: always 0, so not a source of seats.
            if app.kind == .product, position % 9 == 0 { json.object("licensing") { $0.number("seatCount", 0) } }
            json.array("features") { json in
                for feature in features(app) { json.text(feature) }
            }
            json.name("signOnMode")
            if let mode = app.mode.text { json.text(mode.description) } else { json.null() }
            appCredentials(app, position, into: &json)
            json.object("universalLogout") { $0.word("status", "UNSUPPORTED") }
            settings(app, position, into: &json)
            if let row {
                json.object("_embedded") { json in
                    json.name("user")
                    appUser(row, into: &json)
                }
            }
            appLinks(app, position, into: &json)
        }
    }

    private func features(_ app: App) -> [String] {
        if app.kind == .directory { return ["IMPORT_PROFILE_UPDATES", "PROFILE_MASTERING", "IMPORT_NEW_USERS"] }
        return app.provisions ? ["PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION", "PUSH_PROFILE_UPDATES"] : []
    }

    private func linkName(_ app: App) -> String {
        switch app.kind {
        case .builtIn: "admin"
        case .product: "login"
        case .directory: ""
        case .custom, .broker, .service: app.key + "_link"
        }
    }

    private func visibility(_ app: App, into json: inout JSON) {
        let hidden = app.kind == .service
        json.object("visibility") { json in
            json.flag("autoLaunch", false)
            json.flag("autoSubmitToolbar", app.mode == .browserPlugin)
            json.object("hide") { json in
                json.flag("iOS", hidden)
                json.flag("web", hidden)
            }
            json.object("appLinks") { json in
                guard app.kind != .directory else { return }
                json.name(computed: linkName(app))
                json.raw("true")
            }
        }
    }

    private func appCredentials(_ app: App, _ position: Int, into json: inout JSON) {
        let types = app.mode == .browserPlugin || app.mode == .autoLogin || app.mode == .basic
        json.object("credentials") { json in
            if types {
                json.word("scheme", "EDIT_USERNAME_AND_PASSWORD")
                json.flag("revealPassword", false)
            }
            json.object("userNameTemplate") { json in
                json.word("template", "${source.login}")
                json.word("type", "BUILT_IN")
            }
            json.object("signing") { json in
                if app.mode == .saml || app.mode == .openIDConnect || app.mode == .wsFederation {
                    json.text("kid", keyID(position))
                }
            }
            guard app.mode == .openIDConnect, app.kind != .builtIn else { return }
            json.object("oauthClient") { json in
                json.flag("autoKeyRotation", true)
                json.id("client_id", .app, position)
                json.word(
                    "token_endpoint_auth_method", app.kind == .service ? "private_key_jwt" : "client_secret_basic")
                json.flag("pkce_required", false)
            }
        }
    }

    private func keyID(_ position: Int) -> String {
        id(.policy, 1_000 + position) + id(.policy, 5_000 + position)
    }

    private func settings(_ app: App, _ position: Int, into json: inout JSON) {
        json.object("settings") { json in
            json.object("app") { json in
                appSettings(app, into: &json)
            }
            json.object("notifications") { json in
                json.object("vpn") { json in
                    json.object("network") { $0.word("connection", "DISABLED") }
                    json.null("message")
                    json.null("helpUrl")
                }
            }
            json.flag("manualProvisioning", false)
            json.flag("implicitAssignment", app.kind == .broker)
            json.word("emOptInStatus", "NONE")
            json.object("notes") { json in
                json.null("admin")
                json.null("enduser")
            }
            if app.mode == .openIDConnect, app.kind != .builtIn { oauthClient(app, into: &json) }
            signOn(app, into: &json)
        }
    }

    private func appSettings(_ app: App, into json: inout JSON) {
        let site = "https://\(host(app)).example/"
        switch app.mode {
        case .bookmark:
            json.flag("requestIntegration", false)
            json.text("url", site)
        case .basic:
            json.null("loginUrlRegex")
            json.text("authURL", site + "auth")
            json.text("url", site + "login")
        case .browserPlugin, .securePasswordStore:
            json.text("url", site + "login")
            json.word("usernameField", "username")
            json.word("passwordField", "password")
            if app.mode == .browserPlugin {
                json.word("buttonField", "submit")
                json.null("loginUrlRegex")
            }
        case .wsFederation:
            json.word("domain", "acme.example")
            federation(app, into: &json)
        default:
            if app.key == "salesforce" { json.word("instanceType", "PRODUCTION") }
        }
    }

    /// What Okta's SDK demands of every WS-Federation app.
    private func federation(_ app: App, into json: inout JSON) {
        json.text("audienceRestriction", "urn:federation:\(host(app))")
        json.word("authnContextClassRef", "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")
        json.word("groupValueFormat", "windowsDomainQualifiedName")
        json.word("nameIDFormat", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")
        json.text("siteURL", "https://\(host(app)).example/")
        json.word("usernameAttribute", "username")
        json.flag("wReplyOverride", false)
        json.text("wReplyURL", "https://\(host(app)).example/wsfed")
    }

    private func host(_ app: App) -> String { app.label.lowercased().filter { $0.isASCII && $0.isLetter } }

    private func oauthClient(_ app: App, into json: inout JSON) {
        let service = app.kind == .service
        json.object("oauthClient") { json in
            json.null("client_uri")
            json.null("logo_uri")
            if !service { json.array("redirect_uris") { $0.text("https://\(host(app)).example/callback") } }
            json.array("response_types") { $0.text(service ? "token" : "code") }
            json.array("grant_types") { $0.text(service ? "client_credentials" : "authorization_code") }
            json.word("application_type", service ? "service" : "web")
            json.word("issuer_mode", "ORG_URL")
            json.object("idp_initiated_login") { json in
                json.word("mode", "DISABLED")
                json.array("default_scope") { _ in }
            }
            json.word("wildcard_redirect", "DISABLED")
        }
    }

    private func signOn(_ app: App, into json: inout JSON) {
        switch app.mode {
        case .saml:
            json.object("signOn") { json in
                json.null("defaultRelayState")
                json.null("ssoAcsUrlOverride")
                json.null("audienceOverride")
                json.null("recipientOverride")
                json.null("destinationOverride")
                json.array("attributeStatements") { _ in }
                // The four that Okta's own SDK will not do without.
                json.flag("honorForceAuthn", true)
                json.flag("assertionSigned", true)
                json.flag("responseSigned", true)
                json.flag("requestCompressed", false)
                json.flag("allowMultipleAcsEndpoints", false)
                json.flag("samlSignedRequestEnabled", false)
                json.object("slo") { $0.flag("enabled", false) }
            }
        case .autoLogin:
            json.object("signOn") { json in
                json.word("redirectUrl", "")
                json.text("loginUrl", "https://\(host(app)).example/login")
            }
        default: break
        }
    }

    private func appLinks(_ app: App, _ position: Int, into json: inout JSON) {
        json.object("_links") { json in
            if app.mode == .saml {
                json.object("help") { json in
                    json.href("/app/\(app.key)/\(id(.app, position))/setup/help/SAML_2_0/instructions")
                    json.word("type", "text/html")
                }
                json.object("metadata") { json in
                    json.href("/api/v1/apps/", .app, position, "/sso/saml/metadata")
                    json.word("type", "application/xml")
                }
            }
            json.link("uploadLogo", "/api/v1/apps/", .app, position, "/logo", allow: "POST")
            json.array("appLinks") { json in
                guard app.kind != .directory else { return }
                json.object { json in
                    json.text("name", linkName(app))
                    json.href("/home/\(app.key)/\(id(.app, position))/\(2_000 + position)")
                    json.word("type", "text/html")
                }
            }
            json.link("profileEnrollment", "/api/v1/policies/", .policy, 0)
            json.link("policies", "/api/v1/apps/", .app, position, "/policies", allow: "PUT")
            json.link("groups", "/api/v1/apps/", .app, position, "/groups")
            json.array("logo") { json in
                json.object { json in
                    json.word("name", "medium")
                    json.word("href", "https://ok12static.oktacdn.com/assets/img/logos/default.6770228f.png")
                    json.word("type", "image/png")
                }
            }
            json.link("accessPolicy", "/api/v1/policies/", .policy, 1)
            json.link("users", "/api/v1/apps/", .app, position, "/users")
            if app.mode == .openIDConnect, app.kind != .builtIn {
                json.array("clientCredentials") { json in
                    json.object { json in
                        json.word("name", "secrets")
                        json.href("/api/v1/apps/", .app, position, "/credentials/secrets")
                    }
                }
            }
            if app.active {
                json.link("deactivate", "/api/v1/apps/", .app, position, "/lifecycle/deactivate")
            } else {
                json.link("activate", "/api/v1/apps/", .app, position, "/lifecycle/activate")
            }
        }
    }
}
