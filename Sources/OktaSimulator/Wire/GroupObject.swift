extension Renderer {
    /// What `expand` may add to a group.
    struct GroupExpansion: OptionSet {
        let rawValue: Int
        static let stats = GroupExpansion(rawValue: 1)
        static let app = GroupExpansion(rawValue: 2)
    }

    func group(_ position: Int, _ expansion: GroupExpansion = [], into json: inout JSON) {
        let group = company.groups[position]
        let fromDirectory = if case .directory = group.kind { true } else { false }
        json.object { json in
            json.id("id", .group, position)
            json.moment("created", group.created)
            json.moment("lastUpdated", group.updated)
            json.moment("lastMembershipUpdated", group.membershipUpdated)
            json.array("objectClass") { $0.text(fromDirectory ? "okta:windows_security_principal" : "okta:user_group") }
            json.word("type", group.type)
            json.object("profile") { json in
                json.text("name", group.name)
                json.text("description", group.description)
                if fromDirectory { directoryProfile(group, position, into: &json) }
            }
            if fromDirectory { json.object("source") { $0.id("id", .app, directoryApp) } }
            if !expansion.isEmpty { embedded(position, expansion, fromDirectory, into: &json) }
            groupLinks(position, fromDirectory, into: &json)
        }
    }

    /// The directory that app-mastered groups come from.
    var directoryApp: Int { company.apps.firstIndex { $0.kind == .directory } ?? 0 }

    private func directoryProfile(_ group: Group, _ position: Int, into json: inout JSON) {
        json.text("dn", "CN=\(group.name),OU=Groups,DC=corp,DC=acme,DC=example")
        json.text("samAccountName", group.name)
        json.text("windowsDomainQualifiedName", "CORP\\\(group.name)")
        json.text("externalId", "S-1-5-21-\(scatter(company.seed) % 1_000_000_000)-\(1_100 + position)")
        json.word("objectSid", "")
        json.word("groupScope", "Global")
        json.word("groupType", "Security")
    }

    private func embedded(_ position: Int, _ expansion: GroupExpansion, _ fromDirectory: Bool, into json: inout JSON) {
        json.object("_embedded") { json in
            if expansion.contains(.stats) {
                json.object("stats") { json in
                    json.number("usersCount", company.memberCount(position, at: now))
                    json.number("appsCount", apps(ofGroup: position).count)
                    json.number("groupPushMappingsCount", 0)
                    json.flag("hasAdminPrivilege", company.hasAdminPrivilege(position, at: now))
                    json.object("_links") { $0.link("self", "/api/v1/groups/", .group, position, "/stats") }
                }
            }
            if expansion.contains(.app), fromDirectory {
                json.name("app")
                app(directoryApp, into: &json)
            }
        }
    }

    func apps(ofGroup group: Int) -> [AppGroup] {
        company.appGroups.filter {
            $0.group == group && $0.from <= now && now < $0.to && company.appExists($0.app, at: now)
        }
    }

    private func groupLinks(_ position: Int, _ fromDirectory: Bool, into json: inout JSON) {
        json.object("_links") { json in
            json.array("logo") { json in
                for (name, file) in [("medium", "okta-medium.30ce6d40"), ("large", "okta-large.c3cb8cda")] {
                    json.object { json in
                        json.text("name", name)
                        json.text("href", "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/\(file).png")
                        json.word("type", "image/png")
                    }
                }
            }
            if fromDirectory { json.link("source", "/api/v1/apps/", .app, directoryApp) }
            json.link("users", "/api/v1/groups/", .group, position, "/users")
            json.link("apps", "/api/v1/groups/", .group, position, "/apps")
        }
    }

    func rule(_ position: Int, into json: inout JSON) {
        let rule = company.rules[position]
        json.object { json in
            json.word("type", "group_rule")
            json.id("id", .rule, position)
            json.word("status", rule.status)
            json.text("name", rule.name)
            json.moment("created", rule.created)
            json.moment("lastUpdated", rule.updated)
            json.object("conditions") { json in
                json.object("people") { json in
                    json.object("users") { json in
                        json.array("exclude") { json in if position == 0 { json.id(.user, Cast.chief) } }
                    }
                    json.object("groups") { $0.array("exclude") { _ in } }
                }
                json.object("expression") { json in
                    json.text("value", rule.expression)
                    json.word("type", "urn:okta:expression:1.0")
                }
            }
            json.object("actions") { json in
                json.object("assignUserToGroups") { json in json.array("groupIds") { $0.id(.group, rule.group) } }
            }
            json.flag("allGroupsValid", company.groups[rule.group].exists(at: now))
        }
    }
}
