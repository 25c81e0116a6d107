import Analysis
import DatabaseEngine
import Directory
import Storage

/// Looks for what was decided and is not so. One question for each decided service that is to be out of use, and one for each
/// owner; all else is read once.
struct ContradictionFinder {
    let connection: Connection
    let workspaceID: Int64
    let moment: Moment
    let decisions: [String: AppDecision]
    let owners: [String: AppOwners]
    let services: [String: DiscoveredService]
    let spend: [String: [Money]]

    func find() throws -> [String: [Contradiction]] {
        var found: [Contradiction] = []
        let contracts = try contracts()
        var people: [String: Standing] = [:]
        for (id, decision) in decisions {
            let service = services[id]
            switch decision.state {
            case .blocked, .retired, .retiring:
                found += try use(decision, service)
                found += renewals(decision, contracts[id] ?? [])
            case .sanctioned where owners[id]?.owner == nil:
                found.append(new(id, .noOwner, "Sanctioned, without an owner.", .decisions))
            case .tolerated: found += money(id, contracts[id] ?? [])
            case .sanctioned, .discovered, .inReview: break
            }
            if let alternative = decision.alternative { found += closed(id, alternative) }
        }
        for (id, owners) in owners where decisions[id]?.state != .retired {
            for (role, owner) in owners.all {
                let standing = try people[owner.name] ?? standing(of: owner)
                people[owner.name] = standing
                if let one = left(id, role, owner, standing) { found.append(one) }
            }
        }
        let order = Contradiction.Rule.allCases
        return Dictionary(grouping: found, by: \.appID).mapValues { some in
            some.sorted {
                (order.firstIndex(of: $0.rule) ?? 0, $0.sentence) < (order.firstIndex(of: $1.rule) ?? 0, $1.sentence)
            }
        }
    }

    private func new(
        _ id: String, _ rule: Contradiction.Rule, _ sentence: String, _ rows: Contradiction.Rows
    ) -> Contradiction {
        Contradiction(appID: id, rule: rule, sentence: sentence, rows: rows)
    }

    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    // MARK: use

    private func use(_ decision: AppDecision, _ service: DiscoveredService?) throws -> [Contradiction] {
        guard decision.state != .retiring, let service else { return [] }
        var found: [Contradiction] = []
        let word = decision.state.title
        if moment.usageKnown {
            let since = try connection.first(
                """
                SELECT sum(CASE WHEN d.day > $3 THEN d.sign_ins ELSE 1 END), count(DISTINCT d.user_key)
                FROM usage_daily d
                WHERE d.workspace_id = $1 AND d.app_key = $2 AND d.last_at > $4 AND d.day >= $3
                    AND \(moment.counts("d"))
                """,
                [
                    .integer(workspaceID), .integer(service.key), .integer(Int64(decision.from.day)),
                    .integer(decision.from.rawValue),
                ]
            ) { (signIns: Int($0.integer(0)), people: Int($0.integer(1))) }
            if let since, since.people > 0 {
                let signIns = Self.count(since.signIns, "sign-in", "sign-ins")
                let people = Self.count(since.people, "person", "people")
                found.append(
                    new(
                        decision.appID, decision.state == .blocked ? .blockedInUse : .retiredInUse,
                        "\(word), but \(signIns) by \(people) since \(decision.from.date).", .people))
            }
        }
        if service.standing == .active, let assigned = service.assigned, assigned > 0 {
            found.append(
                new(
                    decision.appID, .stillAssigned,
                    "\(word), but \(Self.count(assigned, "person has", "people have")) it in Okta.", .people))
        }
        return found
    }

    private func closed(_ id: String, _ alternative: String) -> [Contradiction] {
        let other = services[alternative]
        let name = other?.label ?? alternative
        let why: String? =
            switch decisions[alternative]?.state {
            case .blocked: "is blocked"
            case .retiring: "is retiring"
            case .retired: "is retired"
            default: other == nil || other?.standing == .gone ? "is gone from Okta's list" : nil
            }
        return why.map {
            [new(id, .alternativeClosed, "People should use \(name) instead, which \($0).", .service(alternative))]
        } ?? []
    }

    // MARK: owners

    private enum Standing { case here, left(String), unknown }

    private func left(
        _ id: String, _ role: String, _ owner: AppOwners.Owner, _ standing: Standing
    ) -> Contradiction? {
        switch standing {
        case .here: nil
        case .left(let how):
            new(
                id, .ownerLeft, "Its \(role) \(owner.name) \(how).",
                owner.id.map(Contradiction.Rows.person) ?? .decisions)
        case .unknown:
            new(id, .ownerUnknown, "Its \(role) \(owner.name) is nobody of the tenant.", .decisions)
        }
    }

    private func standing(of owner: AppOwners.Owner) throws -> Standing {
        let queries = DecisionQueries(connection: connection, workspaceID: workspaceID)
        // Somebody who was unknown when the owner was named may have come since.
        guard let id = try owner.id ?? queries.person(owner.name).id else { return .unknown }
        guard let key = try Objects.key(connection, workspaceID, oktaID: id) else { return .unknown }
        let status = try connection.first(
            """
            SELECT u.status FROM users u WHERE u.workspace_id = $1 AND u.user_key = $2 AND \(moment.asOf.holds("u"))
            """, [.integer(workspaceID), .integer(key)], { $0.text(0) })
        switch status {
        case nil: return .left("is gone from the tenant")
        case "DEPROVISIONED": return .left("left the company")
        default: return .here
        }
    }

    // MARK: money

    struct RunningContract {
        let id: Int64
        let title: String
        let renews: Bool
        let endsOn: Int64?
    }

    /// Contracts in force on the day that is looked at, by app.
    private func contracts() throws -> [String: [RunningContract]] {
        var contracts: [String: [RunningContract]] = [:]
        try connection.each(
            """
            SELECT DISTINCT l.app_id, c.contract_id, c.title, c.renews, c.ends_on FROM contract_lines l
            JOIN contracts c ON c.workspace_id = l.workspace_id AND c.contract_id = l.contract_id
            WHERE l.workspace_id = $1 AND l.app_id IS NOT NULL AND c.status = 'active' AND c.starts_on <= $2
                AND (c.ends_on IS NULL OR c.ends_on >= $2)
            ORDER BY l.app_id, c.contract_id
            """, [.integer(workspaceID), .integer(moment.today)]
        ) { row in
            contracts[row.text(0), default: []].append(
                RunningContract(
                    id: row.integer(1), title: row.text(2), renews: row.flag(3), endsOn: row.optionalInteger(4)))
            return true
        }
        return contracts
    }

    private func renewals(_ decision: AppDecision, _ contracts: [RunningContract]) -> [Contradiction] {
        contracts.compactMap { contract in
            guard contract.renews, let end = contract.endsOn else { return nil }
            let days = Int(end - moment.today)
            return new(
                decision.appID, .renews,
                "\(decision.state.title), but its contract “\(contract.title)” renews "
                    + (days == 0 ? "today." : "in \(Self.count(days, "day", "days"))."), .contract(contract.id))
        }
    }

    private func money(_ id: String, _ contracts: [RunningContract]) -> [Contradiction] {
        let amounts = (spend[id] ?? []).filter { $0.minor > 0 }
        if !amounts.isEmpty {
            let text = amounts.map { "\($0.plain) \($0.currency.code)" }.joined(separator: " and ")
            return [
                new(id, .toleratedWithSpend, "Tolerated, but \(text) were spent on it in twelve months.", .decisions)
            ]
        }
        return contracts.prefix(1).map {
            new(id, .toleratedWithSpend, "Tolerated, but its contract “\($0.title)” is in force.", .contract($0.id))
        }
    }
}
