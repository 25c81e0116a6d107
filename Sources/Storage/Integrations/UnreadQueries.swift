package import DatabaseEngine
public import Directory
public import Problems

extension Store {
    /// What could not be read of these resources, in their order: of one integration, or of all.
    public func unread(
        _ resources: [Resource], _ moment: Moment, of integrationID: Int64? = nil
    ) async throws(Problem) -> [Unread] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try UnreadQueries.find(connection, workspaceID, resources, moment.asOf, integrationID)
        }
    }
}

package enum UnreadQueries {
    package static func find(
        _ connection: Connection, _ workspaceID: Int64, _ resources: [Resource], _ asOf: AsOf,
        _ integrationID: Int64?
    ) throws -> [Unread] {
        let integrations = try connection.query(
            """
            SELECT i.integration_id, i.name, i.disconnected_at FROM integrations i
            WHERE i.workspace_id = $1 ORDER BY i.integration_id
            """, [.integer(workspaceID)]
        ) { (id: $0.integer(0), name: $0.text(1), isDisconnected: !$0.isNull(2)) }
        var found: [Unread] = []
        for integration in integrations where integrationID == nil || integration.id == integrationID {
            let tenant = TenantReading(
                connection: connection, whole: [.integer(workspaceID), .integer(integration.id)], asOf: asOf)
            found += try tenant.unread(resources, isDisconnected: integration.isDisconnected).map { one in
                Unread(
                    integration: integration.name, resource: one.resource, reason: one.reason,
                    lastRead: one.lastRead, isOnly: integrations.count == 1)
            }
        }
        return found
    }
}

/// What the syncs of one tenant could read.
private struct TenantReading {
    typealias Finding = (resource: Resource, reason: Unread.Reason, lastRead: Timestamp?)

    let connection: Connection
    let whole: [Value]
    let asOf: AsOf

    private static let finished = "r.kind <> 'tail' AND r.status IN ('complete', 'partial', 'held')"

    func unread(_ resources: [Resource], isDisconnected: Bool) throws -> [Finding] {
        guard let run = try runs(newestFirst: true, { _ in false }) else {
            if case .believed = asOf { return resources.map { ($0, .notYet, nil) } }
            if isDisconnected { return [] }
            let hasBegun = try connection.first(
                "SELECT 1 FROM runs r WHERE r.workspace_id = $1 AND r.integration_id = $2 LIMIT 1", whole, { _ in true }
            )
            return resources.map { ($0, hasBegun == nil ? .neverSynced : .unfinished, nil) }
        }
        let now = Dictionary(
            try connection.query(
                "SELECT c.resource, c.state FROM coverage c WHERE c.workspace_id = $1 AND c.integration_id = $2", whole
            ) { ($0.text(0), Coverage(text: $0.text(1))) }, uniquingKeysWith: { $1 })
        return try resources.compactMap { resource in
            guard let reason = reason(resource, run.coverage, now) else { return try later(resource, nil) }
            let last = try runs(newestFirst: true) { !isRead(resource, $0) }
            guard let last else { return (resource, reason, nil) }
            if let time = asOf.time, time < last.startedAt { return try later(resource, last) }
            return (resource, reason, last.startedAt)
        }
    }

    private func reason(
        _ resource: Resource, _ run: [Resource: Coverage], _ now: [String: Coverage]
    ) -> Unread.Reason? {
        let known = now[resource.rawValue] ?? .notTried
        switch run[resource] ?? .notTried {
        case .readable: return nil
        case .forbidden, .unavailable:
            return known == .readable ? .nextSync : .refused(run[resource] ?? .notTried)
        case .notTried:
            if let list = resource.listedBy, let coverage = run[list], coverage.isRefused {
                return .behind(list, coverage)
            }
            return known.isRefused ? .refused(known) : nil
        }
    }

    /// Lists that Okta gives no dates for are not known before they were first read, unless the System Log tells.
    private func later(_ resource: Resource, _ last: Run?) throws -> Finding? {
        guard let time = asOf.time, resource == .memberships || resource == .appGroups else { return nil }
        guard let first = try runs(newestFirst: false, { !isRead(resource, $0) }), time < first.startedAt else {
            return nil
        }
        let told = try connection.first(
            """
            SELECT 1 FROM replays p WHERE p.workspace_id = $1 AND p.integration_id = $2 AND p.list = $3
                AND p.since <= \(time.rawValue)\(believed("p"))
            """, whole + [.text(resource.rawValue)], { _ in true })
        return told == nil ? (resource, .readLater(first.startedAt), nil) : nil
    }

    private typealias Run = (startedAt: Timestamp, coverage: [Resource: Coverage])

    private func isRead(_ resource: Resource, _ run: Run) -> Bool {
        switch run.coverage[resource] ?? .notTried {
        case .readable: true
        case .forbidden, .unavailable: false
        // Where nobody was refused, there was nothing to ask about; but factors are read of some people only.
        case .notTried:
            resource != .factors && !(resource.listedBy.flatMap { run.coverage[$0] }?.isRefused ?? false)
        }
    }

    /// The first finished sync, from either end, that is not to be passed over.
    private func runs(newestFirst: Bool, _ isPassedOver: (Run) -> Bool) throws -> Run? {
        var found: Run?
        try connection.each(
            """
            SELECT r.started_at, r.coverage FROM runs r\(ReadHint.index("runs_full").sql) WHERE r.workspace_id = $1 AND r.integration_id = $2
                AND \(Self.finished)\(believed("r")) ORDER BY r.run_id\(newestFirst ? " DESC" : "")
            """, whole
        ) { row in
            let run = (Timestamp(rawValue: row.integer(0)), CoverageText.decode(row.text(1)))
            if isPassedOver(run) { return true }
            found = run
            return false
        }
        return found
    }

    private func believed(_ alias: String) -> String {
        if case .believed(_, let run) = asOf { " AND \(alias).run_id <= \(run)" } else { "" }
    }
}
