public import DatabaseEngine
public import Directory
public import Problems

/// Moves a whole store, all its workspaces, from one database to another of any kind.
///
/// The source is read in one state, whatever others write meanwhile. The target is written in one transaction that commits
/// only when everything arrived and gives the same answers: until then, and for ever when it fails, it stays empty.
public struct StoreCopy: Sendable {
    /// How far a copy is.
    public struct Progress: Sendable {
        /// The table that is on its way; nil while the copy is compared with its source.
        public let table: String?
        /// Rows that arrived so far.
        public let rows: Int64
        /// Rows there are.
        public let total: Int64
    }

    /// What was copied.
    public struct Outcome: Sendable {
        /// Tables with their rows, by name.
        public let tables: [(name: String, rows: Int64)]
        /// The hashes that were the same in both.
        public let hashes: [Proof]
        /// How many runs were on while the source was read; they go on in the copy, from their last checkpoint.
        public let openRuns: Int64

        /// Rows of all tables together.
        public var rows: Int64 { tables.reduce(0) { $0 + $1.rows } }
    }

    /// The state hash of one workspace at one time.
    public struct Proof: Sendable, Equatable {
        /// The workspace.
        public let workspace: String
        /// When; nil for now.
        public let time: Timestamp?
        /// The hash.
        public let hash: String
    }

    let source: Engine
    let target: Engine

    /// A copy from one open database to another.
    public init(from source: Engine, to target: Engine) {
        self.source = source
        self.target = target
    }

    /// Copies and compares.
    ///
    /// - Throws: `copy.source.schema`, `copy.target.notEmpty`, `copy.different` and what the databases say.
    public func run(now: Timestamp, _ progress: @escaping @Sendable (Progress) -> Void) async throws(Problem) -> Outcome
    {
        try await checkSource()
        _ = try await target.migrate(Store.migrations, at: now.rawValue)
        let conveyor = Conveyor<CopyParcel>()
        do {
            return try await withTaskCancellationHandler {
                try await withThrowingTaskGroup(of: Outcome?.self) { group in
                    group.addTask {
                        try await Self.stopping(conveyor) { () async throws(Problem) in
                            try await source.read { try CopySource(connection: $0, now: now).send(to: conveyor) }
                        }
                        return nil
                    }
                    group.addTask {
                        try await Self.stopping(conveyor) { () async throws(Problem) in
                            try await target.write {
                                try CopyTarget(connection: $0, progress: progress).receive(from: conveyor)
                            }
                        }
                    }
                    var outcome: Outcome?
                    while let one = try await group.next() { outcome = one ?? outcome }
                    guard let outcome else { throw StorageProblem.cancelled }
                    return outcome
                }
            } onCancel: {
                conveyor.stop(StorageProblem.cancelled)
            }
        } catch {
            throw Problem.from(error)
        }
    }

    /// Whoever fails lets the other one stop waiting.
    private static func stopping<Result: Sendable>(
        _ conveyor: Conveyor<CopyParcel>, _ work: () async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        do throws(Problem) {
            return try await work()
        } catch {
            conveyor.stop(error)
            throw error
        }
    }

    private func checkSource() async throws(Problem) {
        guard try await source.hasSchema() else {
            throw Problem(
                id: "copy.source.empty", kind: .notFound, title: "There is no Muster data to copy",
                explanation: "\(source.path) holds no tables of Muster.",
                remedy: "Name the right data folder, file or address with --from.")
        }
        let schema = try await source.read { connection in
            try connection.first("SELECT max(number) FROM schema_migrations") { $0.integer(0) } ?? 0
        }
        if schema == Int64(Store.schema) { return }
        throw Problem(
            id: "copy.source.schema", kind: .configuration,
            title: "The data to copy is not at the schema of this version of Muster",
            explanation: "It has schema \(schema); this version has \(Store.schema).",
            remedy: "Run `muster migrate` on it with this version, then copy it.")
    }
}

extension StoreCopy {
    /// Two stores are never mixed.
    public static func notEmpty(table: String) -> Problem {
        Problem(
            id: "copy.target.notEmpty", kind: .conflict, title: "The target of the copy is not empty",
            explanation: "Its table \(table) has rows. A copy never mixes two stores.",
            remedy: "Name an empty database, an empty schema of it, or a new data folder with --to.")
    }
}

/// What travels from one database to the other, in this order.
enum CopyParcel: Sendable {
    /// The tables that will come, and how many rows all of them hold.
    case tables([TableShape], rows: Int64)
    /// Some rows of the table at hand.
    case rows([UInt8])
    /// The table at hand is whole: so many rows it has.
    case end(rows: Int64)
    /// Everything was sent; these answers the source gives.
    case proofs([CopyProof], openRuns: Int64)
}

/// A question that source and target must answer alike.
struct CopyProof: Sendable {
    let workspaceID: Int64
    let proof: StoreCopy.Proof

    static func hash(_ workspaceID: Int64, at time: Timestamp?, _ connection: Connection) throws -> String {
        let asOf = time.map(AsOf.at) ?? .now
        return try StateLines(connection: connection, workspaceID: workspaceID, asOf: asOf).hash().hash
    }
}
