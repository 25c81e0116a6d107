extension Renderer {
    func assignee(_ person: Int, into json: inout JSON) {
        json.object { json in
            json.id("id", .user, person)
            json.text("orn", orn("directory", "users:\(id(.user, person))"))
            json.object("_links") { json in
                json.link("roles", "/api/v1/users/", .user, person, "/roles")
                json.link("self", "/api/v1/users/", .user, person)
            }
        }
    }

    private var founded: Seconds { company.windowStart - 500 * Calendar.day }

    func customRole(_ role: Int, into json: inout JSON) {
        json.object { json in
            json.id("id", .customRole, role)
            json.text("label", CustomRole.all[role].label)
            json.flag("isCloneable", true)
            json.text("description", CustomRole.all[role].description)
            json.moment("created", founded)
            json.moment("lastUpdated", founded)
            json.object("_links") { json in
                json.link("permissions", "/api/v1/iam/roles/", .customRole, role, "/permissions")
                json.link("self", "/api/v1/iam/roles/", .customRole, role)
            }
        }
    }

    func permissions(of role: Int, into json: inout JSON) {
        json.object { json in
            json.array("permissions") { json in
                for permission in CustomRole.all[role].permissions {
                    json.object { json in
                        json.text("label", permission)
                        json.moment("created", founded)
                        json.moment("lastUpdated", founded)
                        json.null("conditions")
                        json.object("_links") { json in
                            json.link("role", "/api/v1/iam/roles/", .customRole, role)
                            json.link("self", "/api/v1/iam/roles/\(id(.customRole, role))/permissions/\(permission)")
                        }
                    }
                }
            }
        }
    }

    func resourceSet(_ set: Int, into json: inout JSON) {
        json.object { json in
            json.id("id", .resourceSet, set)
            json.text("label", ResourceSet.all[set].label)
            json.text("description", ResourceSet.all[set].description)
            json.moment("created", founded)
            json.moment("lastUpdated", founded)
            json.object("_links") { json in
                json.link("bindings", "/api/v1/iam/resource-sets/", .resourceSet, set, "/bindings")
                json.link("self", "/api/v1/iam/resource-sets/", .resourceSet, set)
                json.link("resources", "/api/v1/iam/resource-sets/", .resourceSet, set, "/resources")
            }
        }
    }

    func resources(of set: Int, into json: inout JSON) {
        json.object { json in
            json.array("resources") { json in
                for (index, resource) in ResourceSet.all[set].resources.enumerated() {
                    json.object { json in
                        let name = "\(resource)"
                        json.id("id", .resource, set * 10 + index)
                        json.text("orn", orn(resource == .apps ? "idp" : "directory", name))
                        json.moment("created", founded)
                        json.moment("lastUpdated", founded)
                        json.object("_links") { json in
                            json.link("self", "/api/v1/\(name)")
                            if resource == .users { json.link("users", "/api/v1/users") }
                            if resource == .groups { json.link("groups", "/api/v1/groups") }
                        }
                    }
                }
            }
            json.object("_links") { json in
                json.link("resource-set", "/api/v1/iam/resource-sets/", .resourceSet, set)
                json.link("self", "/api/v1/iam/resource-sets/", .resourceSet, set, "/resources")
            }
        }
    }

    func bindings(of set: Int, into json: inout JSON) {
        json.object { json in
            json.array("roles") { json in
                json.object { json in
                    json.id("id", .customRole, set)
                    json.object("_links") { json in
                        let path = "/api/v1/iam/resource-sets/\(id(.resourceSet, set))/bindings/\(id(.customRole, set))"
                        json.link("self", path)
                        json.link("members", path + "/members")
                    }
                }
            }
            json.object("_links") { json in
                json.link("resource-set", "/api/v1/iam/resource-sets/", .resourceSet, set)
                json.link("self", "/api/v1/iam/resource-sets/", .resourceSet, set, "/bindings")
            }
        }
    }

    func members(of set: Int, into json: inout JSON) {
        let path = "/api/v1/iam/resource-sets/\(id(.resourceSet, set))/bindings/\(id(.customRole, set))"
        json.object { json in
            json.array("members") { json in
                for (index, grant) in company.roles.enumerated()
                where grant.type == .custom && grant.custom == set && grant.holds(at: now) {
                    json.object { json in
                        json.id("id", .binding, index)
                        json.moment("created", grant.from)
                        json.moment("lastUpdated", grant.from)
                        json.object("_links") { json in
                            switch grant.holder {
                            case .person(let person): json.link("self", "/api/v1/users/", .user, person)
                            case .group(let group): json.link("self", "/api/v1/groups/", .group, group)
                            case .client(let app): json.link("self", "/oauth2/v1/clients/", .app, app)
                            }
                        }
                    }
                }
            }
            json.object("_links") { json in
                json.link("binding", path)
                json.link("self", path + "/members")
            }
        }
    }

    func token(_ index: Int, into json: inout JSON) {
        let token = company.tokens[index]
        let used = min(token.lastUsed, now)
        json.object { json in
            json.id("id", .token, index)
            json.text("name", token.name)
            json.id("userId", .user, token.owner)
            json.word("clientName", "Okta API")
            if token.expires { json.word("tokenWindow", "P30D") } else { json.null("tokenWindow") }
            json.object("network") { json in
                json.word("connection", token.network)
                if token.network.utf8CodeUnitCount == 4 { json.array("include") { $0.text("nzoffices") } }
            }
            if token.expires { json.moment("expiresAt", used + 30 * Calendar.day) } else { json.null("expiresAt") }
            json.moment("created", token.created)
            json.moment("lastUpdated", used)
            json.object("_links") { json in
                json.link("self", "/api/v1/api-tokens/", .token, index, allow: "GET DELETE")
                json.link("user", "/api/v1/users/", .user, token.owner, allow: "GET")
            }
        }
    }

    func org(into json: inout JSON) {
        json.object { json in
            json.id("id", .org, 0)
            json.word("subdomain", "acme")
            json.word("companyName", "Acme Corporation")
            json.word("status", "ACTIVE")
            json.null("expiresAt")
            json.moment("created", company.windowStart - 9 * 365 * Calendar.day)
            json.moment("lastUpdated", company.windowStart - 12 * Calendar.day)
            json.word("website", "https://www.acme.example")
            json.word("phoneNumber", "")
            json.word("endUserSupportHelpURL", "")
            json.word("supportPhoneNumber", "")
            json.null("address1")
            json.null("address2")
            json.null("city")
            json.null("state")
            json.null("country")
            json.null("postalCode")
            json.object("_links") { json in
                json.link("preferences", "/api/v1/org/preferences")
                json.link("uploadLogo", "/api/v1/org/logo", allow: "POST")
                json.link("oktaCommunication", "/api/v1/org/privacy/oktaCommunication")
                json.null("logo")
                json.link("oktaSupport", "/api/v1/org/privacy/oktaSupport")
                json.link("contacts", "/api/v1/org/contacts")
            }
        }
    }

    /// What anybody may know: which organisation this is, and which of Okta's two engines runs it.
    func wellKnown(into json: inout JSON) {
        json.object { json in
            json.id("id", .org, 0)
            json.word("cell", "ok12")
            json.object("_links") { $0.link("organization", "") }
            json.word("pipeline", "idx")
            json.object("settings") { json in
                json.flag("analyticsCollectionEnabled", false)
                json.flag("bugReportingEnabled", true)
                json.flag("omEnabled", false)
                json.flag("pssoEnabled", false)
                json.flag("desktopMFAEnabled", false)
                json.flag("itpEnabled", false)
            }
        }
    }
}
