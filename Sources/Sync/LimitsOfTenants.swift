import OktaAPI
import Synchronization

/// The rate limits of each tenant that this process has read.
final class LimitsOfTenants: Sendable {
    private let known = Mutex<[Int64: TenantLimits]>([:])

    func of(_ integrationID: Int64, _ configuration: OktaClientConfiguration) -> TenantLimits {
        known.withLock { known in
            if let limits = known[integrationID] { return limits }
            let limits = TenantLimits(configuration)
            known[integrationID] = limits
            return limits
        }
    }
}
