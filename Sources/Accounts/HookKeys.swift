import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// Switches the Event Hooks of tenants on and off. The secret of a hook is shown once, when it is made, and kept as a hash.
public struct HookKeys: Sendable {
    /// A hook whose secret may be shown now, and never again.
    public struct Made: Sendable {
        /// Where Okta posts to.
        public let address: HookAddress
        /// What Okta sends in the header `Authorization`.
        public let secret: String
    }

    private let store: Store
    private let audit: AuditTrail
    private let clock: @Sendable () -> Timestamp

    /// The hooks of one workspace.
    public init(store: Store, clock: @Sendable @escaping () -> Timestamp = { Timestamp.now }) {
        self.store = store
        self.clock = clock
        audit = AuditTrail(store: store, clock: clock)
    }

    /// Switches a tenant's hook on; one that is on keeps its address and gets a new secret, and the old one ends at once.
    ///
    /// - Throws: `hook.disconnected` for a tenant that is not read any more.
    public func make(for integration: Integration, actor: String) async throws(Problem) -> Made {
        guard integration.disconnectedAt == nil else {
            throw Problem(
                id: "hook.disconnected", kind: .conflict, title: "“\(integration.name)” is disconnected",
                explanation: "Nobody would take what a hook delivers.", remedy: "Connect the tenant again first.")
        }
        let secret = SecretToken.random()
        let address = HookAddress(
            workspaceID: store.workspaceID, random: String(SecretToken.random().text.prefix(22)))
        let now = clock()
        let kept = try await store.write { connection in
            let kept = try store.keepHook(
                of: integration.id, address: address, secretSHA256: secret.sha256, now: now, on: connection)
            try audit.record(
                actor: actor, action: kept == address ? "hook.on" : "hook.rotate", subject: integration.name,
                detail: nil, on: connection)
            return kept
        }
        return Made(address: kept, secret: secret.text)
    }

    /// Switches a tenant's hook off: its address is gone, and what waits is let go.
    ///
    /// - Returns: whether it was on.
    public func switchOff(_ integration: Integration, actor: String) async throws(Problem) -> Bool {
        try await store.write { connection in
            guard try store.removeHook(of: integration.id, on: connection) else { return false }
            try audit.record(
                actor: actor, action: "hook.off", subject: integration.name, detail: nil, on: connection)
            return true
        }
    }

    /// Whether a delivery carries the secret of a hook, compared in a time that does not tell how much of it is right.
    public static func opens(_ hook: EventHook, with secret: String?) -> Bool {
        guard let secret, secret.utf8.count <= 1_024 else { return false }
        return constantTimeEquals(hook.secretSHA256, SecretToken(text: secret).sha256)
    }
}
