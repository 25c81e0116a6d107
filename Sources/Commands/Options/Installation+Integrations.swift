import Logging
import Problems
import Server
import Storage
import Sync

extension Installation {
    /// What connects, checks and syncs tenants.
    func integrations() -> Integrations {
        var how = Integrations.Configuration(lockFolder: folder.path)
        how.okta = configuration.okta
        return Integrations(store: store, vault: vault, configuration: how, logger: Logger(label: "muster"))
    }
}
