extension Inquiry {
    func expansion() -> Renderer.GroupExpansion {
        var expansion: Renderer.GroupExpansion = []
        for word in (query["expand"] ?? "").split(separator: ",") {
            if word == "stats" { expansion.insert(.stats) }
            if word == "app" { expansion.insert(.app) }
        }
        return expansion
    }

    /// `GET /groups`: ten thousand when nobody says how many, as Okta does.
    func groupList() throws -> Answer {
        let search = try expression("search") ?? expression("filter")
        let word = query["q"]?.lowercased()
        let expansion = expansion()
        return try list(
            standard: 10_000, most: 10_000,
            rows: { after, count in
                scan(company.groups.count, after: after, most: count) { position in
                    let group = company.groups[position]
                    guard group.exists(at: now) else { return false }
                    if let word, !group.name.lowercased().hasPrefix(word) { return false }
                    return search?.matches { values(of: $0, group, position) } ?? true
                }
            }, write: { group, json in renderer.group(group, expansion, into: &json) })
    }

    private func values(of attribute: String, _ group: Group, _ position: Int) -> [String] {
        switch attribute {
        case "id": return [renderer.id(.group, position)]
        case "type": return [group.type.description]
        case "created": return [Calendar.text(group.created)]
        case "lastUpdated": return [Calendar.text(group.updated)]
        case "lastMembershipUpdated": return [Calendar.text(group.membershipUpdated)]
        case "profile.name": return [group.name]
        case "profile.description": return group.description.map { [$0] } ?? []
        case "source.id":
            if case .directory = group.kind { return [renderer.id(.app, renderer.directoryApp)] }
            return []
        default: return []
        }
    }

    /// `GET /groups/{id}/users`: whole users; nobody who is deactivated.
    func members(of group: Int) throws -> Answer {
        if group == GroupPlan.everyone {
            return try list(
                standard: 1_000, most: 1_000,
                rows: { after, count in
                    scan(company.people.count, after: after, most: count) { company.people[$0].belongs(at: now) }
                }, write: { user, json in renderer.user(user, into: &json) })
        }
        return try list(
            standard: 1_000, most: 1_000,
            rows: { after, count in
                company.memberships.ofLeft(group, after: after, limit: count) { $0.holds(at: now) }
            }, write: { row, json in renderer.user(Int(company.memberships.rows[row].right), into: &json) })
    }
}
