public import Directory
public import Logging
import NIOCore
import NIOHTTP1
public import Problems

/// Reads one Okta tenant, and can do nothing else.
///
/// Every call waits for the tenant's rate budget, is repeated when the failure may pass, and is written to the ledger.
public final class OktaClient: Sendable {
    /// The tenant's host.
    public let domain: OktaDomain
    /// What kind of credential is used: `API token`, `service app` or `API service integration`.
    public let credentialKind: String

    let calls: Calls
    let authorizer: Authorizer
    private let decoder: PageDecoder
    private let loops = LoopGuard()

    /// A client of one tenant. Nothing is sent yet; what is wrong with the settings shows at the first call.
    ///
    /// - Parameter limits: what other clients of the tenant go by too; nil when there are none.
    public init(
        domain: OktaDomain, credential: OktaCredential,
        configuration: OktaClientConfiguration = OktaClientConfiguration(), limits: TenantLimits? = nil,
        ledger: any CallLedger, logger: Logger
    ) {
        self.domain = domain
        credentialKind = credential.kindName
        let calls = Calls(
            domain: domain, configuration: configuration, limits: limits, ledger: ledger, logger: logger)
        self.calls = calls
        decoder = PageDecoder(parsers: calls.parsers)
        if case .apiToken(let token) = credential {
            authorizer = .token(
                String(token.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()))
        } else {
            authorizer = .session(
                OAuthSession(credential: credential, domain: domain, configuration: configuration, calls: calls))
        }
    }

    /// How much of the tenant's rate limits is in use right now.
    public var budget: RateBudget { calls.gate.budget }

    /// Ends every connection. The client is of no use afterwards.
    public func shutdown() async { await calls.shutdown() }

    /// The tenant's description of itself, asked without a credential: proves that the host is an Okta org before anything
    /// secret is sent to it.
    public func organization() async throws(Problem) -> Organization {
        // Two repeats are enough for an answer while somebody waits for the check of what they pasted.
        let call = Calls.Call(
            target: "/.well-known/okta-organization", callClass: "organization",
            maxRetries: min(2, calls.configuration.maxRetries))
        let organization: Organization?
        do throws(Problem) {
            organization = try await calls.read(call) { [calls] answer in
                let organization = try answer.body.withUnsafeReadableBytes { bytes in
                    try calls.parsers.withParser { parser in
                        try parser.parse(bytes, padded: false) { Organization(okta: $0) }
                    }
                }
                return (organization, nil)
            }
        } catch {
            switch OktaProblem(rawValue: error.id) {
            case .answerMalformed, .unavailable, .queryRefused, .forbidden, .tokenRejected:
                throw OktaProblem.domainNotOkta.problem(context: error.context)
            default: throw error
            }
        }
        guard let organization else { throw OktaProblem.domainNotOkta.problem(context: ["host": domain.host]) }
        return organization
    }

    /// One page of a listing: its first, or the one that an earlier page's `next` led to.
    ///
    /// Fails with an `OktaProblem`; `OktaOutcome` says what each means for the work in hand.
    public func page<Item>(_ listing: Listing<Item>, at cursor: Cursor? = nil) async throws(Problem) -> Page<Item> {
        if case .token(let token) = authorizer, !Authorizer.isWellFormed(token) {
            throw OktaProblem.credentialMalformed.problem()
        }
        let target = cursor?.text ?? listing.firstTarget
        guard target.prefix(while: { $0 != "?" }) == listing.path else {
            throw OktaProblem.requestNotAllowed.problem(context: ["cursor": target, "listing": listing.path])
        }
        let call = Calls.Call(
            target: target, callClass: listing.callClass, headers: listing.headers, authorizer: authorizer,
            hasCursor: cursor != nil, hasSubject: listing.subject != nil, maxRetries: calls.configuration.maxRetries)
        let (decoded, answer) = try await calls.read(call) { [decoder] answer in
            let decoded = try decoder.decode(answer.body, as: listing)
            return ((decoded, answer), decoded.items.count + decoded.quarantined.count)
        }
        let page = Page(
            items: decoded.items, quarantined: decoded.quarantined,
            next: try next(decoded, answer, of: listing, after: target, isFirst: cursor == nil),
            bytes: answer.body.readableBytes, requestID: answer.headers.first(name: "X-Okta-Request-Id"))
        if listing.resource == .users, cursor == nil, page.items.isEmpty, page.quarantined.isEmpty, page.next == nil {
            throw OktaProblem.usersEmpty.problem()
        }
        return page
    }

    private func next<Item>(
        _ decoded: DecodedPage<Item>, _ answer: OktaAnswer, of listing: Listing<Item>, after target: String,
        isFirst: Bool
    ) throws(Problem) -> Cursor? {
        let walk = listing.firstTarget
        guard let address = decoded.next ?? LinkHeader.next(in: answer.headers) else {
            loops.end(walk)
            return nil
        }
        guard var next = PageTarget.following(next: address, of: listing.path, query: listing.query) else {
            throw OktaProblem.answerMalformed.problem(context: ["next": address, "listing": listing.path])
        }
        let isStuck: Bool
        if case .endlessArray = listing.shape {
            // A list without an end would keep a page that was too slow once small for ever.
            if let limit = listing.limit { next = PageTarget.replacingLimit(of: next, with: limit) }
            // An empty page leads to itself: there is nothing new yet.
            isStuck = next == target && !decoded.items.isEmpty
        } else {
            isStuck = !loops.follow(from: target, to: next, in: walk, isFirst: isFirst)
        }
        if isStuck { throw OktaProblem.pagingLoop.problem(context: ["next": next, "listing": listing.path]) }
        return Cursor(text: next)
    }
}
