import OktaAPI
import Storage
import Synchronization

/// The rate limits of each tenant that this process has read.
final class LimitsOfTenants: Sendable {
    private let known = Mutex<[TenantID: TenantLimits]>([:])

    func of(_ tenant: TenantID, _ configuration: OktaClientConfiguration) -> TenantLimits {
        known.withLock { known in
            if let limits = known[tenant] { return limits }
            let limits = TenantLimits(configuration)
            known[tenant] = limits
            return limits
        }
    }
}
