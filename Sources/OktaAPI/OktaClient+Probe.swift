public import Directory
public import Problems

extension OktaClient {
    /// Asks for one record of each resource, and says which may be read and what to grant for the others.
    ///
    /// Refuses a host that is no Okta org before the credential is sent, a dead credential, and a credential that sees no
    /// users: with those, everything else would be wrong.
    public func probe() async throws(Problem) -> ProbeMatrix {
        let organization = try await organization()
        var found: [Resource: Coverage] = [:]
        let user = try await first(.users, &found)?.id
        let group = try await first(.groups, &found)?.id
        let app = try await first(.apps, &found)?.id
        _ = try await first(.groupRules, &found)
        _ = try await first(.apiTokens, &found)
        _ = try await first(.roleAssignees, &found)
        _ = try await first(.logs(since: LocalClock.now().advanced(bySeconds: -3600), until: LocalClock.now()), &found)
        if let group { _ = try await first(.members(ofGroup: group), &found) }
        if let app {
            _ = try await first(.assignments(ofApp: app), &found)
            // Okta accepts no fewer than twenty here.
            _ = try await first(.groups(ofApp: app), &found, limit: 20)
        }
        if let user {
            _ = try await first(.factors(ofUser: user), &found)
            if found[.roles] == .readable { _ = try await first(.roles(ofUser: user), &found) }
        }
        let scopes = if case .session(let session) = authorizer { await session.grantedScopes } else { [String]() }
        let entries = Resource.allCases.map { resource in
            let coverage = found[resource] ?? .notTried
            return ProbeMatrix.Entry(resource: resource, coverage: coverage, remedy: remedy(resource, coverage))
        }
        return ProbeMatrix(organization: organization, entries: entries, scopes: scopes)
    }

    /// The first record of a listing; notes whether the resource may be read.
    private func first<Item>(
        _ listing: Listing<Item>, _ found: inout [Resource: Coverage], limit: Int = 1
    ) async throws(Problem) -> Item? {
        do throws(Problem) {
            let page = try await page(listing.limited(to: limit))
            found[listing.resource] = .readable
            return page.items.first
        } catch {
            switch OktaOutcome(error) {
            case .forbidden(let code): found[listing.resource] = .forbidden(code: code)
            case .unavailable(let code): found[listing.resource] = .unavailable(code: code)
            // The one object asked about was deleted meanwhile: nothing is known.
            case .gone, .stopListing, .restartListing: break
            default: throw error
            }
            return nil
        }
    }

    private func remedy(_ resource: Resource, _ coverage: Coverage) -> String {
        switch coverage {
        case .readable: return ""
        case .unavailable: return "The tenant does not have this feature. Nothing needs to be granted."
        case .notTried: return "Nobody can tell yet: there was nothing to ask about."
        case .forbidden: break
        }
        let role = resource.role
        if case .session = authorizer {
            return "On the service app, grant the scope \(resource.scope) and \(role)."
        }
        return "To the admin who made the token, give \(role)."
    }
}

extension Resource {
    /// The OAuth scope that covers it.
    public var scope: String {
        switch self {
        case .users, .factors: "okta.users.read"
        case .groups, .memberships, .groupRules: "okta.groups.read"
        case .apps, .assignments, .appGroups: "okta.apps.read"
        case .roles: "okta.roles.read"
        case .apiTokens: "okta.apiTokens.read"
        case .logs: "okta.logs.read"
        }
    }

    /// The least admin role that covers it.
    fileprivate var role: String {
        switch self {
        case .roles:
            "a custom admin role with \"View roles, resources, and admin assignments\" on all IAM resources"
        case .memberships:
            "the Read-only Administrator role; for groups that carry admin roles also a custom admin role with "
                + "\"View roles, resources, and admin assignments\""
        default: "the Read-only Administrator role"
        }
    }
}
