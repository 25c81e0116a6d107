/// One GET under `/api/v1`, ready to be answered from a company that stands still meanwhile.
struct Inquiry {
    /// The parts of the path after `/api/v1`.
    let path: [Substring]
    /// The whole path as it came, for links.
    let fullPath: String
    let query: Query
    let renderer: Renderer

    var company: Company { renderer.company }
    var now: Seconds { renderer.now }

    // MARK: Listings

    /// How many rows a page has: what was asked for, within Okta's bounds, silently.
    func limit(standard: Int, most: Int) -> Int {
        guard let asked = query["limit"].flatMap({ Int($0) }), asked > 0 else { return standard }
        return min(asked, most)
    }

    /// The row a cursor points behind; -1 without a cursor.
    func position() throws -> Int {
        guard let text = query["after"], !text.isEmpty else { return -1 }
        guard let cursor = Cursor(text, of: question, identifiers: company.identifiers) else {
            throw query["search"] == nil ? OktaError.badPaging : OktaError.badSearch("Invalid cursor.")
        }
        return cursor.position
    }

    /// What makes this listing different from every other.
    private var question: String {
        ([fullPath] + ["search", "filter", "q", "sortBy", "sortOrder"].map { query[$0] ?? "" }).joined(separator: "\n")
    }

    /// Answers one page of a listing in JSON array form. `rows` gives up to so many positions after one;
    /// `dropping` names parameters that Okta forgets in `next`.
    func list(
        standard: Int, most: Int, dropping forgotten: Set<String> = [], bytesEach: Int = 1_500,
        rows: (_ after: Int, _ count: Int) throws -> [Int], write: (Int, inout JSON) -> Void
    ) throws -> Answer {
        let limit = limit(standard: standard, most: most)
        var found = try rows(position(), limit + 1)
        let more = found.count > limit
        if more { found.removeLast(found.count - limit) }
        var json = renderer.json(capacity: found.count * bytesEach + 64)
        json.array { json in for row in found { write(row, &json) } }
        var answer = Answer(json.bytes)
        answer.links.append((url(limit: limit, after: query["after"]), "self"))
        if more, let last = found.last {
            let cursor = Cursor(after: last, of: question).text(company.identifiers)
            answer.links.append((url(limit: limit, after: cursor, dropping: forgotten), "next"))
        }
        answer.endsListing = !more
        return answer
    }

    /// This request's address with another cursor, in the order Okta writes parameters.
    func url(limit: Int?, after: String?, dropping forgotten: Set<String> = []) -> String {
        var parameters: [String] = []
        if let after { parameters.append("after=\(Query.encoded(after))") }
        if let limit { parameters.append("limit=\(limit)") }
        for (name, value) in query.items where name != "after" && name != "limit" && !forgotten.contains(name) {
            parameters.append("\(name)=\(Query.encoded(value))")
        }
        let path = renderer.base + fullPath
        return parameters.isEmpty ? path : path + "?" + parameters.joined(separator: "&")
    }

    /// Everything at once, for what Okta does not page.
    func whole(_ capacity: Int = 1_024, _ write: (inout JSON) -> Void) -> Answer {
        var json = renderer.json(capacity: capacity)
        json.array(write)
        return Answer(json.bytes)
    }

    func one(_ capacity: Int = 2_048, _ write: (inout JSON) -> Void) -> Answer {
        var json = renderer.json(capacity: capacity)
        write(&json)
        return Answer(json.bytes)
    }

    /// The positions after one that pass, at most so many.
    func scan(_ count: Int, after position: Int, most: Int, where passes: (Int) -> Bool) -> [Int] {
        var found: [Int] = []
        var next = position + 1
        while next < count, found.count < most {
            if passes(next) { found.append(next) }
            next += 1
        }
        return found
    }

    /// The `search` or `filter` parameter, understood.
    func expression(_ name: String) throws -> Search? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let search = Search(text) else { throw OktaError.badSearch("Invalid \(name) criteria.") }
        return search
    }

    // MARK: Objects by id

    func user(_ key: some StringProtocol) throws -> Int {
        if key == "me", company.people.count > Cast.reader { return Cast.reader }
        if let position = company.identifiers.index(.user, of: key), company.people.indices.contains(position),
            company.people[position].exists(at: now)
        {
            return position
        }
        let login = key.lowercased()
        let short = login.contains("@") ? login : login + "@acme.example"
        if let position = company.people.firstIndex(where: { $0.exists(at: now) && $0.login == short }) {
            return position
        }
        throw OktaError.notFound(String(key), "User")
    }

    func group(_ key: Substring) throws -> Int {
        guard let position = company.identifiers.index(.group, of: key), company.groups.indices.contains(position),
            company.groups[position].exists(at: now)
        else { throw OktaError.notFound(String(key), "UserGroup") }
        return position
    }

    func app(_ key: Substring) throws -> Int {
        guard let position = company.identifiers.index(.app, of: key), company.appExists(position, at: now) else {
            throw OktaError.notFound(String(key), "AppInstance")
        }
        return position
    }
}
