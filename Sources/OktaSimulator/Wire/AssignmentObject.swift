extension Renderer {
    /// An app user, the only place with an assignment's date.
    func appUser(_ row: Int, expandingUser: Bool = false, into json: inout JSON) {
        let link = company.assignments.rows[row]
        let position = Int(link.right)
        let app = company.apps[Int(link.left)]
        let person = company.people[position]
        let provisioned = app.provisions
        let first = link.from + (scatter(UInt64(row)) % 10 == 0 ? 3 : 0)
        let changed = company.changedAssignments[row] ?? first
        json.object { json in
            json.id("id", .user, position)
            json.text("externalId", provisioned && row % 8 == 0 ? person.login : nil)
            json.moment("created", link.from)
            json.moment("lastUpdated", changed)
            json.word("scope", link.via >= 0 ? "GROUP" : "USER")
            json.text("status", status(of: row))
            json.moment("statusChanged", first)
            json.null("passwordChanged")
            json.word("syncState", provisioned ? "SYNCHRONIZED" : "DISABLED")
            if provisioned { json.moment("lastSync", changed) } else if row % 3 == 0 { json.null("lastSync") }
            if app.mode == .bookmark {
                json.null("credentials")
            } else {
                json.object("credentials") { $0.text("userName", person.login) }
            }
            // Whoever was changed has the next licence.
            appProfile(app, person, changed == first ? row : row + 1, into: &json)
            json.object("_links") { json in
                json.link("app", "/api/v1/apps/", .app, Int(link.left))
                json.link("user", "/api/v1/users/", .user, position)
                if link.via >= 0 {
                    json.object("group") { json in
                        json.text("name", company.groups[Int(link.via)].name)
                        json.href("/api/v1/groups/", .group, Int(link.via))
                    }
                }
            }
            if expandingUser {
                json.object("_embedded") { json in
                    json.name("user")
                    user(position, into: &json)
                }
            }
        }
    }

    func status(of row: Int) -> String {
        company.apps[Int(company.assignments.rows[row].left)].provisions ? "PROVISIONED" : "ACTIVE"
    }

    /// Where paid tiers live: Salesforce profiles, Office 365 licences.
    private func appProfile(_ app: App, _ person: Person, _ row: Int, into json: inout JSON) {
        json.object("profile") { json in
            switch app.key {
            case "salesforce":
                json.text("email", person.login)
                json.text("firstName", person.givenName)
                json.text("lastName", person.familyName)
                json.text(
                    "profile",
                    ["Standard User", "Sales User", "System Administrator", "Chatter Free User"][min(row % 9, 3)])
                json.null("role")
                json.array("featureLicenses") { json in if row % 4 == 0 { json.text("Marketing User") } }
            case "office365":
                json.text("userPrincipalName", person.login)
                json.array("licenses") { json in
                    json.text(row % 5 == 0 ? "Microsoft 365 E5" : "Microsoft 365 E3")
                    if row % 7 == 0 { json.text("Visio Plan 2") }
                }
                json.word("usageLocation", "US")
            case "slack", "zoomus", "github_enterprise_cloud":
                json.text("email", person.login)
                json.text("displayName", person.displayName)
                json.text("role", row % 25 == 0 ? "Admin" : "Member")
            default:
                if app.provisions { json.text("email", person.login) }
            }
        }
    }

    func appGroup(_ given: AppGroup, into json: inout JSON) {
        json.object { json in
            json.id("id", .group, given.group)
            json.moment("lastUpdated", max(given.from, given.reordered))
            json.number("priority", given.priority)
            json.object("profile") { _ in }
            json.object("_links") { json in
                json.link("app", "/api/v1/apps/", .app, given.app)
                json.link("self", "/api/v1/apps/\(id(.app, given.app))/groups/\(id(.group, given.group))")
                json.link("group", "/api/v1/groups/", .group, given.group)
            }
        }
    }

    /// The tiles of somebody's dashboard: no dates, no scope, not everything they have.
    func dashboard(of position: Int, into json: inout JSON) {
        var order = 0
        for row in company.assignments.ofRight(position) where company.assignments.rows[row].holds(at: now) {
            let app = Int(company.assignments.rows[row].left)
            guard company.apps[app].active, company.appExists(app, at: now) else { continue }
            json.object { json in
                json.id("id", .user, position)
                json.text("label", company.apps[app].label)
                json.text("linkUrl", base + "/home/\(company.apps[app].key)/\(id(.app, app))/\(2_000 + app)")
                json.word("logoUrl", "https://ok12static.oktacdn.com/assets/img/logos/default.6770228f.png")
                json.text("appName", company.apps[app].key)
                json.id("appInstanceId", .app, app)
                json.id("appAssignmentId", .appUser, row)
                json.flag("credentialsSetup", false)
                json.flag("hidden", false)
                json.number("sortOrder", order)
            }
            order += 1
        }
    }
}
