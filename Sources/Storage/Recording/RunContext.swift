public import Directory

/// Which run is writing, and when it looked.
///
/// `seenAt` is the start of the run and stays the same when the run is resumed, so that a broken run and an unbroken one
/// end with the same store.
public struct RunContext: Sendable {
    /// The workspace.
    public let workspaceID: Int64
    /// The number of no run, for what is written without one.
    static let noRun: Int64 = 0

    /// The integration being read.
    public let integrationID: Int64
    /// The run.
    public let runID: Int64
    /// The moment everything in this run counts as seen.
    public let seenAt: Timestamp
    /// Whether no earlier run of this integration has finished: what is seen now may be old.
    public let isFirst: Bool
    /// The share of open rows one complete walk may close before it is held for a person.
    public let closureShare: Double
    /// Whether the System Log was followed when this full sync began, so that what it finds besides is drift.
    public let measuresDrift: Bool
    /// Whether it reads what the System Log told of, and not everything.
    public let isTail: Bool
    /// The newest run whose additions Okta's lists are sure to show: they may lag behind what the tail has just learnt.
    let settledRun: Int64
    /// What lets this process work for the tenant: nothing of the run is written once another one has it.
    public let lease: Lease?
    /// Keys that the run looked up before.
    let keys = KeyCache()
    /// Where the run's pages gather to be written.
    let batch = WriteBatch()

    /// A context; see the properties.
    public init(
        workspaceID: Int64, integrationID: Int64, runID: Int64, seenAt: Timestamp, isFirst: Bool,
        closureShare: Double = 0.2, measuresDrift: Bool = false, isTail: Bool = false, lease: Lease? = nil,
        settledRun: Int64? = nil
    ) {
        self.workspaceID = workspaceID
        self.integrationID = integrationID
        self.runID = runID
        self.seenAt = seenAt
        self.isFirst = isFirst
        self.closureShare = closureShare
        self.measuresDrift = measuresDrift
        self.isTail = isTail
        self.lease = lease
        self.settledRun = settledRun ?? runID
    }

    /// How a beginning without a date of Okta's own is known.
    var unseenBeginning: Evidence { isFirst ? .firstSight : .betweenSyncs }
}
