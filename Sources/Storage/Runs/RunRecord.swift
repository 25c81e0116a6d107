public import Directory

/// One sync as a person reads it: what it did, what it could not read, how it ended.
public struct RunRecord: Sendable, Equatable {
    /// Counts from 1 in each workspace.
    public let id: Int64
    /// The integration it read.
    public let integrationID: Int64
    /// `full`, or `tail` for what following the System Log learnt within a minute.
    public let kind: String
    /// How it stands.
    public let status: RunStatus
    /// When it began; everything it saw counts as seen then.
    public let startedAt: Timestamp
    /// When it last wrote.
    public let heartbeatAt: Timestamp
    /// When it ended; nil while it runs or waits to be resumed.
    public let finishedAt: Timestamp?
    /// How many calls were expected.
    public let predictedCalls: Int?
    /// How often it was started: 1 unless it was interrupted.
    public let attempts: Int
    /// How often in a row it failed; stops and kills are no failures.
    public var failures = 0
    /// Whether Okta answered nobody when it last ended: one list that fails alone is no outage.
    public var inSilence = false
    /// Calls made again because an answer failed.
    public let retries: Int
    /// Calls Okta refused because of rate limits.
    public let rateLimited: Int
    /// What ended it early.
    public let problem: RecordedProblem?
    /// What it could read, by resource.
    public let coverage: [Resource: Coverage]
    /// What it saw and did, by noun.
    public let counts: [RunCount]
    /// What it asked, by class of call.
    public let calls: [RunCalls]
    /// Which way it read the lists that Okta gives in several ways, and why.
    public let choices: [RunChoice]
    /// Records kept apart because they could not be understood.
    public let quarantined: Int
    /// Lists whose closures wait for a person.
    public let held: Int
    /// Rows that end when a person accepts them.
    public var heldRows = 0
    /// Of a full sync while the System Log was followed: changes it found that no event had told of. Nil where nobody
    /// followed the log when it began.
    public let drift: Int?

    /// What `kind` says of runs that are not full syncs.
    static let tailKind = "tail"
    /// The noun under which drift is counted.
    static let driftNoun = "drift"

    /// Whether it is what following the System Log learnt, and not a full sync.
    public var isTail: Bool { kind == Self.tailKind }
    /// All calls made.
    public var totalCalls: Int { calls.reduce(0) { $0 + $1.calls } }
    /// The counts of one noun; zero when it saw none.
    public func count(_ noun: String) -> RunCount { counts.first { $0.noun == noun } ?? RunCount(noun: noun) }
}

/// How a run stands.
public enum RunStatus: String, Sendable, CaseIterable {
    /// At work, or killed and not yet noticed: see the heartbeat.
    case running
    /// Everything was read.
    case complete
    /// Some resource could not be read; see the coverage.
    case partial
    /// Something would have been closed in bulk and waits for a person.
    case held
    /// Stopped part-way; the next sync goes on from there.
    case interrupted
    /// Could not begin, or a defect ended it.
    case failed

    /// Whether the next sync goes on with this run.
    public var isResumable: Bool { self == .running || self == .interrupted }

    /// Whether the run read all that it could.
    public var isFinished: Bool { self == .complete || self == .partial || self == .held }
}

/// Calls of one class in a run.
public struct RunCalls: Sendable, Equatable {
    /// `users`, `group_users`, `app_users`, …
    public let callClass: String
    /// How many were expected; nil when nobody could know.
    public let predicted: Int?
    /// How many were made.
    public let calls: Int
}

/// One call as the ledger keeps it.
public struct CallRecord: Sendable, Equatable {
    /// Counts from 1 in each integration, without gaps.
    public let position: Int64
    /// The run it belongs to; nil for checks.
    public let runID: Int64?
    /// When it was sent.
    public let calledAt: Timestamp
    /// `GET`, or `POST` for the client's own token.
    public let method: String
    /// Path and query.
    public let path: String
    /// The class it counts as.
    public let callClass: String
    /// The rate-limit bucket it was charged to.
    public let bucket: String
    /// HTTP status; 0 when no answer came.
    public let status: Int
    /// Records in the answer.
    public let items: Int?
    /// Bytes of the answer's body.
    public let bytes: Int
    /// Okta's request id.
    public let requestID: String?
    /// How long the answer took, in microseconds.
    public let durationMicroseconds: Int64
    /// 0 for the first attempt.
    public let retry: Int
    /// SHA-256 of the body as received.
    public let bodySHA256: [UInt8]

    /// A call; see the properties. `position` is given by the ledger.
    public init(
        position: Int64 = 0, runID: Int64?, calledAt: Timestamp, method: String, path: String, callClass: String,
        bucket: String, status: Int, items: Int?, bytes: Int, requestID: String?, durationMicroseconds: Int64,
        retry: Int, bodySHA256: [UInt8]
    ) {
        self.position = position
        self.runID = runID
        self.calledAt = calledAt
        self.method = method
        self.path = path
        self.callClass = callClass
        self.bucket = bucket
        self.status = status
        self.items = items
        self.bytes = bytes
        self.requestID = requestID
        self.durationMicroseconds = durationMicroseconds
        self.retry = retry
        self.bodySHA256 = bodySHA256
    }
}

/// How much of one rate-limit bucket is used.
public struct RateGauge: Sendable, Equatable {
    /// The bucket, by its path: `/api/v1/apps`.
    public let bucket: String
    /// What Okta's header allows in a window.
    public let limit: Int
    /// What Okta says is left.
    public let remaining: Int
    /// The share of `limit` that Muster allows itself.
    public let allowed: Int
    /// What Muster used in this window.
    public let used: Int
    /// When the window ends.
    public let resetsAt: Timestamp
    /// When Okta last said so.
    public let updatedAt: Timestamp

    /// A gauge; see the properties.
    public init(
        bucket: String, limit: Int, remaining: Int, allowed: Int, used: Int, resetsAt: Timestamp, updatedAt: Timestamp
    ) {
        self.bucket = bucket
        self.limit = limit
        self.remaining = remaining
        self.allowed = allowed
        self.used = used
        self.resetsAt = resetsAt
        self.updatedAt = updatedAt
    }
}

/// A record that could not be understood, kept with its JSON.
public struct QuarantinedRow: Sendable, Equatable {
    /// The resource it came from.
    public let resource: String
    /// Why it could not be understood.
    public let reason: String
    /// The record as Okta sent it.
    public let record: String
    /// When it was found.
    public let foundAt: Timestamp
}

/// A closure in bulk that waits for a person.
public struct HeldClosure: Sendable, Equatable {
    /// The listing: `users`, `group_users`, …
    public let listing: String
    /// The group, app or person whose list it is; 0 for the whole tenant.
    public let subjectKey: Int64
    /// Okta's id of the group, app or person.
    public let subjectID: String?
    /// Its newest name.
    public let subjectName: String?
    /// Rows that are open.
    public let openRows: Int
    /// Rows that would be closed.
    public let wouldClose: Int
    /// When a person accepted it.
    public let acceptedAt: Timestamp?

    /// What has the list.
    public enum Subject: Sendable {
        case tenant, group, app, person
    }

    /// What has the list: the tenant, or one of its groups, apps or people.
    public var subject: Subject {
        if subjectID == nil { return .tenant }
        if listing.hasPrefix("group_") { return .group }
        return listing.hasPrefix("app_") ? .app : .person
    }

    /// The list in words: “app users”.
    public var title: String { listing.replacing("_", with: " ") }
}

/// One change that a run found.
public struct RunChange: Sendable, Equatable {
    /// `users`, `memberships`, …
    public let noun: String
    /// `added`, `changed` or `closed`.
    public let change: String
    /// The name of what changed.
    public let subject: String
    /// The name of the other end, for memberships and assignments; empty otherwise.
    public let object: String
}
