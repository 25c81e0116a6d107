import Directory
import OktaAPI
import Problems
import Storage

/// Chooses how a sync reads a tenant and predicts what it will ask, from what is already known.
struct Planner: Sendable {
    let store: Store
    let rateShare: Double
    let factors: FactorReading

    /// What the planner reckons with.
    struct Basis {
        var size: TenantSize
        /// Calls a minute that each bucket allows, where known.
        var allowed: [String: Double]
        /// Kinds of lists whose other way Okta refused lately.
        var refused: [String: String] = [:]
        var coverage: [Resource: Coverage] = [:]

        var chooser: StrategyChooser {
            StrategyChooser(size: size, allowed: allowed, refused: refused, coverage: coverage)
        }
    }

    /// The plan of a sync of a tenant that was synced before; nil when it never was.
    ///
    /// - Parameter kept: what the run that is gone on with chose.
    func plan(
        _ integration: Integration, client: OktaClient, now: Timestamp, kept: [RunChoice] = []
    ) async throws(Problem) -> SyncPlan? {
        guard let last = try await store.latestFinishedRun(of: integration.id) else { return nil }
        var basis = try await basis(of: integration.id, run: nil, client: client)
        // The log goes on where the last run stopped, at the pace of the last 90 days.
        let perSecond = Double(last.count("events").seen) / Double(90 * 86_400)
        let events = perSecond * Double(max(0, now.seconds - last.startedAt.seconds))
        basis.size.logCalls = Int(events / 1000) + 1
        // What the last run did not come to is as the last check found it.
        basis.coverage.merge(last.coverage.filter { $0.value != .notTried }) { $1 }
        return plan(basis, kept: kept)
    }

    /// A first estimate for a tenant that was never synced, from its lists of groups and apps: a handful of calls that the
    /// sync makes again.
    func firstPlan(client: OktaClient, probe: ProbeMatrix) async throws(Problem) -> SyncPlan {
        var size = TenantSize()
        var notes: [String] = []
        if probe[.groups] == .readable {
            let groups = try await all(.groups, client)
            size.groups = groups.count
            let everyone = groups.first { $0.type == "BUILT_IN" && $0.name == "Everyone" }
            size.users = everyone?.usersCount
            size.people = everyone?.usersCount ?? 0
            size.hasAllUsers = everyone?.usersCount != nil && probe[.users] == .readable
            size.groupMembers = groups.filter { $0.id != everyone?.id && $0.usersCount != 0 }.map { $0.usersCount ?? 1 }
            size.groupApps = groups.map(\.appsCount)
            size.adminGroups = groups.count { $0.hasAdminPrivilege == true }
        }
        if size.users == nil { notes.append("Okta did not say how many users there are; one page is assumed.") }
        if probe[.apps] == .readable {
            size.apps = try await all(.apps, client).map { app in
                TenantSize.App(isOnPeoplesLists: app.status == "ACTIVE" && !app.implicitAssignment)
            }
            notes.append("How many people each app has shows during the first sync; one page an app is assumed.")
        }
        if probe[.roles] == .readable { size.admins = try await all(.roleAssignees, client).count }
        if probe[.logs] == .readable {
            notes.append("How much the System Log holds shows during the first sync; it is not counted here.")
        }
        let coverage = Dictionary(uniqueKeysWithValues: probe.entries.map { ($0.resource, $0.coverage) })
        return plan(Basis(size: size, allowed: allowed([], client), coverage: coverage), notes: notes)
    }

    /// What is known now; `run` counts the lists that this run put on its list of work.
    func basis(of integrationID: Int64, run: Int64?, client: OktaClient) async throws(Problem) -> Basis {
        Basis(
            size: TenantSize(try await store.size(of: integrationID, run: run)),
            allowed: allowed(try await store.gauges(of: integrationID), client),
            refused: try await store.refusedWays(of: integrationID),
            coverage: Dictionary(
                try await store.coverage(of: integrationID).map { ($0.resource, $0.coverage) },
                uniquingKeysWith: { $1 }))
    }

    /// The plan for a basis.
    ///
    /// - Parameters:
    ///   - kept: what the run chose before; the rest is chosen now.
    ///   - done: calls that the run made already, by class.
    func plan(
        _ basis: Basis, kept: [RunChoice] = [], done: [String: Int] = [:], notes: [String] = []
    ) -> SyncPlan {
        let chooser = basis.chooser
        let isChosen = kept.contains { $0.list != "factors" }
        let strategy = isChosen ? Strategy(kept) : chooser.strategy()
        var choices = isChosen ? kept.filter { $0.list != "factors" } : chooser.choices(strategy)
        var calls = chooser.byClass(strategy)
        let budget = FactorBudget(
            reading: factors, size: basis.size, allowed: basis.allowed, isPacedByLimits: chooser.isPacedByLimits)
        let isReadable = !(basis.coverage[.factors]?.isRefused ?? false)
        let more =
            kept.first { $0.list == "factors" } ?? budget.choice(calls: calls, done: done, isReadable: isReadable)
        calls["factors", default: 0] += more.calls
        choices.append(more)
        return SyncPlan(calls: calls, allowed: basis.allowed, choices: choices, notes: notes)
    }

    private func all<Item>(_ listing: Listing<Item>, _ client: OktaClient) async throws(Problem) -> [Item] {
        var items: [Item] = []
        var cursor: Cursor?
        repeat {
            let page = try await client.page(listing, at: cursor)
            items += page.items
            cursor = page.next
        } while cursor != nil
        return items
    }

    /// Calls a minute that each bucket allows: the share of what Okta's headers showed last.
    private func allowed(_ gauges: [RateGauge], _ client: OktaClient) -> [String: Double] {
        var allowed = Dictionary(uniqueKeysWithValues: gauges.map { ($0.bucket, Double($0.limit) * rateShare) })
        for gauge in client.budget.buckets { allowed[gauge.name] = Double(gauge.limit) * rateShare }
        return allowed
    }
}
