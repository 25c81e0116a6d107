import DatabaseEngine
public import Directory
public import Problems

extension Store {
    /// All integrations of the workspace, oldest first, disconnected ones included.
    public func integrations() async throws(Problem) -> [Integration] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                "\(Self.selectIntegration) WHERE workspace_id = $1 ORDER BY integration_id", [.integer(workspace)],
                Self.integration)
        }
    }

    /// The integration of a name, or the only connected one when no name is given.
    ///
    /// - Throws: `integration.none`, `integration.ambiguous`, `integration.unknown`.
    public func integration(named name: String?) async throws(Problem) -> Integration {
        let all = try await integrations()
        if let name {
            if let found = all.first(where: { $0.name == name }) { return found }
            let names = all.map(\.name).joined(separator: ", ")
            throw Problem(
                id: "integration.unknown", kind: .notFound, title: "No integration is called “\(name)”",
                remedy: names.isEmpty ? "Connect one with `muster connect DOMAIN`." : "Use one of: \(names).")
        }
        let connected = all.filter { $0.disconnectedAt == nil }
        if let only = connected.first, connected.count == 1 { return only }
        if connected.isEmpty {
            throw Problem(
                id: "integration.none", kind: .notFound, title: "No Okta tenant is connected yet",
                remedy: "Connect one with `muster connect DOMAIN --token-file FILE`.")
        }
        throw Problem(
            id: "integration.ambiguous", kind: .usage, title: "Several Okta tenants are connected",
            remedy: "Say which one: \(connected.map(\.name).joined(separator: ", ")).")
    }

    /// Adds an integration.
    ///
    /// - Throws: `integration.name.taken`.
    public func addIntegration(
        name: String, baseURL: String, organization: Organization, contact: String?, credentialKind: String,
        sealedCredential: [UInt8], now: Timestamp
    ) async throws(Problem) -> Integration {
        let workspace = workspaceID
        return try await write { connection in
            let taken = try connection.first(
                "SELECT 1 FROM integrations WHERE workspace_id = $1 AND name = $2", [.integer(workspace), .text(name)],
                { _ in true })
            if taken == true {
                throw Problem(
                    id: "integration.name.taken", kind: .conflict,
                    title: "An integration called “\(name)” exists already",
                    remedy: "Choose another name with --name, or disconnect and erase the old one first.")
            }
            let id =
                try connection.first(
                    "SELECT coalesce(max(integration_id), 0) + 1 FROM integrations WHERE workspace_id = $1",
                    [.integer(workspace)], { $0.integer(0) }) ?? 1
            try connection.execute(
                """
                INSERT INTO integrations (workspace_id, integration_id, name, base_url, org_id, pipeline, contact,
                    credential_kind, sealed_credential, created_at, last_call_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
                """,
                [
                    .integer(workspace), .integer(id), .text(name), .text(baseURL), .text(organization.id),
                    .optional(organization.pipeline), .optional(contact), .text(credentialKind),
                    .blob(sealedCredential), .integer(now.rawValue),
                ])
            return Integration(
                id: id, name: name, baseURL: baseURL, orgID: organization.id, pipeline: organization.pipeline,
                contact: contact, credentialKind: credentialKind, createdAt: now, disconnectedAt: nil, lastCallAt: now,
                problem: nil, schedule: .usual)
        }
    }

    /// Gives an integration a new credential, and connects it again, at the address where its org was just met.
    ///
    /// - Parameter contact: who to ask about it from now on; nil: whoever it was.
    public func reconnect(
        _ integrationID: Int64, baseURL: String, contact: String?, credentialKind: String, sealedCredential: [UInt8],
        now: Timestamp
    ) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            try connection.execute(
                """
                UPDATE integrations SET credential_kind = $3, sealed_credential = $4, disconnected_at = NULL,
                    problem_id = NULL, problem_title = NULL, problem_remedy = NULL, last_call_at = $5, base_url = $6,
                    contact = coalesce($7, contact)
                WHERE workspace_id = $1 AND integration_id = $2
                """,
                [
                    .integer(workspace), .integer(integrationID), .text(credentialKind), .blob(sealedCredential),
                    .integer(now.rawValue), .text(baseURL), .optional(contact),
                ])
        }
    }

    /// The sealed credential; nil once disconnected.
    public func sealedCredential(of integrationID: Int64) async throws(Problem) -> [UInt8]? {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.first(
                """
                SELECT sealed_credential FROM integrations
                WHERE workspace_id = $1 AND integration_id = $2 AND sealed_credential IS NOT NULL
                """, [.integer(workspace), .integer(integrationID)], { $0.blob(0) })
        }
    }

    /// Forgets the credential and the Event Hook, and keeps all data readable.
    public func disconnect(_ integrationID: Int64, now: Timestamp) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            try connection.execute(
                """
                UPDATE integrations SET sealed_credential = NULL, disconnected_at = $3
                WHERE workspace_id = $1 AND integration_id = $2
                """, [.integer(workspace), .integer(integrationID), .integer(now.rawValue)])
            try removeHook(of: integrationID, on: connection)
        }
    }

    /// Notes that Okta answered, and what stands in the way, if anything.
    public func noteHealth(
        of integrationID: Int64, answeredAt: Timestamp?, problem: RecordedProblem?
    ) async throws(Problem) {
        let workspace = workspaceID
        try await write { connection in
            try connection.execute(
                """
                UPDATE integrations SET last_call_at = coalesce($3, last_call_at), problem_id = $4,
                    problem_title = $5, problem_remedy = $6
                WHERE workspace_id = $1 AND integration_id = $2
                """,
                [
                    .integer(workspace), .integer(integrationID), .optional(answeredAt?.rawValue),
                    .optional(problem?.id), .optional(problem?.title), .optional(problem?.remedy),
                ])
        }
    }

    private static let selectIntegration = """
        SELECT integration_id, name, base_url, org_id, pipeline, contact, credential_kind, created_at, disconnected_at,
            last_call_at, problem_id, problem_title, problem_remedy, sync_every
        FROM integrations
        """

    private static func integration(_ row: Row) -> Integration {
        Integration(
            id: row.integer(0), name: row.text(1), baseURL: row.text(2), orgID: row.text(3),
            pipeline: row.optionalText(4), contact: row.optionalText(5), credentialKind: row.text(6),
            createdAt: Timestamp(rawValue: row.integer(7)),
            disconnectedAt: row.optionalInteger(8).map(Timestamp.init(rawValue:)),
            lastCallAt: row.optionalInteger(9).map(Timestamp.init(rawValue:)),
            problem: row.optionalText(10).map {
                RecordedProblem(id: $0, title: row.text(11), remedy: row.text(12))
            }, schedule: SyncSchedule(stored: row.optionalInteger(13)))
    }
}
