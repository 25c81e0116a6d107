extension Inquiry {
    /// Finds the answer by the path's shape.
    func answer() throws -> Answer {
        switch path.first {
        case "users": try users()
        case "groups": try groups()
        case "apps": try apps()
        case "iam": try iam()
        case "logs" where path.count == 1: try logs()
        case "api-tokens" where path.count == 1: apiTokens()
        case "api-tokens" where path.count == 2: try apiToken(path[1])
        case "org" where path.count == 1: org()
        default: throw OktaError.noSuchPath
        }
    }

    private func users() throws -> Answer {
        switch path.count {
        case 1: return try userList()
        case 2:
            let user = try user(path[1])
            return one { renderer.user(user, alone: true, into: &$0) }
        case 3:
            let user = try user(path[1])
            switch path[2] {
            case "groups":
                return whole { json in
                    for group in company.groups(of: user, at: now) { renderer.group(group, into: &json) }
                }
            case "roles": return whole { json in renderer.roles(ofUser: user, into: &json) }
            case "factors": return whole { json in renderer.factors(of: user, into: &json) }
            case "appLinks": return whole { json in renderer.dashboard(of: user, into: &json) }
            default: throw OktaError.noSuchPath
            }
        default: throw OktaError.noSuchPath
        }
    }

    private func groups() throws -> Answer {
        if path.count == 1 { return try groupList() }
        if path[1] == "rules" { return try rules() }
        let group = try group(path[1])
        if path.count == 2 {
            let expansion = expansion()
            return one { renderer.group(group, expansion, into: &$0) }
        }
        guard path.count == 3 else { throw OktaError.noSuchPath }
        switch path[2] {
        case "users": return try members(of: group)
        case "apps":
            let given = renderer.apps(ofGroup: group)
            return try list(
                standard: 20, most: 200,
                rows: { after, count in
                    scan(given.count, after: after, most: count) { _ in true }
                }, write: { row, json in renderer.app(given[row].app, into: &json) })
        case "roles": return whole { json in renderer.roles(ofGroup: group, into: &json) }
        default: throw OktaError.noSuchPath
        }
    }

    private func rules() throws -> Answer {
        if path.count == 3 {
            guard let rule = company.identifiers.index(.rule, of: path[2]), company.rules.indices.contains(rule) else {
                throw OktaError.notFound(String(path[2]), "GroupRule")
            }
            return one { renderer.rule(rule, into: &$0) }
        }
        guard path.count == 2 else { throw OktaError.noSuchPath }
        let word = query["search"]?.lowercased()
        return try list(
            standard: 50, most: 200,
            rows: { after, count in
                scan(company.rules.count, after: after, most: count) { rule in
                    word.map { company.rules[rule].name.lowercased().contains($0) } ?? true
                }
            }, write: { rule, json in renderer.rule(rule, into: &json) })
    }

    private func apps() throws -> Answer {
        if path.count == 1 { return try appList() }
        let app = try app(path[1])
        if path.count == 2 { return one(4_096) { renderer.app(app, into: &$0) } }
        switch (path[2], path.count) {
        case ("users", 3): return try appUsers(of: app)
        case ("users", 4):
            let key = path[3]
            guard let row = try? assignment(of: user(key), app) else {
                throw OktaError.notFound(String(key), "AppUser")
            }
            let expanding = query["expand"] == "user"
            return one { renderer.appUser(row, expandingUser: expanding, into: &$0) }
        case ("groups", 3): return try appGroups(of: app)
        case ("groups", 4):
            let group = try group(path[3])
            guard
                let given = company.appGroups.first(where: {
                    $0.app == app && $0.group == group && $0.from <= now && now < $0.to
                })
            else { throw OktaError.notFound(String(path[3]), "ApplicationGroupAssignment") }
            return one { renderer.appGroup(given, into: &$0) }
        default: throw OktaError.noSuchPath
        }
    }
}
