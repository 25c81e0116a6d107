import Directory
import Problems
import Storage
import WebSupport

/// What somebody wants compared, as the address says it.
struct ChangesRequest: Sendable {
    let difference: Difference
    let subject: HistorySubject?
    /// The noun whose rows are shown alone; nil: some rows of each.
    let part: Difference.Noun?
    /// The kind of change whose rows are shown alone.
    let change: Difference.Change?
    let cursor: String?
    /// What was given, which every link carries on.
    private let given: [(String, String?)]

    /// Days between the two dates when nobody gave the first.
    private static let days: Int32 = 30

    init(_ visit: Visit, _ store: Store) async throws(Problem) {
        let query = visit.request.query
        let to = try Self.time(query, "to", now: visit.now) ?? visit.moment.time
        let from = try Self.time(query, "from", now: visit.now) ?? Timestamp(day: to.day - Self.days)
        var subject: HistorySubject?
        var named: (String, String?)?
        for noun in Store.historyNouns where subject == nil {
            guard let name = query.filled(noun) else { continue }
            subject = try await store.historySubject(noun, name, at: [to, from])
            named = (noun, subject?.id)
        }
        self.subject = subject
        difference = try Difference(from: from, to: to, subject: subject?.subject ?? .tenant, asOf: visit.moment.asOf)
        let asked = query.filled("part").flatMap(Difference.Noun.init(rawValue:))
        part = difference.nouns.contains { $0 == asked } ? asked : nil
        change = query.filled("change").flatMap(Difference.Change.init(rawValue:))
        cursor = query.filled("after")
        given =
            [("from", query.filled("from") ?? from.date), ("to", query.filled("to"))]
            + [named].compactMap { $0 }
    }

    /// The two dates as a form shows them; empty: now.
    var fromText: String { given[0].1 ?? "" }
    var toText: String { given[1].1 ?? "" }
    /// `user`, `group` or `app` and which one.
    var subjectField: (String, String?)? { given.count > 2 ? given[2] : nil }

    /// The kinds of change to show: what was kept only where it is asked for.
    var changes: Set<Difference.Change> {
        if let change { return [change] }
        return Set(Difference.Change.allCases).subtracting([.kept])
    }

    /// The same comparison, another part of it.
    func link(part: Difference.Noun? = nil, change: Difference.Change? = nil, after: String? = nil) -> Link {
        Link.changes.with(given + [("part", part?.rawValue), ("change", change?.rawValue), ("after", after)])
    }

    /// The same comparison as a file.
    func file(_ format: String) -> Link {
        Link.export("changes", format: format)
            .with(given + [("part", part?.rawValue), ("change", change?.rawValue)])
    }

    private static func time(_ query: FormData, _ name: String, now: Timestamp) throws(Problem) -> Timestamp? {
        guard let text = query.filled(name), text != "now" else { return nil }
        let time = try PagesApplication.time(text)
        guard time <= now else {
            throw Problem(
                id: "page.changes.future", kind: .usage, title: "“\(text.prefix(40))” has not come yet",
                remedy: "Compare dates in the past, or leave the second one empty for now.")
        }
        return time
    }
}
