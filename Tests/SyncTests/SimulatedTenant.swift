import Foundation
import OktaSimulator
import Testing

/// A simulated tenant that serves on a free port for the length of `body`.
func withSimulator<Result: Sendable>(
    people: Int = 120, apps: Int = 12, groups: Int = 15, days: Int = 20, seed: UInt64 = 7,
    now: String? = "2026-06-15T12:00:00Z", since: String? = nil,
    changesPerMinute: Double? = nil, faults: [String] = [],
    limits: SimulatorConfiguration.Limits = .none,
    limitWindow: Double = 60, hook: String? = nil,
    _ body: @Sendable @escaping (Simulator, Int) async throws -> Result
) async throws -> Result {
    var configuration = SimulatorConfiguration()
    configuration.port = 0
    configuration.people = people
    configuration.apps = apps
    configuration.groups = groups
    configuration.days = days
    configuration.seed = seed
    configuration.now = now
    configuration.since = since
    configuration.limits = limits
    configuration.limitWindow = limitWindow
    configuration.changesPerMinute = changesPerMinute
    configuration.hookURL = hook
    configuration.faults = try faults.map { try Fault(parsing: $0) }
    let simulator = try Simulator(configuration)
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            try await simulator.run { port in
                continuation.yield(port)
                continuation.finish()
            }
            return nil
        }
        group.addTask {
            for await port in ports { return try await body(simulator, port) }
            return nil
        }
        while let result = try await group.next() {
            if let result {
                group.cancelAll()
                return result
            }
        }
        throw CancellationError()
    }
}

extension Simulator {
    /// Some columns of a table as it truly was at a date, a line for each row.
    func truth(_ table: String, _ columns: [String], _ date: String) throws -> Set<String> {
        let truth = try print(table, asOf: date)
        let indexes = columns.compactMap { truth.columns.firstIndex(of: $0) }
        try #require(indexes.count == columns.count)
        return Set(truth.rows.map { row in indexes.map { row[$0] }.joined(separator: "|") })
    }
}
