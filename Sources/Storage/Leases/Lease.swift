public import DatabaseEngine
public import Problems

/// The right of one process to work for one tenant, until it gives it up or stops to say that it lives.
public struct Lease: Sendable, Equatable {
    /// What the holder does for the tenant.
    public enum Purpose: String, Sendable {
        /// Everything, for as long as the tenant is connected; it does what others ask for.
        case work
        /// One sync that a command began.
        case sync
        /// Erasing what was read.
        case erase
    }

    /// The tenant.
    public let tenant: TenantID
    /// Who holds it: computer, process and a number that nobody else has.
    public let owner: String
    /// Grows each time the lease changes hands.
    public let fence: Int64

    /// A lease; see the properties.
    public init(tenant: TenantID, owner: String, fence: Int64) {
        self.tenant = tenant
        self.owner = owner
        self.fence = fence
    }

    /// Fails a transaction when somebody else has the tenant now, and keeps everybody from taking it before it ends.
    public func require(on connection: Connection) throws {
        let isOurs = try connection.first(
            """
            SELECT 1 FROM leases WHERE workspace_id = $1 AND integration_id = $2 AND fence = $3 AND owner = $4\
            \(connection.dialect.holding(.keep))
            """,
            [.integer(tenant.workspaceID), .integer(tenant.integrationID), .integer(fence), .text(owner)],
            { _ in true })
        guard isOurs == true else { throw lost }
    }

    /// What stops whoever had the lease before.
    public var lost: Problem {
        Problem(
            id: "sync.lease.lost", kind: .resumable, title: "Another process took over the work for this tenant",
            explanation: "This one had not said for a while that it was still there. Nothing that was saved is lost.",
            remedy: "Nothing needs to be done: the other process goes on from where this one stopped.",
            context: [
                "workspace": String(tenant.workspaceID), "integration": String(tenant.integrationID), "owner": owner,
                "fence": String(fence),
            ])
    }
}

/// One tenant among those of all workspaces.
public struct TenantID: Sendable, Hashable {
    /// The workspace.
    public let workspaceID: Int64
    /// The integration's number within it.
    public let integrationID: Int64

    /// A tenant; see the properties.
    public init(workspaceID: Int64, integrationID: Int64) {
        self.workspaceID = workspaceID
        self.integrationID = integrationID
    }
}

/// How a lease stands when its holder says that it lives.
public enum LeaseState: Sendable {
    /// It is still the holder's.
    case held
    /// Somebody else has the tenant now.
    case lost
    /// The tenant was disconnected: nobody should work for it.
    case unwanted
}

/// Who holds the lease of a tenant now.
public struct LeaseHolder: Sendable, Equatable {
    /// The process.
    public let owner: String
    /// What it does for the tenant.
    public let purpose: Lease.Purpose
    /// Seconds since it last said that it lives.
    public let silentSeconds: Int
    /// Seconds until its lease ends if it says nothing more.
    public let secondsLeft: Int
}

extension Store {
    /// Lends the writing connection for a transaction that fails when the lease is somebody else's by then.
    public func write<Result: Sendable>(
        under lease: Lease?, _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws(Problem) -> Result {
        try await write { connection in
            try lease?.require(on: connection)
            return try body(connection)
        }
    }

    /// Lends the writing connection for a transaction of a run.
    func write<Result: Sendable>(
        _ context: RunContext, _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws(Problem) -> Result {
        try await write(under: context.lease, body)
    }
}
