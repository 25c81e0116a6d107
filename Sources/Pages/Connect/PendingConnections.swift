import Directory
import OktaAPI

/// Credentials between "check" and "connect": in memory only, for a quarter of an hour, never sent back to the browser.
actor PendingConnections {
    struct Pending: Sendable {
        let domain: OktaDomain
        let credential: OktaCredential
        let name: String?
        let contact: String?
        let session: String
        let expiresAt: Timestamp
    }

    private var kept: [String: Pending] = [:]

    /// Keeps a connection and gives the number it is fetched by.
    func keep(_ pending: Pending, now: Timestamp) -> String {
        kept = kept.filter { $0.value.expiresAt > now && $0.value.session != pending.session }
        // More than this many people connecting at once is nobody's day; the oldest make room.
        while kept.count >= 20, let oldest = kept.min(by: { $0.value.expiresAt < $1.value.expiresAt }) {
            kept[oldest.key] = nil
        }
        let key = String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
        kept[key] = pending
        return key
    }

    /// Takes a connection out, if it is this session's and still fresh.
    func take(_ key: String, session: String, now: Timestamp) -> Pending? {
        guard let pending = kept[key], pending.session == session, pending.expiresAt > now else { return nil }
        kept[key] = nil
        return pending
    }
}
