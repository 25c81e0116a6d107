import Analysis
public import Logging
import Problems
public import Sync

extension Integrations {
    /// What connects, checks and syncs the tenants of an opened data folder.
    public init(_ installation: Installation, logger: Logger) {
        var how = Integrations.Configuration(lockFolder: installation.folder.path)
        how.demoAddress = installation.folder.demoAddress
        how.okta = installation.configuration.okta
        how.factors = installation.configuration.factors
        how.leaseSeconds = installation.configuration.leaseSeconds
        how.afterSync = { store, now throws(Problem) in try await store.keepUsage(now: now) }
        self.init(store: installation.store, vault: installation.vault, configuration: how, logger: logger)
    }
}
