import Accounts
import Analysis
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
                let (list, asked) = try await exported(noun, request.query, visit.moment)
                try await audit.record(
                    actor: request.session?.name ?? "", action: "export", subject: noun,
                    detail: request.query.encoded.isEmpty ? nil : request.query.encoded)
                return stream(list, asked, format, named: try await fileName(list, asked, visit))
            }
        }
    }

    /// The two file forms of a list that is worked out.
    func fileRoutes(
        _ noun: String, _ title: String, _ list: @Sendable @escaping (Visit) async throws -> ListDefinition
    ) -> [Route] {
        ["csv", "json"].map { format in
            Route(RouteRule(.get, "/\(noun).\(format)", .signedIn, "\(title) as \(format.uppercased())")) { request in
                let visit = try await visit(request)
                let list = try await list(visit)
                try await audit.record(
                    actor: request.session?.name ?? "", action: "export", subject: noun,
                    detail: request.query.encoded.isEmpty ? nil : request.query.encoded)
                return stream(list, try ListState(request.query, list).request, format, named: noun)
            }
        }
    }

    /// The list a file holds and what is asked of it, in the order that its page shows: the people of one app by login, the
    /// apps of one person by name.
    private func exported(
        _ noun: String, _ query: FormData, _ moment: Moment
    ) async throws(Problem) -> (ListDefinition, ListRequest) {
        guard let all = ListDefinition.named(noun, moment) ?? .ofSpend(noun, moment) else { throw WebProblem.noPage }
        var request = try ListState(query, all, hasSubject: true).request
        let subject = request.filters.first { filter in
            filter.comparison == .equal && !filter.value.isEmpty
                && ["assignments app_id", "assignments user_id", "memberships group_id", "memberships user_id"]
                    .contains("\(noun) \(filter.column)")
        }
        guard let subject else { return (all, request) }
        let list: ListDefinition
        do {
            switch (noun, subject.column) {
            case ("assignments", "app_id"):
                let app = try await apps.app(subject.value, store, moment)
                let isLarge = try await lists.walksPeople(app.users, store, moment)
                list = .assignments(moment, of: .app(app.key, large: isLarge))
            case ("memberships", "group_id"):
                let group = try await store.group(subject.value, moment)
                let isLarge = try await lists.walksPeople(group.members, store, moment)
                list = .memberships(moment, of: .group(group.key, large: isLarge))
            case ("memberships", _):
                list = .memberships(moment, of: .user(try await store.user(subject.value, moment).key))
            default: list = .assignments(moment, of: .user(try await store.user(subject.value, moment).key))
            }
        } catch {
            // Nothing has this id at that date: an empty file, not an error.
            guard error.kind == .notFound else { throw error }
            return (all, request)
        }
        request.filters.removeAll { $0 == subject }
        return (list, request)
    }

    /// What a file is called: one that holds no row because nobody could read any says so by its name.
    private func fileName(_ list: ListDefinition, _ asked: ListRequest, _ visit: Visit) async throws(Problem) -> String
    {
        guard let resource = list.resources.first else { return list.noun }
        let unread = try await store.unread([resource], visit.moment)
        var first = asked
        first.limit = 1
        guard unread.hides(resource), try await store.page(list, first).rows.isEmpty else { return list.noun }
        return "\(list.noun)-not-evaluated"
    }

    func stream(
        _ list: ListDefinition, _ request: ListRequest, _ format: String, named name: String
    ) -> Response {
        let store = store
        let lines = ExportLines(list: list, isCSV: format == "csv")
        let body = ResponseBody { writer in
            try await writer.write(lines.head)
            var isFirst = true
            var request = request
            request.cursor = nil
            request.limit = 500
            repeat {
                let page = try await store.page(list, request)
                try await writer.write(lines.buffer(page.rows, isFirst: isFirst))
                isFirst = isFirst && page.rows.isEmpty
                request.cursor = page.next
            } while request.cursor != nil
            try await writer.write(lines.end)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: lines.headers(file: name), body: body)
    }
}

/// Rows as the bytes of a file.
struct ExportLines: Sendable {
    let list: ListDefinition
    let isCSV: Bool

    /// What the file begins with.
    var head: ByteBuffer { ByteBuffer(string: isCSV ? list.csvHeader : "[") }
    /// What it ends with.
    var end: ByteBuffer { ByteBuffer(string: isCSV ? "" : "\n]\n") }

    func headers(file name: String) -> HTTPFields { Self.headers(file: name, isCSV: isCSV) }

    /// What tells a browser that the answer is a file.
    static func headers(file name: String, isCSV: Bool) -> HTTPFields {
        [
            .contentType: isCSV ? "text/csv; charset=utf-8" : "application/json",
            .contentDisposition: "attachment; filename=\"\(name).\(isCSV ? "csv" : "json")\"",
        ]
    }

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
