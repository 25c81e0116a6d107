import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Answers with what a real org once answered, over HTTP on a port of its own.
///
/// A request that was recorded answers as recorded; `search=status pr` is the union of the recorded lists of users; another
/// page size answers by path; what was never recorded is 403 `E0000006`.
struct ReplayServer: Sendable {
    struct Recording: Sendable {
        let path: String
        let query: [String: String]
        let status: Int
        let links: [String]
        let body: String
    }

    let recordings: [Recording]

    init(jsonLines file: URL) throws {
        recordings = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            let pairs = record["query"] as? [[String]] ?? []
            let headers = record["headers"] as? [String: [String]] ?? [:]
            return Recording(
                path: record["path"] as? String ?? "",
                query: Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { $1 }),
                status: record["status"] as? Int ?? 0, links: headers["link"] ?? [],
                body: record["body"] as? String ?? "")
        }
    }

    func answer(_ path: String, _ query: [String: String]) -> Recording {
        if path == "/.well-known/okta-organization" {
            return Recording(
                path: path, query: [:], status: 200, links: [], body: #"{"id":"00o2023replay000001","pipeline":"v1"}"#)
        }
        let same = recordings.filter { $0.path == path }
        if query["search"] == "status pr" {
            let users = same.compactMap { try? JSONSerialization.jsonObject(with: Data($0.body.utf8)) as? [Any] }
                .joined()
            let body = (try? JSONSerialization.data(withJSONObject: Array(users))) ?? Data()
            return Recording(
                path: path, query: [:], status: 200, links: [], body: String(decoding: body, as: UTF8.self))
        }
        if let exact = same.first(where: { $0.query == query }) { return exact }
        if let after = query["after"] {
            if let page = same.first(where: { $0.query["after"] == after }) { return page }
        } else if let first = same.first(where: { $0.query["after"] == nil && $0.query["filter"] == nil }) ?? same.first
        {
            return first
        }
        return Recording(
            path: path, query: [:], status: 403, links: [],
            body: """
                {"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action",\
                "errorLink":"E0000006","errorId":"oaeReplay","errorCauses":[]}
                """)
    }

    /// Serves on a free port for the length of `body`.
    func serve<Result: Sendable>(_ body: @Sendable @escaping (Int) async throws -> Result) async throws -> Result {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let responder = CallbackResponder { (request: Request, _: BasicRequestContext) -> Response in
            var query: [String: String] = [:]
            for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
            let answer = self.answer(request.uri.path, query)
            var response = Response(
                status: .init(code: answer.status), headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
            let linkName = HTTPField.Name("link") ?? .location
            // The recorded org names its true host in its links, as real ones do.
            for link in answer.links { response.headers.append(HTTPField(name: linkName, value: link)) }
            return response
        }
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            }, logger: Logger(label: "replay") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await application.run()
                return nil
            }
            group.addTask {
                for await port in ports { return try await body(port) }
                return nil
            }
            while let result = try await group.next() {
                if let result {
                    group.cancelAll()
                    return result
                }
            }
            throw CancellationError()
        }
    }
}
