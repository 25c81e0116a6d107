public import Problems
public import Storage

/// How a sync ended: its record, and what ended it early, if anything.
public struct SyncOutcome: Sendable {
    /// The run as it is stored.
    public let run: RunRecord
    /// What stopped it; nil when it went to its end, even if some resource could not be read.
    public let problem: Problem?
}
