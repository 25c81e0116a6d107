import DatabaseEngine
public import Directory
public import Problems

/// What is known about the right to read one resource.
public struct ResourceCoverage: Sendable, Equatable {
    /// The resource.
    public let resource: Resource
    /// Whether it can be read.
    public let coverage: Coverage
    /// When that was last seen.
    public let checkedAt: Timestamp

    /// Whether Okta refuses it, as far as anybody knows.
    public var isRefused: Bool { coverage.isRefused }
}

extension Store {
    /// The coverage of every resource of an integration that was ever tried, in the order of `Resource`.
    public func coverage(of integrationID: Int64) async throws(Problem) -> [ResourceCoverage] {
        let workspace = workspaceID
        let rows = try await engine.read { connection in
            try connection.query(
                "SELECT resource, state, checked_at FROM coverage WHERE workspace_id = $1 AND integration_id = $2",
                [.integer(workspace), .integer(integrationID)]
            ) { ($0.text(0), $0.text(1), $0.integer(2)) }
        }
        let known = rows.compactMap { name, state, checked in
            Resource(rawValue: name).map {
                ResourceCoverage(
                    resource: $0, coverage: Coverage(text: state), checkedAt: Timestamp(rawValue: checked))
            }
        }
        let order = Dictionary(uniqueKeysWithValues: Resource.allCases.enumerated().map { ($1, $0) })
        return known.sorted { order[$0.resource, default: 0] < order[$1.resource, default: 0] }
    }

    /// Notes the coverage of resources.
    public func noteCoverage(
        _ coverage: [Resource: Coverage], of integrationID: Int64, now: Timestamp
    ) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            for (resource, state) in coverage {
                try connection.execute(
                    """
                    INSERT INTO coverage (workspace_id, integration_id, resource, state, checked_at)
                    VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (workspace_id, integration_id, resource) DO UPDATE SET
                        state = excluded.state, checked_at = excluded.checked_at
                    """,
                    [
                        .integer(workspace), .integer(integrationID), .text(resource.rawValue), .text(state.text),
                        .integer(now.rawValue),
                    ])
            }
        }
    }
}
