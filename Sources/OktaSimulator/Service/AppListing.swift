extension Inquiry {
    /// `GET /apps`, by status, by name, for one user (with the assignment embedded) or for one group.
    func appList() throws -> Answer {
        let filter = try expression("filter")
        let word = query["q"]?.lowercased()
        let person = try subject("user.id", of: filter).map { try user($0) }
        let group = try subject("group.id", of: filter).map { try self.group($0[...]) }
        let held = person.map(assignments(of:)) ?? [:]
        let given = group.map { group in Set(renderer.apps(ofGroup: group).map(\.app)) }
        let embeds = query["expand"]?.hasPrefix("user/") ?? false
        return try list(
            standard: 20, most: 200, bytesEach: 3_000,
            rows: { after, count in
                scan(company.apps.count, after: after, most: count) { position in
                    let app = company.apps[position]
                    guard company.appExists(position, at: now) else { return false }
                    if person != nil, held[position] == nil { return false }
                    if let given, !given.contains(position) { return false }
                    if let word, !app.label.lowercased().hasPrefix(word), !app.key.lowercased().hasPrefix(word) {
                        return false
                    }
                    return filter?.matches { values(of: $0, app, position, person, group) } ?? true
                }
            }, write: { app, json in renderer.app(app, embeddingAssignment: embeds ? held[app] : nil, into: &json) })
    }

    /// The value a filter compares an attribute with, where it does.
    private func subject(_ attribute: String, of filter: Search?) -> String? {
        switch filter {
        case .compare(attribute, .eq, let value): value
        case .and(let left, let right): subject(attribute, of: left) ?? subject(attribute, of: right)
        default: nil
        }
    }

    private func values(of attribute: String, _ app: App, _ position: Int, _ person: Int?, _ group: Int?) -> [String] {
        switch attribute {
        case "id": [renderer.id(.app, position)]
        case "status": [app.active ? "ACTIVE" : "INACTIVE"]
        case "name": [app.key]
        case "label": [app.label]
        case "signOnMode": app.mode.text.map { [$0.description] } ?? []
        case "lastUpdated": [Calendar.text(max(app.updated, app.created))]
        case "user.id": person.map { [renderer.id(.user, $0)] } ?? []
        case "group.id": group.map { [renderer.id(.group, $0)] } ?? []
        default: []
        }
    }

    private func assignments(of person: Int) -> [Int: Int] {
        var held: [Int: Int] = [:]
        for row in company.assignments.ofRight(person) where company.assignments.rows[row].holds(at: now) {
            held[Int(company.assignments.rows[row].left)] = row
        }
        return held
    }

    func assignment(of person: Int, _ app: Int) throws -> Int {
        guard let row = assignments(of: person)[app] else {
            throw OktaError.notFound(renderer.id(.user, person), "AppUser")
        }
        return row
    }

    /// `GET /apps/{id}/users`: `next` forgets `expand`, as Okta's does. Broker apps name nobody.
    func appUsers(of app: Int) throws -> Answer {
        let expanding = query["expand"] == "user"
        let word = query["q"]?.lowercased()
        return try list(
            standard: 50, most: 500, dropping: ["expand"], bytesEach: 900,
            rows: { after, count in
                company.assignments.ofLeft(app, after: after, limit: count) { link in
                    guard link.holds(at: now), company.people[Int(link.right)].exists(at: now) else { return false }
                    guard let word else { return true }
                    let person = company.people[Int(link.right)]
                    return [person.login, person.givenName, person.familyName].contains {
                        $0.lowercased().hasPrefix(word)
                    }
                }
            }, write: { row, json in renderer.appUser(row, expandingUser: expanding, into: &json) })
    }

    /// `GET /apps/{id}/groups`: at least 20 a page, no dates of creation.
    func appGroups(of app: Int) throws -> Answer {
        let given = company.appGroups.filter {
            $0.app == app && $0.from <= now && now < $0.to && company.groups[$0.group].exists(at: now)
        }
        return try list(
            standard: 20, most: 200,
            rows: { after, count in
                scan(given.count, after: after, most: count) { _ in true }
            }, write: { row, json in renderer.appGroup(given[row], into: &json) })
    }
}
