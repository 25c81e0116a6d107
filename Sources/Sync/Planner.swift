import Directory
import OktaAPI
import Problems
import Storage

/// Predicts what a sync will ask, from what is already known of the tenant.
struct Planner: Sendable {
    let store: Store
    let rateShare: Double

    /// The plan of a sync of a tenant that was synced before; nil when it never was.
    func plan(_ integration: Integration, client: OktaClient, now: Timestamp) async throws(Problem) -> SyncPlan? {
        guard let last = try await store.latestFinishedRun(of: integration.id) else { return nil }
        var size = TenantSize(try await store.size(of: integration.id, run: nil))
        // The log goes on where the last run stopped, at the pace of the last 90 days.
        let perSecond = Double(last.count("events").seen) / Double(90 * 86_400)
        let events = perSecond * Double(max(0, now.seconds - last.startedAt.seconds))
        size.logCalls = Int(events / 1000) + 1
        let gauges = try await store.gauges(of: integration.id)
        return SyncPlan(
            calls: Self.without(last.coverage, size.calls()), allowed: allowed(gauges, client), notes: [])
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
            size.groupMembers = groups.filter { $0.id != everyone?.id && $0.usersCount != 0 }.map { $0.usersCount ?? 1 }
            size.adminGroups = groups.count { $0.hasAdminPrivilege == true }
        }
        if size.users == nil { notes.append("Okta did not say how many users there are; one page is assumed.") }
        if probe[.apps] == .readable {
            size.appUsers = try await all(.apps, client).map { _ in nil }
            notes.append("How many people each app has shows during the first sync; one page an app is assumed.")
        }
        if probe[.roles] == .readable { size.admins = try await all(.roleAssignees, client).count }
        if probe[.logs] == .readable {
            notes.append("How much the System Log holds shows during the first sync; it is not counted here.")
        }
        let coverage = Dictionary(uniqueKeysWithValues: probe.entries.map { ($0.resource, $0.coverage) })
        return SyncPlan(
            calls: Self.without(coverage, size.calls()), allowed: allowed([], client), notes: notes)
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

    /// Resources that may not be read cost one call that finds out.
    private static func without(_ coverage: [Resource: Coverage], _ calls: [String: Int]) -> [String: Int] {
        var calls = calls
        for (resource, callClass) in [
            (Resource.users, "users"), (.groups, "groups"), (.memberships, "group_users"), (.apps, "apps"),
            (.assignments, "app_users"), (.appGroups, "app_groups"), (.groupRules, "group_rules"), (.roles, "roles"),
            (.factors, "factors"), (.apiTokens, "api_tokens"), (.logs, "logs"),
        ] {
            switch coverage[resource] {
            case .forbidden, .unavailable: calls[callClass] = min(calls[callClass] ?? 0, 1)
            case .readable, .notTried, nil: break
            }
        }
        return calls
    }
}

extension TenantSize {
    init(_ stored: StoredSize) {
        users = stored.users
        groups = stored.groups
        groupMembers = stored.groupMembers
        appUsers = stored.appUsers.map { min($0, stored.users) }
        admins = stored.admins
        adminGroups = stored.adminGroups
        moreFactors = stored.factorHolders - stored.admins
    }
}
