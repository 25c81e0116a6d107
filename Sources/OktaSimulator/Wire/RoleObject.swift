extension Renderer {
    func roles(ofUser user: Int, into json: inout JSON) {
        for (index, grant) in company.roleGrants(of: user, at: now) { role(index, grant, user: user, into: &json) }
    }

    func roles(ofGroup group: Int, into json: inout JSON) {
        for (index, grant) in company.roles.enumerated() where grant.holder == .group(group) && grant.holds(at: now) {
            role(index, grant, into: &json)
        }
    }

    func roles(ofClient app: Int, into json: inout JSON) {
        for (index, grant) in company.roles.enumerated() where grant.holder == .client(app) && grant.holds(at: now) {
            role(index, grant, into: &json)
        }
    }

    /// The id of an assignment; for some standard roles the same for every holder.
    func roleID(_ index: Int, _ grant: RoleGrant) -> String {
        switch grant.holder {
        case _ where grant.type == .custom: return id(.binding, index)
        case .group: return grant.type.sharedID ?? id(.groupRole, index)
        case .person, .client: return grant.type.sharedID ?? id(.userRole, index)
        }
    }

    /// The kind of holder as `assignmentType` says it: a role that comes with a group says so on the person too.
    func role(_ index: Int, _ grant: RoleGrant, user: Int? = nil, into json: inout JSON) {
        json.object { json in
            json.text("id", roleID(index, grant))
            json.text("label", grant.type == .custom ? CustomRole.all[grant.custom].label : grant.type.label)
            json.text("type", grant.type.text)
            json.word("status", "ACTIVE")
            json.moment("created", grant.from)
            json.moment("lastUpdated", grant.from)
            switch grant.holder {
            case .person: json.word("assignmentType", "USER")
            case .group: json.word("assignmentType", "GROUP")
            case .client: json.word("assignmentType", "CLIENT")
            }
            if grant.type == .custom {
                json.id("resource-set", .resourceSet, grant.custom)
                json.id("role", .customRole, grant.custom)
            }
            roleLinks(index, grant, user, into: &json)
        }
    }

    private func roleLinks(_ index: Int, _ grant: RoleGrant, _ user: Int?, into json: inout JSON) {
        json.object("_links") { json in
            if grant.type == .custom {
                json.link("role", "/api/v1/iam/roles/", .customRole, grant.custom)
                json.link("resource-set", "/api/v1/iam/resource-sets/", .resourceSet, grant.custom)
                json.link("permissions", "/api/v1/iam/roles/", .customRole, grant.custom, "/permissions")
                let set = "/api/v1/iam/resource-sets/\(id(.resourceSet, grant.custom))"
                json.link("member", "\(set)/bindings/\(id(.customRole, grant.custom))/members/\(id(.binding, index))")
            }
            switch (grant.holder, user) {
            case (_, .some(let user)): json.link("assignee", "/api/v1/users/", .user, user)
            case (.person(let person), nil): json.link("assignee", "/api/v1/users/", .user, person)
            case (.group(let group), nil): json.link("assignee", "/api/v1/groups/", .group, group)
            case (.client(let app), nil): json.link("assignee", "/oauth2/v1/clients/", .app, app)
            }
        }
    }
}
