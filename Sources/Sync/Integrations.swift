public import Directory
public import Logging
public import OktaAPI
public import Problems
public import Storage

/// Connects Okta tenants, checks them, syncs them and lets them go: what the connect page and the commands share.
public struct Integrations: Sendable {
    let store: Store
    let vault: any SecretVault
    let configuration: Configuration
    let clock: SyncClock
    let logger: Logger
    /// One budget for each tenant, whoever asks.
    let limits: LimitsOfTenants

    /// How tenants are read.
    public struct Configuration: Sendable {
        /// How politely Okta is asked.
        public var okta = OktaClientConfiguration()
        /// The share of open rows that one complete walk may close before it is held for a person.
        public var closureShare = 0.2
        /// Whose factors are read.
        public var factors = FactorReading.withinBudget
        /// The folder for the locks that keep two processes from syncing one tenant of an embedded database at once.
        public var lockFolder: String
        /// How long a process that is silent keeps its tenants.
        public var leaseSeconds = 30
        /// Where the made-up company of a demo was connected, when the data folder holds one.
        public var demoAddress: String?
        /// What is worked out of a tenant once a full sync of it has ended, for pages to read; a failure is logged alone.
        public var afterSync: (@Sendable (Store, Timestamp) async throws(Problem) -> Void)?

        /// The defaults, with locks in this folder.
        public init(lockFolder: String) { self.lockFolder = lockFolder }
    }

    /// Integrations of one workspace.
    public init(
        store: Store, vault: any SecretVault, configuration: Configuration, clock: SyncClock = .wall, logger: Logger
    ) {
        self.init(
            store: store, vault: vault, configuration: configuration, clock: clock, limits: LimitsOfTenants(),
            logger: logger)
    }

    init(
        store: Store, vault: any SecretVault, configuration: Configuration, clock: SyncClock, limits: LimitsOfTenants,
        logger: Logger
    ) {
        self.limits = limits
        self.store = store
        self.vault = vault
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    /// Asks a tenant what a credential may read and how much there is, and stores nothing.
    ///
    /// - Throws: `connect.demo`.
    public func check(domain: OktaDomain, credential: OktaCredential) async throws(Problem) -> ConnectionCheck {
        try await refuseBesideDemo(domain)
        let client = OktaClient(
            domain: domain, credential: credential, configuration: configuration.okta, ledger: NoLedger(),
            logger: logger)
        return try await withShutdown(of: client) { () async throws(Problem) in
            let probe = try await client.probe()
            let plan = try await planner.firstPlan(client: client, probe: probe)
            let now = clock.now()
            return ConnectionCheck(
                organization: probe.organization, probe: probe, plan: plan,
                gauges: client.budget.buckets.map { RateGauge($0, now: now) })
        }
    }

    /// Checks a tenant and stores it, its credential sealed. Connecting an org that was connected before under the same
    /// name gives it the new credential, address and contact.
    public func connect(
        name: String?, contact: String?, domain: OktaDomain, credential: OktaCredential
    ) async throws(Problem) -> (Integration, ConnectionCheck) {
        let check = try await check(domain: domain, credential: credential)
        let integration = try await add(name: name, contact: contact, domain, credential, check.organization)
        let coverage = Dictionary(uniqueKeysWithValues: check.probe.entries.map { ($0.resource, $0.coverage) })
        try await store.noteCoverage(coverage, of: integration.id, now: clock.now())
        // The first sync is planned by the limits that the check met.
        try await store.recordCalls([], gauges: check.gauges, of: integration.id)
        return (integration, check)
    }

    /// Refuses to put real people among those that a demo made up.
    private func refuseBesideDemo(_ domain: OktaDomain) async throws(Problem) {
        guard let demo = configuration.demoAddress, domain.baseURL != demo,
            try await store.integrations().contains(where: { $0.baseURL == demo })
        else { return }
        throw Problem(
            id: "connect.demo", kind: .usage, title: "This data folder holds the demo's made-up company",
            explanation: "Its people would stand among the real ones in every list and every number.",
            remedy: "Give the tenant a folder of its own, here and in every later command: "
                + "`muster connect \(domain.authority) … --data DIR`, or set $MUSTER_DATA.")
    }

    /// Refuses an org that is connected under another name: everybody in it would be listed twice.
    ///
    /// - Throws: `integration.org.connected`.
    public func refuseSecondName(
        _ name: String?, for domain: OktaDomain, _ organization: Organization
    ) async throws(Problem) {
        let name = name ?? Self.suggestedName(domain)
        let connected = try await store.integrations().first {
            $0.orgID == organization.id && $0.disconnectedAt == nil && $0.name != name
        }
        guard let connected else { return }
        throw Problem(
            id: "integration.org.connected", kind: .conflict,
            title: "This Okta org is connected already, as “\(connected.name)”",
            explanation: "Connected twice, everybody in it would be listed twice.",
            remedy:
                "To give it this credential, use that name: `--name \(connected.name)`, or the field Name of the form. "
                + "For another name, disconnect “\(connected.name)” first.")
    }

    private func add(
        name: String?, contact: String?, _ domain: OktaDomain, _ credential: OktaCredential,
        _ organization: Organization
    ) async throws(Problem) -> Integration {
        try await refuseSecondName(name, for: domain, organization)
        let name = name ?? Self.suggestedName(domain)
        let encoded = StoredCredential(credential)
        let sealed = try vault.seal(try encoded.bytes(), purpose: Self.purpose(name))
        let now = clock.now()
        if let known = try await store.integrations().first(where: { $0.name == name && $0.orgID == organization.id }) {
            try await store.reconnect(
                known.id, baseURL: domain.baseURL, contact: contact, credentialKind: encoded.kind,
                sealedCredential: sealed, now: now)
            return try await store.integration(named: name)
        }
        return try await store.addIntegration(
            name: name, baseURL: domain.baseURL, organization: organization, contact: contact,
            credentialKind: encoded.kind, sealedCredential: sealed, now: now)
    }

    /// Asks again what the credential of an integration may read, and stores the answer.
    public func recheck(_ integration: Integration) async throws(Problem) -> ProbeMatrix {
        let journal = CallJournal(runID: nil)
        let client = try await client(of: integration, ledger: journal)
        return try await withShutdown(of: client) { () async throws(Problem) in
            let result = await outcome { () async throws(Problem) in try await client.probe() }
            try await store.recordCalls(journal.drain(), gauges: [], of: integration.id)
            switch result {
            case .success(let probe):
                let coverage = Dictionary(uniqueKeysWithValues: probe.entries.map { ($0.resource, $0.coverage) })
                try await store.noteCoverage(coverage, of: integration.id, now: clock.now())
                try await store.noteHealth(of: integration.id, answeredAt: journal.answeredAt, problem: nil)
                return probe
            case .failure(let problem):
                try await store.noteHealth(
                    of: integration.id, answeredAt: journal.answeredAt, problem: RecordedProblem(problem))
                throw problem
            }
        }
    }

    /// Lets a tenant go: its credential is forgotten; its data is kept readable, or erased. A server that works for it
    /// stops; a sync that a person began is not disturbed.
    ///
    /// - Throws: `sync.running`, `integration.erase.busy`.
    public func disconnect(_ integration: Integration, eraseData: Bool) async throws(Problem) {
        if let hold = try await take(integration.id, for: .erase) {
            return try await disconnect(integration, eraseData, hold)
        }
        guard try await store.leaseHolder(of: integration.id)?.purpose == .work else { throw await busy(integration) }
        try await store.disconnect(integration.id, now: clock.now())
        guard eraseData else { return }
        // A worker looks every few seconds whether its tenants are still connected.
        for _ in 0..<(configuration.leaseSeconds + 15) * 5 {
            if let hold = try await take(integration.id, for: .erase) {
                return try await disconnect(integration, eraseData, hold)
            }
            do { try await Task.sleep(for: .milliseconds(200)) } catch { break }
        }
        throw Problem(
            id: "integration.erase.busy", kind: .conflict,
            title: "“\(integration.name)” is disconnected, but what was read of it is not erased yet",
            explanation: "Another process is still finishing its work for it.",
            remedy: "Disconnect it once more in a minute, and choose to erase.")
    }

    private func disconnect(
        _ integration: Integration, _ eraseData: Bool, _ hold: TenantHold
    ) async throws(Problem) {
        let result = await outcome { () async throws(Problem) in
            try await store.disconnect(integration.id, now: clock.now())
            if eraseData { try await store.erase(integration.id, under: hold.lease) }
        }
        await release(hold)
        try result.get()
    }

    /// What the next sync is expected to ask.
    public func plan(_ integration: Integration) async throws(Problem) -> SyncPlan {
        let client = try await client(of: integration, ledger: NoLedger())
        return try await withShutdown(of: client) { () async throws(Problem) in
            if let plan = try await planner.plan(integration, client: client, now: clock.now()) { return plan }
            return try await planner.firstPlan(client: client, probe: try await client.probe())
        }
    }

    /// A person accepts what a run held back; the next sync closes what is then still missing.
    public func acceptHeld(run: Int64) async throws(Problem) {
        try await store.acceptHeldClosures(in: run, now: clock.now())
    }

    var planner: Planner {
        Planner(store: store, rateShare: configuration.okta.rateShare, factors: configuration.factors)
    }

    /// The credential of an integration, as it is given to Okta.
    func credential(of integration: Integration) async throws(Problem) -> OktaCredential {
        guard let sealed = try await store.sealedCredential(of: integration.id) else {
            throw Problem(
                id: "integration.disconnected", kind: .configuration,
                title: "“\(integration.name)” is disconnected",
                remedy: "Connect it again with `muster connect \(integration.baseURL) --name \(integration.name)`.")
        }
        return try StoredCredential(
            bytes: try vault.open(sealed, purpose: Self.purpose(integration.name)), kind: integration.credentialKind
        ).credential
    }

    func client(of integration: Integration, ledger: any CallLedger) async throws(Problem) -> OktaClient {
        OktaClient(
            domain: try OktaDomain(pasted: integration.baseURL), credential: try await credential(of: integration),
            configuration: configuration.okta,
            limits: limits.of(
                TenantID(workspaceID: store.workspaceID, integrationID: integration.id), configuration.okta),
            ledger: ledger,
            logger: logger)
    }

    /// The org's subdomain, `acme` of `acme.okta.com`; the whole host of a loopback address.
    private static func suggestedName(_ domain: OktaDomain) -> String {
        guard !domain.isLoopback, let label = domain.host.split(separator: ".").first else { return domain.host }
        return String(label)
    }

    private static func purpose(_ name: String) -> String { "okta-credential:\(name)" }
}

/// What a tenant answered when it was checked.
public struct ConnectionCheck: Sendable {
    /// The tenant.
    public let organization: Organization
    /// What the credential may read, and what to grant for the rest.
    public let probe: ProbeMatrix
    /// What a first sync is expected to ask.
    public let plan: SyncPlan
    /// The rate limits that were met.
    let gauges: [RateGauge]
}

extension RecordedProblem {
    /// What a run or an integration remembers of a problem.
    public init(_ problem: Problem) {
        self.init(id: problem.id, title: problem.title, remedy: problem.remedy)
    }
}

/// Runs work with a client and ends its connections afterwards, whatever happens.
func withShutdown<Result: Sendable>(
    of client: OktaClient, _ work: () async throws(Problem) -> Result
) async throws(Problem) -> Result {
    let result = await outcome(work)
    await client.shutdown()
    return try result.get()
}

/// The result of work that may fail.
func outcome<Value>(_ work: () async throws(Problem) -> Value) async -> Result<Value, Problem> {
    do throws(Problem) { return .success(try await work()) } catch { return .failure(error) }
}
