import Accounts
import Directory
import HTTPTypes
import Hummingbird
import NIOCore
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var changeRoutes: [Route] {
        [Route(RouteRule(.get, "/changes", .signedIn, "What changed")) { request in try await changesPage(request) }]
            + ["csv", "json"].map { format in
                Route(RouteRule(.get, "/changes.\(format)", .signedIn, "What changed as \(format.uppercased())")) {
                    request in try await changesFile(request, format)
                }
            }
    }

    private func changesPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let asked = try await ChangesRequest(visit, store)
        let counts = try await comparisons.counts(asked.difference, store)
        let unread = try await store.unread(
            asked.difference.nouns.map(\.resource), Moment(asOf: asked.difference.late, now: visit.now))
        var body = ChangesParts.form(asked, visit) + ChangesParts.figures(counts, unread, asked, visit)
        body += Part.unread(unread, visit)
        body += try await historyNote(asked, counts, visit)
        if let noun = asked.part {
            let page = try await store.page(asked.difference, noun, asked.changes, after: asked.cursor)
            let count = counts.first { $0.noun == noun } ?? DifferenceCounts(noun: noun)
            body += ChangesParts.whole(noun, count, unread, page, asked, visit)
        } else {
            for count in counts {
                let page = try await store.page(asked.difference, count.noun, asked.changes, limit: 15)
                body += ChangesParts.some(count, unread, page, asked, visit)
            }
        }
        return try await page(
            visit, .home,
            PageContent(
                title: asked.subject.map { "What changed for \($0.name)" } ?? "What changed",
                sentence: """
                    Between <strong>\(When.full(asked.difference.from))</strong> and \
                    <strong>\(When.full(asked.difference.to))</strong>: who gained, lost and kept what.
                    """,
                crumb: ChangesParts.crumb(asked, visit), body: body))
    }

    /// What the history cannot tell about these dates.
    private func historyNote(
        _ asked: ChangesRequest, _ counts: [DifferenceCounts], _ visit: Visit
    ) async throws(Problem) -> HTML {
        let firstSeen = counts.reduce(0) { $0 + $1.firstSeen }
        guard firstSeen > 0 else { return HTML() }
        return Part.note(
            .unknown,
            """
            \(Count.of(firstSeen, "thing was", "things were")) already there when Muster first looked, after the first \
            of these dates. Nobody can tell whether they are new; they count as <em>first seen</em>, not as gained.
            """)
    }

    private func changesFile(_ request: WebRequest, _ format: String) async throws -> Response {
        let visit = try await visit(request)
        let asked = try await ChangesRequest(visit, store)
        let keepsAll = request.query["kept"] == "1"
        try await audit.record(
            actor: request.session?.name ?? "", action: "export", subject: "changes",
            detail: request.query.encoded.isEmpty ? nil : request.query.encoded)
        let (store, difference) = (store, asked.difference)
        let changes = keepsAll ? Set(Difference.Change.allCases) : asked.changes
        let nouns = asked.part.map { [$0] } ?? difference.nouns
        let lines = ExportLines(list: .differences, isCSV: format == "csv")
        let body = ResponseBody { writer in
            try await writer.write(lines.head)
            var isFirst = true
            for noun in nouns {
                var cursor: String?
                repeat {
                    let page = try await store.page(difference, noun, changes, after: cursor, limit: 500)
                    try await writer.write(lines.buffer(page.rows, isFirst: isFirst))
                    isFirst = isFirst && page.rows.isEmpty
                    cursor = page.next
                } while cursor != nil
            }
            try await writer.write(lines.end)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: lines.headers(file: "changes"), body: body)
    }
}
