import Accounts
import HTTPTypes
import Hummingbird
import WebSupport

/// Who may read the metrics: they name tenants and tell how much they are used.
struct MetricsAccess: Sendable {
    /// What a reader elsewhere must send; nil when only this computer may read.
    let token: String?
    /// Whether a proxy stands in front, behind which everybody may look as if they were on this computer.
    let isBehindProxy: Bool

    /// What everybody else is told.
    static let refusal = """
        The metrics are for the computer that runs Muster, when no proxy stands in front. For a Prometheus elsewhere, set \
        metrics.token, and send it as a bearer token.

        """

    /// Whether a request may read them.
    func allows(_ request: Request, _ context: AppRequestContext) -> Bool {
        if let token, let sent = request.headers[.authorization], sent.lowercased().hasPrefix("bearer ") {
            return constantTimeEquals(sent.utf8.dropFirst(7), token.utf8)
        }
        return !isBehindProxy && PeerAddress(request, context).isThisComputer
    }
}
