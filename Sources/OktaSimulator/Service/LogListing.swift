extension Inquiry {
    /// `GET /logs`. With `until` (or newest first) it is a question that ends; without, it is a tail that never does: `next` is
    /// always there, and stays the same while nothing new has happened.
    func logs() throws -> Answer {
        let limit = try logLimit()
        let falling = try isFalling()
        let visible = visibleEvents()
        let until = try moment("until")
        let polling = until == nil && !falling
        let last = until.map { lowerBound($0) } ?? visible
        let passes = try logFilter()
        let resumed = try resume()
        // A tail's cursor knows its place; without `since` the default of seven days must not push it forward.
        let first = try resumed != nil && polling && query["since"] == nil ? 0 : firstEvent(until)
        var found: [Int] = []
        var next = falling ? min(last, visible, resumed ?? .max) : max(first, resumed ?? first)
        // Reads one more than asked for, to know whether there is another page.
        let wanted = limit + (polling ? 0 : 1)
        if falling {
            while next > first, found.count < wanted {
                next -= 1
                if passes(next) { found.append(next) }
            }
        } else {
            while next < min(last, visible), found.count < wanted {
                if passes(next) { found.append(next) }
                next += 1
            }
        }
        let more = !polling && found.count > limit
        if more { found.removeLast() }
        var answer = whole(found.count * 2_000 + 16) { json in for event in found { renderer.event(event, into: &json) }
        }
        answer.links.append((url(limit: query["limit"] == nil ? nil : limit, after: query["after"]), "self"))
        if polling {
            // The cursor moves past what did not match, but never on an empty page.
            let cursor = found.isEmpty ? query["after"] ?? mark(next) : mark(next)
            answer.links.append((url(limit: query["limit"] == nil ? nil : limit, after: cursor), "next"))
        } else if more, let end = found.last {
            answer.links.append(
                (url(limit: query["limit"] == nil ? nil : limit, after: mark(falling ? end : end + 1)), "next"))
        }
        answer.endsListing = !more
        return answer
    }

    private func logLimit() throws -> Int {
        guard let text = query["limit"] else { return 100 }
        guard let limit = Int(text), (0...1_000).contains(limit) else {
            throw OktaError.badLog("limit must be between 0 and 1000")
        }
        return limit
    }

    private func isFalling() throws -> Bool {
        switch query["sortOrder"]?.uppercased() {
        case nil, "ASCENDING", "": return false
        case "DESCENDING": return true
        default: throw OktaError.badLog("sortOrder")
        }
    }

    private func moment(_ name: String) throws -> Int64? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let moment = Calendar.milliseconds(parsing: text) else { throw OktaError.badLog("\(name) is not a date") }
        return moment
    }

    /// How many events have happened by now.
    private func visibleEvents() -> Int { lowerBound(Int64(now) * 1_000 + 1_000) }

    /// The first event not before a moment.
    private func lowerBound(_ moment: Int64) -> Int {
        var low = 0
        var high = company.events.count
        while low < high {
            let middle = (low + high) / 2
            if company.events[middle].published < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Seven days before `until` unless told; nobody may ask for more than half a year.
    private func firstEvent(_ until: Int64?) throws -> Int {
        let end = until ?? Int64(now) * 1_000
        let since = try moment("since") ?? end - 7 * 86_400_000
        guard since >= Int64(now) * 1_000 - 181 * 86_400_000 else {
            throw OktaError.badLog("since is further back than 180 days")
        }
        return lowerBound(since)
    }

    // MARK: Cursor

    /// `<milliseconds>_<n>`, as recorded: the time of the last event given out, and how many came before the next.
    private func mark(_ next: Int) -> String { "\(next > 0 ? company.events[next - 1].published : 0)_\(next)" }

    private func resume() throws -> Int? {
        guard let text = query["after"], !text.isEmpty else { return nil }
        let halves = text.split(separator: "_")
        guard halves.count == 2, let next = Int(halves[1]), (0...company.events.count).contains(next),
            mark(next) == text
        else {
            throw OktaError.badSearch("Invalid cursor.")
        }
        return next
    }

    // MARK: Filter

    private func logFilter() throws -> (Int) -> Bool {
        let words = (query["q"] ?? "").lowercased().split(separator: " ").map(String.init)
        guard words.count <= 10, words.allSatisfy({ $0.count <= 40 }) else { throw OktaError.badLog("q is too long") }
        let holdsWords: (Int) -> Bool = { event in
            if words.isEmpty { return true }
            let text = String(decoding: one { renderer.event(event, into: &$0) }.body, as: UTF8.self).lowercased()
            return words.allSatisfy { text.contains($0) }
        }
        guard let text = query["filter"], !text.isEmpty else { return holdsWords }
        guard let search = Search(text) else { throw OktaError.badLog(text) }
        if search.attributes.contains("published") { throw OktaError.badLog("published cannot be filtered") }
        if let types = Self.types(search) {
            return { types.contains(company.events[$0].type) && holdsWords($0) }
        }
        return { event in search.matches { renderer.values(of: $0, event) } && holdsWords(event) }
    }

    /// A filter of nothing but event types, which is what most readers send; compared by number, not by text.
    private static func types(_ search: Search) -> Set<EventType>? {
        switch search {
        case .compare("eventType", .eq, let value):
            return Set(EventType.allCases.filter { $0.text.description == value })
        case .or(let left, let right):
            guard let left = types(left), let right = types(right) else { return nil }
            return left.union(right)
        default: return nil
        }
    }
}
