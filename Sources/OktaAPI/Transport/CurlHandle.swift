import CCurl
import Dispatch
import NIOCore
import NIOHTTP1
import Synchronization

/// One connection of libcurl, kept open between requests. Blocks the thread that it is used on.
///
/// `@unchecked Sendable`: the C handle belongs to no thread, and libcurl allows its use by any thread as long as it is one
/// at a time; `OktaTransport` takes a handle out of its store for the length of a request, so no two ever use it together.
final class CurlHandle: @unchecked Sendable {
    /// What is the same for every request of a tenant.
    struct Settings: Sendable {
        var timeoutSeconds: Int
        var maxBodyBytes: Int
        var userAgent: String
        var proxy: OktaProxy?
        var trustRootsPEMFile: String?
        /// Whether answers may come compressed.
        var acceptsGzip: Bool
    }

    /// One question: a GET, or the POST of a form.
    struct Request: Sendable {
        var url: String
        var headers: HTTPHeaders
        var form: String?
    }

    /// Stops a request that nobody waits for any more, within a second.
    final class Cancellation: Sendable {
        private let wanted = Atomic<Bool>(false)
        func cancel() { wanted.store(true, ordering: .relaxed) }
        var isWanted: Bool { wanted.load(ordering: .relaxed) }
    }

    /// Where its requests wait. A serial queue gets a thread of its own; a concurrent one would share those of Swift's
    /// tasks, of which there are as many as cores.
    let thread = DispatchQueue(label: "muster.okta.request")

    private let handle: UnsafeMutableRawPointer

    // CURL_GLOBAL_DEFAULT: TLS, and what Windows needs.
    private static let isReady = curl_global_init(3) == CURLE_OK

    /// A handle that is not connected yet; nil when memory is short.
    init?() {
        guard Self.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// Sends a request and waits for the whole answer.
    func perform(
        _ request: Request, _ settings: Settings, _ cancellation: Cancellation
    ) throws(TransportFailure) -> OktaAnswer {
        let exchange = Exchange(limit: settings.maxBodyBytes, cancellation: cancellation)
        var lines: UnsafeMutablePointer<curl_slist>?
        for (name, value) in request.headers { lines = curl_slist_append(lines, "\(name): \(value)") }
        // Without this, curl would ask for leave before it sends a form.
        lines = curl_slist_append(lines, "Expect:")
        defer { curl_slist_free_all(lines) }
        // Keeps the connection, forgets everything else of the request before.
        curl_easy_reset(handle)
        apply(settings)
        set(CURLOPT_URL, request.url)
        ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)
        if let form = request.form {
            set(CURLOPT_POSTFIELDSIZE, form.utf8.count)
            set(CURLOPT_COPYPOSTFIELDS, form)
        }
        let code = withExtendedLifetime(exchange) {
            let context = Unmanaged.passUnretained(exchange).toOpaque()
            ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
            ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
            ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
            return curl_easy_perform(handle)
        }
        guard code == CURLE_OK else { throw failure(code, exchange, isProxied: settings.proxy != nil) }
        return OktaAnswer(
            status: ccurl_number(handle, CURLINFO_RESPONSE_CODE), headers: exchange.headers, body: exchange.body)
    }

    private func apply(_ settings: Settings) {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, 10_000)
        set(CURLOPT_TIMEOUT_MS, settings.timeoutSeconds * 1000)
        set(CURLOPT_BUFFERSIZE, 512 * 1024)
        set(CURLOPT_USERAGENT, settings.userAgent)
        if settings.acceptsGzip { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        // Beside the system's folder of roots, which stays trusted.
        if let file = settings.trustRootsPEMFile { set(CURLOPT_CAINFO, file) }
        apply(settings.proxy)
        ccurl_set_receive(handle, CURLOPT_HEADERFUNCTION, Exchange.receiveHeader)
        ccurl_set_receive(handle, CURLOPT_WRITEFUNCTION, Exchange.receiveBody)
        ccurl_set_progress(handle, Exchange.goOn)
        set(CURLOPT_NOPROGRESS, 0)
    }

    private func apply(_ proxy: OktaProxy?) {
        // An empty address keeps curl from taking one from the environment by its own rules.
        guard let proxy else { return set(CURLOPT_PROXY, "") }
        set(CURLOPT_PROXY, "http://\(proxy.host.contains(":") ? "[\(proxy.host)]" : proxy.host)")
        set(CURLOPT_PROXYPORT, proxy.port)
        set(CURLOPT_HTTPPROXYTUNNEL, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // Our own rules decided that the proxy stands before this host.
        set(CURLOPT_NOPROXY, "")
        if let name = proxy.name {
            set(CURLOPT_PROXYUSERNAME, name)
            set(CURLOPT_PROXYPASSWORD, proxy.password ?? "")
        }
    }

    private func set(_ option: CURLoption, _ value: String) { ccurl_set_text(handle, option, value) }

    private func set(_ option: CURLoption, _ value: some BinaryInteger) { ccurl_set_number(handle, option, Int(value)) }

    private func failure(_ code: CURLcode, _ exchange: Exchange, isProxied: Bool) -> TransportFailure {
        if exchange.isTooLarge { return .tooLarge }
        let reason = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_ABORTED_BY_CALLBACK: return .cancelled
        case CURLE_COULDNT_RESOLVE_HOST: return .hostUnknown
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: return .tlsUntrusted(reason)
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: return .proxy(reason)
        case CURLE_COULDNT_CONNECT where isProxied: return .proxy(reason)
        default:
            let status = isProxied ? ccurl_number(handle, CURLINFO_HTTP_CONNECTCODE) : 0
            return status == 0 || status == 200 ? .network(reason) : .proxy("The proxy answered \(status).")
        }
    }
}

/// What one request has received so far.
private final class Exchange {
    /// Okta's headers take about 3 kB. libcurl bounds one line, not how many there are.
    private static let mostHeaderBytes = 256 << 10

    private let limit: Int
    private var headerBytes = 0
    private let cancellation: CurlHandle.Cancellation
    private(set) var headers = HTTPHeaders()
    private(set) var body = ByteBuffer()
    private(set) var isTooLarge = false

    init(limit: Int, cancellation: CurlHandle.Cancellation) {
        self.limit = limit
        self.cancellation = cancellation
    }

    static let receiveHeader: ccurl_receive = { bytes, size, count, context in
        Exchange.at(context)?.take(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) == true
            ? size * count : 0
    }

    static let receiveBody: ccurl_receive = { bytes, size, count, context in
        Exchange.at(context)?.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) == true
            ? size * count : 0
    }

    static let goOn: ccurl_progress = { context, _, _, _, _ in
        Exchange.at(context)?.cancellation.isWanted == false ? 0 : 1
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> Exchange? {
        context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    /// One header line; false ends the request.
    private func take(header bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.starts(with: "HTTP/".utf8) else {
            // An answer begins; one that only announced another is forgotten.
            headers = HTTPHeaders()
            return true
        }
        headerBytes += bytes.count
        isTooLarge = headerBytes > Self.mostHeaderBytes
        if isTooLarge { return false }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return true }
        var first = colon + 1
        var end = bytes.endIndex
        while first < end, bytes[first] <= 32 { first += 1 }
        while end > first, bytes[end - 1] <= 32 { end -= 1 }
        let name = String(decoding: bytes[..<colon], as: UTF8.self)
        let text = String(decoding: bytes[first..<end], as: UTF8.self)
        headers.add(name: name, value: text)
        guard name.utf8.count == 14, name.lowercased() == "content-length", let length = Int(text) else { return true }
        isTooLarge = length > limit
        // Room after the text lets the JSON parser work in place.
        if !isTooLarge { body.reserveCapacity(max(0, length) + JSONDocument.padding) }
        return !isTooLarge
    }

    private func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = body.readableBytes + bytes.count > limit
        if !isTooLarge { body.writeBytes(bytes) }
        return !isTooLarge
    }
}
