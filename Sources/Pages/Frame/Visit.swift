import Accounts
import Directory
import Problems
import Storage
import WebSupport

/// One look at Muster: the date it is about, which every link carries on.
struct Visit: Sendable {
    let request: WebRequest
    let moment: Moment
    /// The date as it stands in the address; nil for now.
    let asOfText: String?
    /// The time whose knowledge is asked for, as it stands in the address; nil: what is known now.
    var believedText: String?
    /// How completely that date is known.
    let completeness: Completeness

    /// The fields that every link and form carries on.
    var dates: [(name: String, value: String)] {
        [("as_of", asOfText), ("believed", believedText)].compactMap { name, text in
            text.map { (name: name, value: $0) }
        }
    }

    var now: Timestamp { request.now }

    /// The same link about the same date.
    func to(_ link: Link) -> Link {
        guard !dates.isEmpty else { return link }
        if case .query(let base, let query) = link { return .query(base, FormData(query.fields + dates)) }
        return .query(link, FormData(dates))
    }

    /// The same date for a form that asks for something else.
    var hiddenDates: [HTML] {
        dates.map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" }
    }

    /// What every form that is posted carries: the proof that this browser was shown it, and the date to come back to.
    func csrf() -> HTML {
        "<input type=\"hidden\" name=\"csrf\" value=\"\(request.session?.csrfToken)\">\(hiddenDates)"
    }
}

extension PagesApplication {
    /// Reads which date a request is about: of a form that was posted, the date it was shown about.
    ///
    /// - Throws: `page.asOf.notADate`, `usage.asOf.future`.
    func visit(_ request: WebRequest) async throws(Problem) -> Visit {
        let text = request.query.filled("as_of") ?? request.form.filled("as_of")
        let asOf = try text.map { text throws(Problem) in AsOf.at(try Self.past(text, request.now)) } ?? .now
        guard let believedText = request.query.filled("believed") ?? request.form.filled("believed") else {
            let moment = try await store.moment(asOf, now: request.now)
            return Visit(
                request: request, moment: moment, asOfText: text, completeness: try await store.grade(of: moment.asOf))
        }
        let believed = try Self.past(believedText, request.now)
        let moment = try await store.moment(asOf, believed: believed, now: request.now)
        return Visit(
            request: request, moment: moment, asOfText: text, believedText: believedText,
            completeness: try await store.grade(of: moment.asOf))
    }

    /// A date or a moment that has come.
    private static func past(_ text: String, _ now: Timestamp) throws(Problem) -> Timestamp {
        let time = try Self.time(text)
        try Moment.refuseFuture(time, as: text, now: now)
        return time
    }

    /// A date or a moment as an address says it.
    static func time(_ text: String) throws(Problem) -> Timestamp {
        guard let time = Timestamp(iso8601: text) else {
            throw Problem(
                id: "page.asOf.notADate", kind: .usage, title: "“\(text.prefix(40))” is not a date",
                remedy: "Write the date as 2025-01-31, or as 2025-01-31T08:00:00Z.")
        }
        return time
    }
}
