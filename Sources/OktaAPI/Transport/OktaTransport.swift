import Directory
import Foundation
import NIOCore
import NIOHTTP1
import Problems
import Synchronization

/// The one way out of Muster to Okta. It can send GET to the readable paths of the configured host, and POST to the token
/// endpoint of that host; nothing else can be expressed.
///
/// Only this file and `CurlHandle` know an HTTP client. Redirects are not followed. Requests wait on threads of their own,
/// never on those that Swift's tasks share.
final class OktaTransport: Sendable {
    private let domain: OktaDomain
    private let settings: CurlHandle.Settings
    /// Open connections that no request uses, the last used last.
    private let idle = Mutex<[CurlHandle]>([])

    init(domain: OktaDomain, configuration: OktaClientConfiguration) throws(Problem) {
        self.domain = domain
        let isSecure = domain.scheme == "https"
        if isSecure, let file = configuration.trustRootsPEMFile { try Self.checkTrustRoots(file) }
        settings = CurlHandle.Settings(
            timeoutSeconds: max(1, configuration.requestTimeoutSeconds), maxBodyBytes: configuration.maxBodyBytes,
            userAgent: configuration.userAgent,
            proxy: configuration.proxy.flatMap { $0.stands(before: domain) ? $0 : nil },
            trustRootsPEMFile: isSecure ? configuration.trustRootsPEMFile : nil, acceptsGzip: !domain.isLoopback)
    }

    private static func checkTrustRoots(_ file: String) throws(Problem) {
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
        guard text?.contains("-----BEGIN CERTIFICATE-----") == true else {
            throw OktaProblem.trustRootsUnreadable.problem(context: ["file": file])
        }
    }

    /// Reads a path and query of the configured host.
    func get(_ target: String, headers: HTTPHeaders) async throws(TransportFailure) -> OktaAnswer {
        guard ReadablePaths.allows(target) else { throw .notAllowed }
        return try await send(target, method: .GET, headers: headers, form: nil)
    }

    /// Asks the configured host's token endpoint for an access token.
    func requestToken(form: String, headers: HTTPHeaders) async throws(TransportFailure) -> OktaAnswer {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
        return try await send(ReadablePaths.token, method: .POST, headers: headers, form: form)
    }

    private func send(
        _ target: String, method: HTTPMethod, headers: HTTPHeaders, form: String?
    ) async throws(TransportFailure) -> OktaAnswer {
        var headers = headers
        headers.replaceOrAdd(name: "Accept", value: "application/json")
        let request = CurlHandle.Request(
            url: domain.baseURL + target, headers: headers, form: method == .GET ? nil : form ?? "")
        guard let handle = idle.withLock({ $0.popLast() }) ?? CurlHandle() else {
            throw .network("There is no memory for a connection.")
        }
        let cancellation = CurlHandle.Cancellation()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                handle.thread.async {
                    continuation.resume(returning: self.perform(request, handle, cancellation))
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    private func perform(
        _ request: CurlHandle.Request, _ handle: CurlHandle, _ cancellation: CurlHandle.Cancellation
    ) -> Result<OktaAnswer, TransportFailure> {
        defer { idle.withLock { $0.append(handle) } }
        do throws(TransportFailure) {
            return .success(try handle.perform(request, settings, cancellation))
        } catch {
            return .failure(error)
        }
    }

    /// Ends every connection.
    func shutdown() { idle.withLock { $0 = [] } }
}

/// What came back: any status, with the whole body.
struct OktaAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: ByteBuffer
}

/// Why no whole answer came back.
enum TransportFailure: Error, Equatable {
    /// The request was not one that Muster may send; nothing was sent.
    case notAllowed
    case hostUnknown
    case tlsUntrusted(String)
    case tooLarge
    case cancelled
    /// The proxy cannot be reached, or does not let Muster through.
    case proxy(String)
    /// Anything that may pass: no connection, time ran out, the body was cut off.
    case network(String)
}
