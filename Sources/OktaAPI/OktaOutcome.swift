public import Problems

/// What a failed page means for the work in hand: the one switch that callers make.
public enum OktaOutcome: Sendable, Equatable {
    /// The credential is dead: stop everything and tell the admin.
    case disconnected
    /// This resource may not be read; go on with the others. Holds Okta's error code.
    case forbidden(code: String)
    /// The tenant lacks the feature; go on with the others. Holds Okta's error code.
    case unavailable(code: String)
    /// The object was deleted meanwhile; treat it, and only it, as deleted.
    case gone
    /// Start this listing again from its first page.
    case restartListing
    /// Stop this listing with an error and go on with the others.
    case stopListing
    /// Stop now; running again later goes on from the last checkpoint.
    case resumeLater
    /// Refuse the connection: it would lead to wrong answers.
    case refused
    /// A defect or something that no page fails with.
    case failed

    /// What a problem thrown by `OktaClient` means.
    public init(_ problem: Problem) {
        let code = problem.context["errorCode"] ?? ""
        switch OktaProblem(rawValue: problem.id) {
        case .tokenRejected: self = .disconnected
        case .forbidden: self = .forbidden(code: code)
        case .unavailable: self = .unavailable(code: code)
        case .gone: self = .gone
        case .cursorExpired: self = .restartListing
        case .pagingLoop, .answerTooLarge, .queryRefused: self = .stopListing
        case .unreachable, .proxyUnusable, .rateLimited, .answerMalformed, .hostUnknown, .cancelled: self = .resumeLater
        case .usersEmpty, .scopeNotReadOnly, .scopeNotGranted, .domainNotOkta, .tlsUntrusted: self = .refused
        default: self = .failed
        }
    }
}
