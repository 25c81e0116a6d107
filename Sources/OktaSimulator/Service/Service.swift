import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Everything between a request and its answer: credentials, limits, faults, routes and headers.
struct Service: HTTPResponder {
    typealias Context = BasicRequestContext

    let tenant: Tenant
    let limits: RateLimits
    let faults: FaultPlan
    let signIn: SignIn
    let latency: Int

    func respond(to request: Request, context: Context) async throws -> Response {
        guard limits.enter() else {
            return finish(error: .tooMany, standing: RateLimits.crowded(at: Tenant.wallClock()), number: 0)
        }
        defer { limits.leave() }
        let number = faults.count()
        let delay = latency + faults.delay(number)
        if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
        let path = request.uri.path.split(separator: "/").map { Substring(Query.decoded($0, plusIsBlank: false)) }
        if path == ["oauth2", "v1", "token"] { return try await token(request, number) }
        if path == [".well-known", "okta-organization"] {
            var json = renderer(request).json()
            renderer(request).wellKnown(into: &json)
            return finish(Answer(json.bytes), standing: nil, number: number)
        }
        return await serve(request, path, number)
    }

    private func renderer(_ request: Request) -> Renderer {
        let (snapshot, now) = tenant.current()
        return Renderer(company: snapshot.company, now: now, base: base(of: request))
    }

    /// Okta's links name the host it was called by.
    private func base(of request: Request) -> String {
        let scheme = request.headers[Self.forwardedProto] ?? "http"
        return "\(scheme)://\(request.head.authority ?? "localhost")"
    }

    // MARK: The API

    private func serve(_ request: Request, _ path: [Substring], _ number: Int) async -> Response {
        let isClients = path.starts(with: ["oauth2", "v1", "clients"])
        guard path.starts(with: ["api", "v1"]) || isClients else {
            return finish(error: .noSuchPath, standing: nil, number: number)
        }
        let inner = isClients ? Array(path.dropFirst(2)) : Array(path.dropFirst(2))
        let bucket = isClients ? Bucket.clients : Bucket.of(inner)
        let standing = limits.take(bucket, at: Tenant.wallClock())
        do {
            let grant = try await signIn.check(request, base: base(of: request))
            if faults.isRevoked(number) { throw OktaError.badToken }
            if standing.refused { throw OktaError.tooMany }
            try faults.refuse(number, path: request.uri.path)
            guard request.method == .get else { throw OktaError.method }
            let resource = isClients ? Resource.roles : Resource.behind(inner)
            if let resource {
                guard grant.allows(resource) else { throw OktaError.forbidden }
                try faults.refuse(resource)
            }
            let inquiry = Inquiry(
                path: inner, fullPath: request.uri.path, query: Query(request.uri.query ?? ""),
                renderer: renderer(request))
            var answer = try faults.answer(inquiry, isClients: isClients)
            if answer.endsListing, let share = faults.vanishing(path: inner) { tenant.vanish(share) }
            answer.endsListing = false
            return finish(answer, standing: standing, number: number)
        } catch let error as OktaError {
            return finish(error: error, standing: faults.standing(error, number, standing), number: number)
        } catch {
            return finish(error: .timeout, standing: standing, number: number)
        }
    }

    private func token(_ request: Request, _ number: Int) async throws -> Response {
        let standing = limits.take(.token, at: Tenant.wallClock())
        if standing.refused { return finish(error: .tooMany, standing: standing, number: number) }
        var answer = await signIn.token(request, base: base(of: request))
        answer.headers.append(("Cache-Control", "no-cache, no-store"))
        return finish(answer, standing: standing, number: number)
    }

    // MARK: Headers

    private static let forwardedProto = name("X-Forwarded-Proto")
    private static let link = name("Link")
    private static let requestID = name("X-Okta-Request-Id")
    private static let limit = name("X-Rate-Limit-Limit")
    private static let remaining = name("X-Rate-Limit-Remaining")
    private static let reset = name("X-Rate-Limit-Reset")

    private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .server }

    private func finish(error: OktaError, standing: RateLimits.Standing?, number: Int) -> Response {
        var answer = Answer(
            status: error.status, body: error.body(errorID: "oae" + String(requestID(number).prefix(22))))
        answer.headers = error.headers
        return finish(answer, standing: standing, number: number)
    }

    private func requestID(_ number: Int) -> String {
        let high = scatter(faults.seed ^ UInt64(number))
        return String(high, radix: 16) + String(scatter(high), radix: 16)
    }

    private func finish(_ answer: Answer, standing: RateLimits.Standing?, number: Int) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[Self.requestID] = requestID(number)
        if let standing {
            headers[Self.limit] = String(standing.limit)
            headers[Self.remaining] = String(standing.remaining)
            headers[Self.reset] = String(standing.reset)
        }
        for link in answer.links {
            headers.append(HTTPField(name: Self.link, value: "<\(link.url)>; rel=\"\(link.relation)\""))
        }
        for header in answer.headers {
            if let name = HTTPField.Name(header.name) { headers[name] = header.value }
        }
        headers[.cacheControl] = headers[.cacheControl] ?? "no-cache, no-store"
        let spoiled = faults.spoil(answer, number)
        if spoiled.isHTML { headers[.contentType] = "text/html;charset=UTF-8" }
        return Response(
            status: .init(code: spoiled.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: spoiled.body)))
    }
}
