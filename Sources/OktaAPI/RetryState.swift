import Problems

/// How often one call was repeated, and what the next failure leads to.
struct RetryState {
    let maxRetries: Int
    private(set) var retry = 0
    private var concurrencyRefusals = 0
    /// Access tokens fetched for this call's sake.
    var renewals = 0
    /// Nonces learnt for this call's sake.
    var nonces = 0

    init(maxRetries: Int) { self.maxRetries = maxRetries }

    enum Step {
        /// Repeat after so many seconds.
        case again(Double)
        /// Go on with what the answer asked for; that is no repeat.
        case goOn
        case fail(Problem)
    }

    /// Repeat after a pause, unless it was repeated often enough.
    mutating func again(
        _ problem: OktaProblem, _ context: [String: String], _ configuration: OktaClientConfiguration
    ) -> Step {
        guard retry < maxRetries else { return .fail(problem.problem(context: context)) }
        defer { retry += 1 }
        return .again(
            RetryPause.seconds(
                base: configuration.retryBaseSeconds, retry: retry, longest: configuration.maxRetryPauseSeconds))
    }

    /// Repeat as soon as the gate opens.
    mutating func againNow(_ problem: OktaProblem, _ context: [String: String]) -> Step {
        guard retry < maxRetries else { return .fail(problem.problem(context: context)) }
        retry += 1
        return .again(0)
    }

    /// Repeat after a pause of its own length: the told reset is no help here.
    mutating func afterConcurrencyLimit(_ context: [String: String], _ configuration: OktaClientConfiguration) -> Step {
        guard retry < maxRetries else { return .fail(OktaProblem.rateLimited.problem(context: context)) }
        defer {
            retry += 1
            concurrencyRefusals += 1
        }
        return .again(
            RetryPause.seconds(
                base: configuration.concurrencyBackoffSeconds, retry: concurrencyRefusals,
                longest: configuration.maxRetryPauseSeconds))
    }

    /// What no answer at all leads to.
    mutating func after(_ failure: TransportFailure, _ configuration: OktaClientConfiguration) -> Step {
        switch failure {
        case .network(let text): again(.unreachable, ["failure": text], configuration)
        case .hostUnknown: again(.hostUnknown, [:], configuration)
        case .proxy(let text): again(.proxyUnusable, ["failure": text], configuration)
        case .notAllowed, .tlsUntrusted, .tooLarge, .cancelled: .fail(failure.problem)
        }
    }
}

extension TransportFailure {
    /// The failure as it is shown.
    var problem: Problem {
        switch self {
        case .notAllowed: OktaProblem.requestNotAllowed.problem()
        case .hostUnknown: OktaProblem.hostUnknown.problem()
        case .tlsUntrusted(let text): OktaProblem.tlsUntrusted.problem(context: ["failure": text])
        case .tooLarge: OktaProblem.answerTooLarge.problem()
        case .cancelled: OktaProblem.cancelled.problem()
        case .proxy(let text): OktaProblem.proxyUnusable.problem(context: ["failure": text])
        case .network(let text): OktaProblem.unreachable.problem(context: ["failure": text])
        }
    }
}
