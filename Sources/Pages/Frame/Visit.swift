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
    /// How completely that date is known.
    let completeness: Completeness

    var now: Timestamp { request.now }

    /// The same link about the same date.
    func to(_ link: Link) -> Link {
        guard let asOfText else { return link }
        if case .query(let base, let query) = link {
            return .query(base, FormData(query.fields + [(name: "as_of", value: asOfText)]))
        }
        return link.with([("as_of", asOfText)])
    }

    func csrf() -> HTML {
        "<input type=\"hidden\" name=\"csrf\" value=\"\(request.session?.csrfToken)\">"
    }
}

extension PagesApplication {
    /// Reads which date a request is about.
    ///
    /// - Throws: `page.asOf.notADate`.
    func visit(_ request: WebRequest) async throws(Problem) -> Visit {
        var asOf = AsOf.now
        let text = request.query.filled("as_of")
        if let text {
            guard let time = Timestamp(iso8601: text) else {
                throw Problem(
                    id: "page.asOf.notADate", kind: .usage, title: "“\(text.prefix(40))” is not a date",
                    remedy: "Write the date as 2025-01-31, or as 2025-01-31T08:00:00Z.")
            }
            asOf = .at(time)
        }
        let moment = try await store.moment(asOf, now: request.now)
        return Visit(
            request: request, moment: moment, asOfText: text, completeness: try await store.grade(of: asOf))
    }
}
