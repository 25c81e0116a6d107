import DatabaseEngine
import Directory
import Problems
import Storage

/// History from before the first sync.
extension SyncRun {
    /// A database that was just filled plans as if it were empty: a first sync tells it what it holds.
    func refreshStatistics(of tables: [String]? = nil) async throws(Problem) {
        if context.isFirst { try await store.engine.refreshStatistics(of: tables) }
    }

    /// Once every list and the whole log are read, lets history begin where the log begins. Tells nothing that was told by
    /// an earlier run, and nothing at all when the log may not be read.
    func replayLog() async throws(Problem) {
        let coverage = state.coverage
        let readable = coverage.filter { $0.value == .readable }.keys
        try await store.replayLog(context, readable: coverage[.logs] == .readable ? Set(readable) : [])
    }
}
