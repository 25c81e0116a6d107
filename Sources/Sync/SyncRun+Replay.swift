import Directory
import Problems
import Storage

/// History from before the first sync.
extension SyncRun {
    /// Once every list and the whole log are read, lets history begin where the log begins. Does nothing when that was done
    /// by an earlier run, or when the log may not be read.
    func replayLog() async throws(Problem) {
        let coverage = state.coverage
        guard coverage[.logs] == .readable else { return }
        try await store.replayLog(context, readable: Set(coverage.filter { $0.value == .readable }.keys))
    }
}
