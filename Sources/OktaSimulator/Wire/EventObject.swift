/// The browsers people use, as the log describes them.
private let agents: [(raw: StaticString, os: StaticString, browser: StaticString, device: StaticString)] = [
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        "Mac OS X", "CHROME", "Computer"
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0",
        "Windows 10", "EDGE", "Computer"
    ),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Linux", "FIREFOX", "Computer"),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148",
        "iOS 18 (iPhone)", "SAFARI", "Mobile"
    ),
]

extension Renderer {
    func event(_ index: Int, into json: inout JSON) {
        let event = company.events[index]
        let hash = scatter(company.seed ^ UInt64(index) << 20)
        json.object { json in
            actor(event, into: &json)
            client(event, into: &json)
            json.null("device")
            json.object("authenticationContext") { json in
                json.null("authenticationProvider")
                json.null("credentialProvider")
                json.null("credentialType")
                json.null("issuer")
                json.null("interface")
                json.number("authenticationStep", 0)
                json.id("externalSessionId", .session, Int(hash % 4_000_000_000))
                json.id("rootSessionId", .session, Int(hash % 4_000_000_000))
            }
            json.word("displayMessage", event.type.message)
            json.word("eventType", event.type.text)
            json.object("outcome") { json in
                json.word("result", event.succeeded ? "SUCCESS" : "FAILURE")
                if event.succeeded { json.null("reason") } else { json.text("reason", reason(event)) }
            }
            json.moment("published", milliseconds: event.published)
            security(event, into: &json)
            json.word("severity", event.succeeded ? "INFO" : "WARN")
            debug(event, hash, into: &json)
            json.text("legacyEventType", event.type.legacy?.description)
            json.object("transaction") { json in
                json.word("type", event.actor < 0 ? "JOB" : "WEB")
                json.text("id", request(hash))
                json.object("detail") { _ in }
            }
            json.text("uuid", uuid(index))
            json.word("version", "0")
            json.object("request") { ipChain(event, into: &$0) }
            target(event, into: &json)
        }
    }

    /// Version 4 in form, made of the seed and the event's number in fact.
    func uuid(_ index: Int) -> String {
        let high = scatter(company.seed &+ UInt64(index) &* 2 &+ 0x5EED)
        let low = scatter(high ^ company.seed)
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
        }
        return hex(high >> 32, 8) + "-" + hex(high >> 16 & 0xFFFF, 4) + "-4" + hex(high & 0xFFF, 3) + "-"
            + hex(0x8000 | low >> 48 & 0x3FFF, 4) + "-" + hex(low & 0xFFFF_FFFF_FFFF, 12)
    }

    private func request(_ hash: UInt64) -> String { id(.enrollment, Int(hash >> 33)) + "AAA" + String(hash % 10_000) }

    private func reason(_ event: LogEvent) -> String {
        switch event.type {
        case .sessionStart: "INVALID_CREDENTIALS"
        case .userLock: "LOCKED_OUT"
        default: "User not assigned to app"
        }
    }

    // MARK: Who

    private func actor(_ event: LogEvent, into json: inout JSON) {
        json.object("actor") { json in
            if event.actor < 0 {
                json.word("id", "sprjaqy8d2OwK2qnq0h7")
                json.word("type", "SystemPrincipal")
                json.word("alternateId", "system@okta.com")
                json.word("displayName", "Okta System")
            } else {
                person(Int(event.actor), into: &json)
            }
            json.null("detailEntry")
        }
    }

    func person(_ position: Int, type: StaticString = "User", into json: inout JSON) {
        json.id("id", .user, position)
        json.word("type", type)
        json.text("alternateId", company.people[position].login)
        json.text("displayName", company.people[position].displayName)
    }

    private func client(_ event: LogEvent, into json: inout JSON) {
        json.object("client") { json in
            guard event.actor >= 0 else {
                json.null("userAgent")
                json.null("zone")
                json.null("device")
                json.null("id")
                json.null("ipAddress")
                json.null("geographicalContext")
                return
            }
            let agent = agents[Int(scatter(UInt64(event.actor)) % 4)]
            json.object("userAgent") { json in
                json.word("rawUserAgent", agent.raw)
                json.word("os", agent.os)
                json.word("browser", agent.browser)
            }
            // Okta writes the word, not the value.
            json.word("zone", "null")
            json.word("device", agent.device)
            json.null("id")
            json.text("ipAddress", address(event))
            json.object("geographicalContext") { geography(event, into: &$0) }
        }
    }

    private func address(_ event: LogEvent) -> String {
        let hash = scatter(UInt64(event.actor) &* 31 &+ 5)
        return "203.0.113.\(hash % 250 + 1)"
    }

    private func geography(_ event: LogEvent, into json: inout JSON) {
        let location = Names.locations[Int(company.people[Int(event.actor)].location)]
        json.text("city", location.city)
        json.text("state", location.region)
        json.text("country", location.country)
        json.word("postalCode", "00000")
        json.object("geolocation") { json in
            json.number("lat", location.latitude)
            json.number("lon", location.longitude)
        }
    }

    private func ipChain(_ event: LogEvent, into json: inout JSON) {
        json.array("ipChain") { json in
            guard event.actor >= 0 else { return }
            json.object { json in
                json.text("ip", address(event))
                json.object("geographicalContext") { geography(event, into: &$0) }
                json.word("version", "V4")
                json.null("source")
            }
        }
    }

    private func security(_ event: LogEvent, into json: inout JSON) {
        json.object("securityContext") { json in
            guard event.actor >= 0 else {
                for name in ["asNumber", "asOrg", "isp", "domain", "isProxy"] as [StaticString] { json.null(name) }
                return
            }
            json.number("asNumber", 64_500)
            json.word("asOrg", "example networks")
            json.word("isp", "example networks inc.")
            json.word("domain", "example.net")
            json.flag("isProxy", false)
        }
    }

    // MARK: What

    private func debug(_ event: LogEvent, _ hash: UInt64, into json: inout JSON) {
        json.object("debugContext") { json in
            json.object("debugData") { json in
                json.text("requestId", request(hash))
                switch event.type {
                case .sso:
                    let app = company.apps[Int(event.object)]
                    json.text("requestUri", "/app/\(app.key)/\(id(.app, Int(event.object)))/sso")
                    json.text("signOnMode", app.mode.logged.description)
                    if app.kind == .broker { json.word("fedBrokerMode", "true") }
                    json.word("behaviors", "{New Geo-Location=NEGATIVE, New Device=NEGATIVE}")
                case .privilegeGrant, .privilegeRevoke, .groupPrivilegeGrant, .groupPrivilegeRevoke:
                    json.text("privilegeGranted", privileges(event))
                    json.word("requestUri", "/api/internal/administrators")
                case .sessionStart:
                    json.word("requestUri", "/api/v1/authn")
                    json.word("threatSuspected", "false")
                    json.word("risk", "{level=LOW}")
                case .appCreate, .appUpdate, .appActivate, .appDeactivate:
                    json.text("requestUri", "/admin/app/\(company.apps[Int(event.object)].key)/instance/_new_")
                case .consentGrant:
                    json.word("requestUri", "/oauth2/v1/authorize")
                    json.word("scopes", "openid, profile, email, okta.users.read.self")
                default: json.word("requestUri", "/api/v1/internal")
                }
            }
        }
    }

    /// Every role held once the change was made, not only the new one.
    private func privileges(_ event: LogEvent) -> String {
        let moment = Seconds(event.published / 1_000)
        let isGroup = event.type == .groupPrivilegeGrant || event.type == .groupPrivilegeRevoke
        let holder = isGroup ? RoleGrant.Holder.group(Int(event.subject)) : .person(Int(event.subject))
        let held = company.roles.filter { $0.holder == holder && $0.holds(at: moment) }
        return held.map(\.type.label).joined(separator: ", ")
    }

    // MARK: What a filter may ask

    func values(of attribute: String, _ index: Int) -> [String] {
        let event = company.events[index]
        switch attribute {
        case "eventType": return [event.type.text.description]
        case "legacyEventType": return event.type.legacy.map { [$0.description] } ?? []
        case "outcome.result": return [event.succeeded ? "SUCCESS" : "FAILURE"]
        case "outcome.reason": return event.succeeded ? [] : [reason(event)]
        case "severity": return [event.succeeded ? "INFO" : "WARN"]
        case "uuid": return [uuid(index)]
        case "actor.id": return [event.actor < 0 ? "sprjaqy8d2OwK2qnq0h7" : id(.user, Int(event.actor))]
        case "actor.type": return [event.actor < 0 ? "SystemPrincipal" : "User"]
        case "actor.alternateId": return [event.actor < 0 ? "system@okta.com" : company.people[Int(event.actor)].login]
        case "client.ipAddress": return event.actor < 0 ? [] : [address(event)]
        case "transaction.type": return [event.actor < 0 ? "JOB" : "WEB"]
        case "displayMessage": return [event.type.message.description]
        default:
            return attribute.hasPrefix("target.") || attribute.hasPrefix("debugContext.")
                ? written(attribute, index) : []
        }
    }
}
