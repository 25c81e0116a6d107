extension Inquiry {
    /// `GET /users`: the plain list leaves out who is deactivated; `search` and `filter` do not.
    func userList() throws -> Answer {
        if let word = query["q"], !word.isEmpty { return try usersStarting(word) }
        let search = try expression("search") ?? expression("filter")
        if let search, search.uses(.ne) { throw OktaError.badSearch("Unsupported operator: ne") }
        if let search, let unknown = search.attributes.first(where: { !Self.isSearchable($0) }) {
            throw OktaError.badSearch("Invalid attribute: \(unknown)")
        }
        if let order = query["sortBy"], query["search"] != nil, order != "id" {
            return try sorted(by: order, search)
        }
        return try list(
            standard: 200, most: 200,
            rows: { after, count in
                scan(company.people.count, after: after, most: count) { passes($0, search) }
            }, write: { user, json in renderer.user(user, into: &json) })
    }

    private func passes(_ position: Int, _ search: Search?) -> Bool {
        let person = company.people[position]
        guard person.exists(at: now) else { return false }
        guard let search else { return person.status(at: now) != .deprovisioned }
        return search.matches { values(of: $0, position) }
    }

    /// `sortBy` with `search`: the cursor counts places in the sorted list.
    private func sorted(by attribute: String, _ search: Search?) throws -> Answer {
        var keyed = company.people.indices.filter { passes($0, search) }
            .map { (key: values(of: attribute, $0).first ?? "", position: $0) }
        let falling = query["sortOrder"]?.lowercased().hasPrefix("desc") ?? false
        keyed.sort {
            falling ? ($1.key, $1.position) < ($0.key, $0.position) : ($0.key, $0.position) < ($1.key, $1.position)
        }
        return try list(
            standard: 200, most: 200,
            rows: { after, count in
                scan(keyed.count, after: after, most: count) { _ in true }
            }, write: { place, json in renderer.user(keyed[place].position, into: &json) })
    }

    /// `q` finds beginnings of names and addresses, and does not page.
    private func usersStarting(_ word: String) throws -> Answer {
        let word = word.lowercased()
        let limit = limit(standard: 10, most: 200)
        let found = scan(company.people.count, after: -1, most: limit) { position in
            let person = company.people[position]
            return person.belongs(at: now)
                && [person.givenName, person.familyName, person.login].contains { $0.lowercased().hasPrefix(word) }
        }
        var answer = whole(found.count * 1_500) { json in for user in found { renderer.user(user, into: &json) } }
        answer.links.append((url(limit: limit, after: nil), "self"))
        return answer
    }

    private static func isSearchable(_ attribute: String) -> Bool {
        ["id", "status", "created", "activated", "statusChanged", "lastUpdated", "lastLogin", "type.id"].contains(
            attribute)
            || attribute.hasPrefix("profile.")
    }

    private func values(of attribute: String, _ position: Int) -> [String] {
        let person = company.people[position]
        func date(_ moment: Seconds) -> [String] { moment == never || moment == 0 ? [] : [Calendar.text(moment)] }
        switch attribute {
        case "id": return [renderer.id(.user, position)]
        case "status": return [person.status(at: now).text.description]
        case "created": return date(person.created)
        case "activated": return date(person.activated)
        case "statusChanged", "lastUpdated": return date(person.updated(at: now))
        case "lastLogin": return date(person.lastLogin)
        case "type.id": return [renderer.id(.userType, 0)]
        default: return profileValue(String(attribute.dropFirst("profile.".count)), person, position)
        }
    }

    private func profileValue(_ name: String, _ person: Person, _ position: Int) -> [String] {
        switch name {
        case "login", "email": return [person.login]
        case "firstName": return [person.givenName]
        case "lastName": return [person.familyName]
        default: break
        }
        guard person.kind != .service else { return name == "userType" ? ["Service"] : [] }
        let location = Names.locations[Int(person.location)]
        switch name {
        case "displayName": return [person.displayName]
        case "department": return [Names.departments[person.department(at: now)].name]
        case "division": return [Names.departments[person.department(at: now)].division]
        case "title": return [renderer.title(person)]
        case "costCenter": return [renderer.costCenter(person)]
        case "employeeNumber": return [renderer.employeeNumber(person, position)]
        case "userType": return [person.kind == .contractor ? "Contractor" : "Employee"]
        case "organization": return ["Acme Corporation"]
        case "city": return [location.city]
        case "countryCode": return [location.country]
        case "managerId": return company.people.at(Int(person.manager)).map { [$0.login] } ?? []
        default: return []
        }
    }
}
