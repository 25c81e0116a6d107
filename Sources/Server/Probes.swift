import Accounts
import DatabaseEngine
import HTTPTypes
import Hummingbird
import NIOCore
import Problems
import Storage
import WebSupport

/// The addresses that machines ask: `/healthz`, `/readyz` and `/metrics`.
struct Probes: Sendable {
    let store: Store
    let metrics: MetricsPage
    let access: MetricsAccess

    func addRoutes(to router: Router<AppRequestContext>) {
        router.get("healthz") { _, _ in Self.plain("alive\n") }
        router.get("readyz") { _, _ in
            guard let reason = await self.unreadiness() else { return Self.plain("ready\n") }
            return Self.plain("not ready: \(reason)\n", status: .serviceUnavailable)
        }
        router.get("metrics") { request, context in
            guard access.allows(request, context) else {
                var refusal = Self.plain(MetricsAccess.refusal, status: .unauthorized)
                refusal.headers[.wwwAuthenticate] = "Bearer"
                return refusal
            }
            do {
                return Self.plain(
                    try await metrics.text(), type: "text/plain; version=0.0.4; charset=utf-8")
            } catch {
                return Self.plain("\(Problem.from(error).title)\n", status: .serviceUnavailable)
            }
        }
    }

    /// Why the server cannot answer questions, or nil when it can: the store opens and has the schema this version knows.
    private func unreadiness() async -> String? {
        do {
            let number = try await store.engine.read { connection in
                try connection.first("SELECT max(number) FROM schema_migrations") { $0.integer(0) }
            }
            let expected = Int64(Store.schema)
            return number == expected ? nil : "the schema is \(number ?? 0), not \(expected)"
        } catch {
            return error.title
        }
    }

    private static func plain(
        _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
