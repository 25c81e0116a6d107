import Accounts
import HTTPTypes
import Hummingbird
import NIOCore
import Problems
import Storage
import WebSupport

extension PagesApplication {
    /// The two file forms of a list: exactly what is filtered, streamed row by row.
    func exportRoutes(_ noun: String, _ title: String) -> [Route] {
        ["csv", "json"].map { format in
            Route(RouteRule(.get, "/\(noun).\(format)", .signedIn, "\(title) as \(format.uppercased())")) { request in
                let visit = try await visit(request)
                guard let list = ListDefinition.named(noun, visit.moment) else { throw WebProblem.noPage }
                let state = try ListState(request.query, list)
                try await audit.record(
                    actor: request.session?.name ?? "", action: "export", subject: noun,
                    detail: request.query.encoded.isEmpty ? nil : request.query.encoded)
                return stream(list, state, format)
            }
        }
    }

    private func stream(_ list: ListDefinition, _ state: ListState, _ format: String) -> Response {
        let isCSV = format == "csv"
        let store = store
        let request = state.request
        var headers: HTTPFields = [
            .contentType: isCSV ? "text/csv; charset=utf-8" : "application/json"
        ]
        headers[.contentDisposition] = "attachment; filename=\"\(list.noun).\(format)\""
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: isCSV ? list.csvHeader : "["))
            let lines = ExportLines(list: list, isCSV: isCSV)
            var isFirst = true
            var request = request
            request.cursor = nil
            request.limit = 2000
            repeat {
                let page = try await store.page(list, request)
                try await writer.write(lines.buffer(page.rows, isFirst: isFirst))
                isFirst = isFirst && page.rows.isEmpty
                request.cursor = page.next
            } while request.cursor != nil
            if !isCSV { try await writer.write(ByteBuffer(string: "\n]\n")) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

/// Rows as the bytes of a file.
private struct ExportLines: Sendable {
    let list: ListDefinition
    let isCSV: Bool

    func buffer(_ rows: [ListRow], isFirst: Bool) -> ByteBuffer {
        var buffer = ByteBuffer()
        for (position, row) in rows.enumerated() {
            if isCSV {
                buffer.writeString(list.csvLine(row))
            } else {
                buffer.writeString(isFirst && position == 0 ? "\n" : ",\n")
                buffer.writeString(list.jsonObject(row))
            }
        }
        return buffer
    }
}
