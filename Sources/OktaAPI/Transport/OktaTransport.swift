import AsyncHTTPClient
import Directory
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Problems
import Synchronization

/// The one way out of Muster to Okta. It can send GET to the readable paths of the configured host, and POST to the token
/// endpoint of that host; nothing else can be expressed.
///
/// This is the only file of the module that knows an HTTP client. Redirects are not followed.
final class OktaTransport: Sendable {
    private let client: HTTPClient
    private let domain: OktaDomain
    private let timeout: TimeAmount
    private let maxBodyBytes: Int
    private let userAgent: String
    private let isProxied: Bool

    init(domain: OktaDomain, configuration: OktaClientConfiguration) throws(Problem) {
        self.domain = domain
        timeout = .seconds(Int64(max(1, configuration.requestTimeoutSeconds)))
        maxBodyBytes = configuration.maxBodyBytes
        userAgent = configuration.userAgent
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: timeout),
            decompression: domain.isLoopback ? .disabled : .enabled(limit: .size(configuration.maxBodyBytes)))
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, configuration.maxConcurrency)
        settings.connectionPool.retryConnectionEstablishment = false
        let proxy = configuration.proxy.flatMap { $0.stands(before: domain) ? $0 : nil }
        isProxied = proxy != nil
        settings.proxy = proxy.map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.name.map { .basic(username: $0, password: proxy.password ?? "") })
        }
        if domain.scheme == "https" {
            settings.tlsConfiguration = try Self.tls(trusting: configuration.trustRootsPEMFile)
        }
        settings.http1_1ConnectionDebugInitializer = { channel in
            // Pages are megabytes long: each read takes what the kernel holds, not 64 kB of it.
            channel.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 512 * 1024))
        }
        client = HTTPClient(eventLoopGroupProvider: .shared(Self.eventLoops), configuration: settings)
    }

    /// One thread carries the answers of all tenants: what reads them is seldom busy, and a second one costs more in
    /// changes of thread than it saves.
    private static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    deinit { client.shutdown { _ in } }

    private static func tls(trusting file: String?) throws(Problem) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let file {
            do {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
            } catch {
                throw OktaProblem.trustRootsUnreadable.problem(context: ["file": file], cause: error)
            }
        }
        return tls
    }

    /// Reads a path and query of the configured host.
    func get(_ target: String, headers: HTTPHeaders) async throws(TransportFailure) -> OktaAnswer {
        guard ReadablePaths.allows(target) else { throw .notAllowed }
        return try await send(target, method: .GET, headers: headers, body: nil)
    }

    /// Asks the configured host's token endpoint for an access token.
    func requestToken(form: String, headers: HTTPHeaders) async throws(TransportFailure) -> OktaAnswer {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
        return try await send(ReadablePaths.token, method: .POST, headers: headers, body: .string(form))
    }

    private func send(
        _ target: String, method: HTTPMethod, headers: HTTPHeaders, body: HTTPClient.Body?
    ) async throws(TransportFailure) -> OktaAnswer {
        var headers = headers
        headers.replaceOrAdd(name: "Accept", value: "application/json")
        headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        headers.replaceOrAdd(name: "Accept-Encoding", value: domain.isLoopback ? "identity" : "gzip")
        do {
            let request = try HTTPClient.Request(
                url: domain.baseURL + target, method: method, headers: headers, body: body)
            let task = client.execute(
                request: request, delegate: AnswerAccumulator(limit: maxBodyBytes), deadline: .now() + timeout)
            return try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw TransportFailure(error, isProxied: isProxied)
        }
    }

    /// Ends every connection.
    func shutdown() async {
        // Ending twice is harmless, and there is nobody to tell about a connection that would not end.
        try? await client.shutdown()
    }
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

    fileprivate init(_ error: any Error, isProxied: Bool) {
        switch error {
        case let failure as TransportFailure: self = failure
        case is CancellationError: self = .cancelled
        case let failure as HTTPClientError where failure == .cancelled: self = .cancelled
        case let failure as HTTPClientError where Self.proxyErrors.contains(failure):
            self = .proxy(String(describing: failure))
        case let failure as NIOConnectionError where isProxied: self = .proxy(String(describing: failure))
        case NIOHTTPDecompression.DecompressionError.limit: self = .tooLarge
        case let failure as NIOSSLExtraError: self = .tlsUntrusted(failure.description)
        case let failure as NIOSSLError:
            let text = String(describing: failure)
            self = text.contains("CERTIFICATE") ? .tlsUntrusted(text) : .network(text)
        case let failure as NIOConnectionError:
            let unknown = failure.connectionErrors.isEmpty && failure.dnsAError != nil && failure.dnsAAAAError != nil
            self = unknown ? .hostUnknown : .network(String(describing: failure))
        default: self = .network(String(describing: error))
        }
    }

    private static let proxyErrors: [HTTPClientError] = [
        .invalidProxyResponse, .proxyAuthenticationRequired, .httpProxyHandshakeTimeout,
    ]
}

/// Gathers one answer into one buffer, no longer than the limit.
private final class AnswerAccumulator: HTTPClientResponseDelegate {
    private struct Parts {
        var head: HTTPResponseHead?
        var body = ByteBuffer()
    }

    private let limit: Int
    private let parts = Mutex(Parts())

    init(limit: Int) { self.limit = limit }

    func didReceiveHead(task: HTTPClient.Task<OktaAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        guard length <= limit else { return task.eventLoop.makeFailedFuture(TransportFailure.tooLarge) }
        parts.withLock { parts in
            parts.head = head
            // Room after the text lets the JSON parser work in place.
            parts.body.reserveCapacity(length + JSONDocument.padding)
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<OktaAnswer>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let total = parts.withLock { parts in
            parts.body.writeImmutableBuffer(part)
            return parts.body.readableBytes
        }
        guard total <= limit else { return task.eventLoop.makeFailedFuture(TransportFailure.tooLarge) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<OktaAnswer>) throws -> OktaAnswer {
        try parts.withLock { parts in
            guard let head = parts.head else { throw HTTPClientError.remoteConnectionClosed }
            return OktaAnswer(status: Int(head.status.code), headers: head.headers, body: parts.body)
        }
    }
}
