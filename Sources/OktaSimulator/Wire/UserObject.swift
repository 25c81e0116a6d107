extension Renderer {
    /// A user as lists carry it; `alone` adds the links that only `GET /users/{id}` has.
    func user(_ position: Int, alone: Bool = false, into json: inout JSON) {
        let person = company.people[position]
        let status = person.status(at: now)
        let updated = person.updated(at: now)
        let activated = status == .staged ? never : person.activated
        json.object { json in
            json.id("id", .user, position)
            json.word("status", status.text)
            json.moment("created", person.created)
            json.moment("activated", activated)
            json.moment("statusChanged", activated == never && status == .staged ? never : statusChanged(person))
            json.moment("lastLogin", person.lastLogin)
            json.moment("lastUpdated", updated)
            json.moment(
                "passwordChanged", activated == never || status == .provisioned ? never : person.passwordChanged)
            json.object("type") { $0.id("id", .userType, 0) }
            profile(person, position, into: &json)
            credentials(person, status, into: &json)
            if alone {
                links(position, status, into: &json)
            } else {
                json.object("_links") { $0.link("self", "/api/v1/users/", .user, position) }
            }
        }
    }

    private func statusChanged(_ person: Person) -> Seconds {
        if person.deactivated <= now { return person.deactivated }
        if let turn = person.turns.last(where: { $0.since <= now }) { return turn.since }
        return person.specialSince <= now ? person.specialSince : person.activated
    }

    /// The open map: Okta's base attributes and what this company added.
    private func profile(_ person: Person, _ position: Int, into json: inout JSON) {
        let department = Names.departments[person.department(at: now)]
        let location = Names.locations[Int(person.location)]
        let login = person.login
        json.object("profile") { json in
            json.text("firstName", person.givenName)
            json.text("lastName", person.familyName)
            if person.kind == .service {
                json.null("mobilePhone")
                json.null("secondEmail")
                json.word("userType", "Service")
                json.text("login", login)
                json.text("email", login)
                return
            }
            var chance = Randomness(company.seed, .profile, position + 1_000_000)
            let phone = "+1555\(chance.within(1_000_000...9_999_999))"
            if chance.chance(0.7) { json.text("mobilePhone", phone) } else { json.null("mobilePhone") }
            json.null("secondEmail")
            json.text("displayName", person.displayName)
            json.text("title", title(person))
            json.text("department", department.name)
            json.text("division", department.division)
            json.word("organization", "Acme Corporation")
            json.text("costCenter", costCenter(person))
            json.text("employeeNumber", employeeNumber(person, position))
            json.text("userType", person.kind == .contractor ? "Contractor" : "Employee")
            if let manager = company.people.at(Int(person.manager)) {
                json.text("manager", manager.displayName)
                json.text("managerId", manager.login)
            }
            json.text("city", location.city)
            json.text("state", location.region)
            json.text("countryCode", location.country)
            json.text("timezone", location.timezone)
            json.word("locale", "en_US")
            json.word("preferredLanguage", "en")
            // The company's own attributes, one of each type.
            json.text("badgeNumber", "B\(chance.within(10_000...99_999))")
            json.flag("remoteWorker", chance.chance(0.3))
            json.number("officeFloor", chance.within(1...12))
            json.array("languages") { json in
                json.text("English")
                if chance.chance(0.4) {
                    json.text(["Spanish", "German", "French", "Hindi", "Japanese"][chance.below(5)])
                }
            }
            json.text("login", login)
            json.text("email", login)
        }
    }

    /// The title of somebody's job today.
    func title(_ person: Person) -> String {
        let department = Names.departments[person.department(at: now)]
        guard person.kind != .service else { return "" }
        if person.manager < 0 { return "Chief Executive Officer" }
        if person.manager == Int32(Cast.chief) { return "VP, \(department.name)" }
        let title = department.titles[Int(person.level) % department.titles.count]
        switch person.level {
        case 8...: return "Senior \(title)"
        case 7: return "Principal \(title)"
        default: return title
        }
    }

    func costCenter(_ person: Person) -> String { "CC-\(1_000 + person.department(at: now) * 10)" }

    func employeeNumber(_ person: Person, _ position: Int) -> String {
        (person.kind == .contractor ? "C" : "") + String(100_000 + position)
    }

    private func credentials(_ person: Person, _ status: UserStatus, into json: inout JSON) {
        json.object("credentials") { json in
            if status != .staged, status != .provisioned, status != .deprovisioned { json.object("password") { _ in } }
            json.array("emails") { json in
                json.object { json in
                    json.text("value", person.login)
                    json.word("status", "VERIFIED")
                    json.word("type", "PRIMARY")
                }
            }
            if status == .active, person.ordinal == 1, person.level < 5 {
                json.object("recovery_question") { $0.word("question", "What was the first computer game you played?") }
            }
            json.object("provider") { json in
                json.word("type", "OKTA")
                json.word("name", "OKTA")
            }
        }
    }

    private func links(_ position: Int, _ status: UserStatus, into json: inout JSON) {
        json.object("_links") { json in
            func action(_ name: StaticString, _ tail: StaticString, _ json: inout JSON) {
                json.link(name, "/api/v1/users/", .user, position, tail, method: "POST")
            }
            switch status {
            case .deprovisioned, .staged:
                action("activate", "/lifecycle/activate", &json)
                if status == .deprovisioned { json.link("delete", "/api/v1/users/", .user, position, method: "DELETE") }
            case .provisioned: action("reactivate", "/lifecycle/reactivate", &json)
            case .suspended: action("unsuspend", "/lifecycle/unsuspend", &json)
            case .active, .recovery, .passwordExpired, .lockedOut:
                action("suspend", "/lifecycle/suspend", &json)
                action("forgotPassword", "/credentials/forgot_password", &json)
                action("expirePassword", "/lifecycle/expire_password", &json)
                action("changeRecoveryQuestion", "/credentials/change_recovery_question", &json)
                action("changePassword", "/credentials/change_password", &json)
            }
            if status != .deprovisioned, status != .staged {
                action("resetPassword", "/lifecycle/reset_password", &json)
                action("resetFactors", "/lifecycle/reset_factors", &json)
                action("deactivate", "/lifecycle/deactivate", &json)
            }
            json.link("schema", "/api/v1/meta/schemas/user/", .schema, 0)
            json.link("self", "/api/v1/users/", .user, position)
            json.link("type", "/api/v1/meta/types/user/", .userType, 0)
        }
    }
}
