import Synchronization

/// Decides, request by request, what goes wrong; the same requests for a seed.
final class FaultPlan: Sendable {
    let seed: UInt64
    private let kinds: [Fault.Kind]
    private let state = Mutex(State())

    private struct State {
        var requests = 0
        var authenticated = 0
        var refusedByMinute = 0
        var refusedAtOnce = 0
        var cursors = 0
        var ended: Set<String> = []
    }

    init(_ faults: [Fault], seed: UInt64) {
        kinds = faults.map(\.kind)
        self.seed = seed
    }

    /// The number of this request, from 1.
    func count() -> Int {
        state.withLock { state in
            state.requests += 1
            return state.requests
        }
    }

    private func strikes(_ share: Double, _ number: Int, _ subject: Int) -> Bool {
        var chance = Randomness(seed, .fault, number &* 16 &+ subject)
        return chance.chance(share)
    }

    func delay(_ number: Int) -> Int {
        kinds.reduce(0) { sum, kind in
            if case .slow(let share, let milliseconds) = kind, strikes(share, number, 1) { return sum + milliseconds }
            return sum
        }
    }

    func isRevoked(_ number: Int) -> Bool {
        for case .revokeAfter(let count) in kinds {
            let seen = state.withLock { state in
                state.authenticated += 1
                return state.authenticated
            }
            return seen > count
        }
        return false
    }

    /// Refusals for too many requests, and Okta's timeout.
    func refuse(_ number: Int, path: String) throws {
        for kind in kinds {
            switch kind {
            case .broken(let text): if path.contains(text) { throw OktaError.timeout }
            case .tooManyByMinute(let most):
                let refused =
                    number % 5 == 0
                    && state.withLock { state in
                        state.refusedByMinute += 1
                        return state.refusedByMinute <= most
                    }
                if refused { throw OktaError.tooMany }
            case .tooManyAtOnce(let most):
                let refused =
                    number % 5 == 2
                    && state.withLock { state in
                        state.refusedAtOnce += 1
                        return state.refusedAtOnce <= most
                    }
                if refused {
                    throw OktaError(
                        status: 429, code: OktaError.tooMany.code, summary: OktaError.tooMany.summary, causes: [],
                        headers: [("X-Rate-Limit-Limit", "0")])
                }
            case .serverError(let share): if strikes(share, number, 2) { throw OktaError.timeout }
            default: break
            }
        }
    }

    func refuse(_ resource: Resource) throws {
        for kind in kinds {
            if kind == .forbid(resource) { throw OktaError.forbidden }
            if kind == .unavailable(resource) { throw OktaError.unavailable }
        }
    }

    /// What the headers of a refusal say: nothing left until the window ends, or no limit at all for too many at once.
    func standing(_ error: OktaError, _ number: Int, _ standing: RateLimits.Standing) -> RateLimits.Standing {
        guard error.status == 429 else { return standing }
        if !error.headers.isEmpty { return RateLimits.crowded(at: Tenant.wallClock()) }
        var standing = standing
        standing.remaining = 0
        return standing
    }

    // MARK: Answers

    func answer(_ inquiry: Inquiry, isClients: Bool) throws -> Answer {
        if inquiry.query["after"] != nil {
            for case .expiredCursor(let which) in kinds {
                let seen = state.withLock { state in
                    state.cursors += 1
                    return state.cursors
                }
                if seen == which {
                    throw inquiry.path.first == "logs" || inquiry.query["search"] != nil
                        ? OktaError.badSearch("Invalid cursor.") : OktaError.badPaging
                }
            }
        }
        if isClients { return try inquiry.clientRoles() }
        if let way = Resource.way(inquiry) { try refuse(way) }
        let isUserList = inquiry.path == ["users"]
        if isUserList, kinds.contains(.emptyUsers) { return inquiry.whole { _ in } }
        var answer = try inquiry.answer()
        if isUserList, kinds.contains(.loopNext), inquiry.query["after"] != nil {
            // The second page points at itself.
            let own = inquiry.url(limit: inquiry.limit(standard: 200, most: 200), after: inquiry.query["after"])
            answer.links = answer.links.filter { $0.relation != "next" } + [(own, "next")]
        }
        return answer
    }

    /// How many objects vanish now: once the users', groups' and apps' listings have each ended.
    func vanishing(path: [Substring]) -> Int? {
        guard path.count == 1, let name = path.first, ["users", "groups", "apps"].contains(name) else { return nil }
        for case .deleteMidSync(let count) in kinds {
            let complete = state.withLock { state in
                state.ended.insert(String(name))
                return state.ended.count == 3
            }
            return complete ? count : nil
        }
        return nil
    }

    /// How many objects have vanished by the end, for the truth.
    var vanished: Int? {
        for case .deleteMidSync(let count) in kinds { return count }
        return nil
    }

    // MARK: The Event Hook

    /// What becomes of a delivery on purpose; `delay` is in milliseconds.
    func hookFate(_ number: Int) -> (isLost: Bool, isTwice: Bool, delay: Int) {
        var fate = (isLost: false, isTwice: false, delay: 0)
        for kind in kinds {
            switch kind {
            case .hookLost(let share): if strikes(share, number, 5) { fate.isLost = true }
            case .hookDuplicates(let share): if strikes(share, number, 6) { fate.isTwice = true }
            case .hookDisorder(let share):
                if strikes(share, number, 7) { fate.delay = 500 + Int(scatter(UInt64(number)) % 4_000) }
            default: break
            }
        }
        return fate
    }

    struct Spoiled {
        var status: Int
        var body: [UInt8]
        var isHTML = false
    }

    /// Cuts a body short, or puts a proxy's page in its place.
    func spoil(_ answer: Answer, _ number: Int) -> Spoiled {
        guard answer.status == 200 else { return Spoiled(status: answer.status, body: answer.body) }
        for kind in kinds {
            switch kind {
            case .truncate(let share) where strikes(share, number, 3):
                return Spoiled(status: 200, body: Array(answer.body.prefix(answer.body.count / 2)))
            case .html(let share) where strikes(share, number, 4):
                let page =
                    "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please try again</h1></body></html>"
                return Spoiled(status: number % 2 == 0 ? 200 : 502, body: Array(page.utf8), isHTML: true)
            default: break
            }
        }
        return Spoiled(status: answer.status, body: answer.body)
    }
}
