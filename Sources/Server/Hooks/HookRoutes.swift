import Accounts
import DatabaseEngine
import Directory
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OktaAPI
import Problems
import Storage
import Sync
import WebSupport

/// Where Okta's Event Hooks post to: `/hooks/okta/ID`. Open to everyone by rule, since Okta signs in to nothing; the
/// secret in the header decides. A delivery is stored first and answered then, whoever works on it later.
struct HookRoutes: Sendable {
    let engine: Engine
    let bells: TailBells
    let logger: Logger
    var clock: @Sendable () -> Timestamp = { Timestamp.now }
    private let refusals = HookRefusals()
    private let trims = HookTrims()
    private let floods = HookFloods()

    init(engine: Engine, bells: TailBells, logger: Logger) {
        self.engine = engine
        self.bells = bells
        self.logger = logger
    }

    static let path = "/hooks/okta/:id"
    /// The rules of the addresses, as every address of Muster has one.
    static let rules = [
        RouteRule(.get, path, .everyone, "Event hook: verification"),
        RouteRule(.post, path, .everyone, "Event hook: delivery"),
    ]

    func addRoutes(to router: Router<AppRequestContext>) {
        for rule in Self.rules {
            router.on(RouterPath(rule.path), method: rule.method) { request, context in
                let answer: Answer
                do {
                    answer =
                        rule.method == .post
                        ? try await take(request, context) : try await verify(request, context)
                } catch {
                    note(Problem.from(error))
                    // Okta tries once more; what it then gives up comes with the System Log.
                    answer = .refusal(.serviceUnavailable, "not stored; try again")
                }
                return answer.response
            }
        }
    }

    /// A flood of deliveries is said once a minute, not once a delivery.
    private func note(_ problem: Problem) {
        let isFlood = problem.id == StorageProblem.crowded.id
        if isFlood, !floods.isDue(now: clock()) { return }
        logger.log(
            level: isFlood ? .warning : .error, "an event hook could not be answered",
            metadata: ["problem": "\(problem.id)"])
    }

    // MARK: Verification

    /// Okta asks once whether the address is ours, and takes its own words back for an answer.
    private func verify(_ request: Request, _ context: AppRequestContext) async throws(Problem) -> Answer {
        guard let (hook, store) = try await hook(context) else { return .unknown }
        guard let challenge = request.headers[Self.challenge], (1...1_024).contains(challenge.utf8.count) else {
            return .refusal(.badRequest, "the header x-okta-verification-challenge is missing")
        }
        let now = clock()
        // Anybody who knows the address can ask: not every question is a write.
        if hook.verifiedAt.map({ now.seconds - $0.seconds >= 60 }) ?? true {
            try await store.noteHookVerified(hook.integrationID, now: now)
        }
        return .verification(challenge)
    }

    // MARK: Delivery

    private func take(_ request: Request, _ context: AppRequestContext) async throws(Problem) -> Answer {
        guard let (hook, store) = try await hook(context) else { return .unknown }
        guard HookKeys.opens(hook, with: request.headers[.authorization]) else {
            try await noteRefusal(hook, store)
            return .refusal(.unauthorized, "the secret is missing or wrong")
        }
        guard let body = await Self.body(of: request) else {
            return .refusal(.contentTooLarge, "a delivery has at most \(HookDelivery.maxBytes) bytes")
        }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        let delivery: HookDelivery
        do throws(Problem) {
            guard type.hasPrefix("application/json") else {
                return .refusal(.badRequest, "a delivery is application/json")
            }
            delivery = try HookDelivery(body)
        } catch {
            return .refusal(.badRequest, error.title)
        }
        let inbox = HookInbox(store)
        let isNew = try await inbox.receive(delivery.eventID, body: body, for: hook.integrationID, now: clock())
        if isNew { bells.ring(TenantID(workspaceID: store.workspaceID, integrationID: hook.integrationID)) }
        await trimIfDue(hook, inbox)
        return .stored
    }

    /// The hook an address leads to, and the workspace it is in.
    private func hook(_ context: AppRequestContext) async throws(Problem) -> (EventHook, Store)? {
        guard let address = HookAddress(context.parameters.get("id") ?? "") else { return nil }
        let store = Store(engine: engine, workspaceID: address.workspaceID)
        return try await store.eventHook(at: address).map { ($0, store) }
    }

    /// The body; nil when it is too large.
    private static func body(of request: Request) async -> [UInt8]? {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > HookDelivery.maxBytes {
            return nil
        }
        var request = request
        guard let buffer = try? await request.collectBody(upTo: HookDelivery.maxBytes) else { return nil }
        return Array(buffer.readableBytesView)
    }

    /// Anybody who knows the address can cause refusals: they are counted, but written down only now and then.
    private func noteRefusal(_ hook: EventHook, _ store: Store) async throws(Problem) {
        let now = clock()
        guard let count = refusals.count(hook.address, now: now) else { return }
        logger.warning(
            "a delivery of an event hook was refused: its secret is missing or wrong",
            metadata: ["integration": "\(hook.integrationID)"])
        try await store.noteHookRefused(hook.integrationID, count: count, now: now)
    }

    private func trimIfDue(_ hook: EventHook, _ inbox: HookInbox) async {
        let now = clock()
        guard trims.isDue(hook.address, now: now) else { return }
        do throws(Problem) {
            let dropped = try await inbox.trim(hook.integrationID, now: now)
            guard dropped > 0 else { return }
            logger.warning(
                "deliveries of an event hook that nobody took were let go; the System Log has them",
                metadata: ["integration": "\(hook.integrationID)", "deliveries": "\(dropped)"])
        } catch {
            logger.error("old deliveries could not be let go", metadata: ["problem": "\(error.id)"])
        }
    }

    private static let challenge = HTTPField.Name("x-okta-verification-challenge") ?? .authorization

    // MARK: Answers

    private enum Answer {
        case stored
        case verification(String)
        case refusal(HTTPResponse.Status, String)

        static let unknown = Answer.refusal(.notFound, "there is no event hook at this address")

        var response: Response {
            switch self {
            case .stored: Response(status: .noContent, headers: [.cacheControl: "no-store"])
            case .verification(let challenge):
                Self.text("{\"verification\":\(JSONText.quoted(challenge))}", .ok, "application/json")
            case .refusal(let status, let why): Self.text(why + "\n", status, "text/plain; charset=utf-8")
            }
        }

        private static func text(_ text: String, _ status: HTTPResponse.Status, _ type: String) -> Response {
            var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
            if status == .serviceUnavailable { headers[.retryAfter] = "5" }
            if let nosniff = HTTPField.Name("X-Content-Type-Options") { headers[nosniff] = "nosniff" }
            return Response(
                status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
