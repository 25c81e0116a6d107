extension Inquiry {
    /// Everything under `/iam`: it pages through `_links.next` in the body.
    func iam() throws -> Answer {
        switch (path.dropFirst().first, path.count) {
        case ("assignees", 3) where path[2] == "users": return try assignees()
        case ("roles", 2): return wrapped("roles", CustomRole.all.indices) { renderer.customRole($0, into: &$1) }
        case ("roles", 3):
            let role = try customRole(path[2])
            return one { renderer.customRole(role, into: &$0) }
        case ("roles", 4) where path[3] == "permissions":
            let role = try customRole(path[2])
            return one { renderer.permissions(of: role, into: &$0) }
        case ("resource-sets", 2):
            return wrapped("resource-sets", ResourceSet.all.indices) { renderer.resourceSet($0, into: &$1) }
        case ("resource-sets", 3...): return try resourceSet(path[2])
        default: throw OktaError.noSuchPath
        }
    }

    private func assignees() throws -> Answer {
        var holders: Set<Int> = []
        for grant in company.roles where grant.holds(at: now) {
            if case .person(let person) = grant.holder, company.people[person].exists(at: now) {
                holders.insert(person)
            }
        }
        let ordered = holders.sorted()
        let limit = limit(standard: 100, most: 200)
        let after = try position()
        let rows = scan(ordered.count, after: after, most: limit + 1) { _ in true }
        var answer = one(rows.count * 400) { json in
            json.object { json in
                json.array("value") { json in
                    for row in rows.prefix(limit) { renderer.assignee(ordered[row], into: &json) }
                }
                json.object("_links") { json in
                    json.link("self", "/api/v1/iam/assignees/users?limit=\(limit)")
                    if rows.count > limit {
                        json.link(
                            "next", String(next(after: rows[limit - 1], limit: limit).dropFirst(renderer.base.count)))
                    }
                }
            }
        }
        answer.endsListing = rows.count <= limit
        return answer
    }

    private func wrapped(_ name: StaticString, _ rows: Range<Int>, _ write: (Int, inout JSON) -> Void) -> Answer {
        var answer = one { json in
            json.object { json in
                json.array(name) { json in for row in rows { write(row, &json) } }
                json.object("_links") { $0.link("self", fullPath) }
            }
        }
        answer.links.append((renderer.base + fullPath, "self"))
        return answer
    }

    private func customRole(_ key: Substring) throws -> Int {
        guard let role = company.identifiers.index(.customRole, of: key), CustomRole.all.indices.contains(role) else {
            throw OktaError.notFound(String(key), "CustomRole")
        }
        return role
    }

    private func resourceSet(_ key: Substring) throws -> Answer {
        guard let set = company.identifiers.index(.resourceSet, of: key), ResourceSet.all.indices.contains(set) else {
            throw OktaError.notFound(String(key), "ResourceSet")
        }
        if path.count == 3 { return one { renderer.resourceSet(set, into: &$0) } }
        switch path[3] {
        case "resources" where path.count == 4: return one { renderer.resources(of: set, into: &$0) }
        case "bindings" where path.count == 4: return one { renderer.bindings(of: set, into: &$0) }
        case "bindings" where path.count == 6 && path[5] == "members":
            return one { renderer.members(of: set, into: &$0) }
        default: throw OktaError.noSuchPath
        }
    }

    // MARK: Tokens and the organisation

    func apiTokens() -> Answer {
        whole { json in
            for (index, token) in company.tokens.enumerated() where token.created <= now && now < token.to {
                renderer.token(index, into: &json)
            }
        }
    }

    func apiToken(_ key: Substring) throws -> Answer {
        guard let token = company.identifiers.index(.token, of: key), company.tokens.indices.contains(token),
            now < company.tokens[token].to
        else { throw OktaError.notFound(String(key), "ApiToken") }
        return one { renderer.token(token, into: &$0) }
    }

    func org() -> Answer { one { renderer.org(into: &$0) } }
}

extension Inquiry {
    fileprivate func next(after row: Int, limit: Int) -> String {
        let question = ([fullPath] + ["search", "filter", "q", "sortBy", "sortOrder"].map { query[$0] ?? "" })
            .joined(separator: "\n")
        return url(limit: limit, after: Cursor(after: row, of: question).text(company.identifiers))
    }
}

extension Inquiry {
    /// `GET /oauth2/v1/clients/{id}/roles`: admins that are no people.
    func clientRoles() throws -> Answer {
        guard (3...4).contains(path.count), path[2] == "roles" else { throw OktaError.noSuchPath }
        let client = try app(path[1])
        if path.count == 4 {
            for (index, grant) in company.roles.enumerated()
            where grant.holder == .client(client) && grant.holds(at: now) && renderer.roleID(index, grant) == path[3] {
                return one { renderer.role(index, grant, into: &$0) }
            }
            throw OktaError.notFound(String(path[3]), "RoleAssignment")
        }
        return whole { json in renderer.roles(ofClient: client, into: &json) }
    }
}
