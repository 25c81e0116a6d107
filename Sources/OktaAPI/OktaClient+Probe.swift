import Directory
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
        let isToken = if case .session = authorizer { false } else { true }
        let entries = Resource.allCases.map { resource in
            let coverage = found[resource] ?? .notTried
            return ProbeMatrix.Entry(
                resource: resource, coverage: coverage, remedy: resource.remedy(coverage, isToken: isToken))
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
}
