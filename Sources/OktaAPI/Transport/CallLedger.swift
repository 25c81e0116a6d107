public import Directory

/// Where every HTTP call is written down, so that an auditor can see that Muster only ever read.
public protocol CallLedger: Sendable {
    /// Called once for each request sent, repeats and token requests included, after its answer or failure.
    func record(_ call: LedgerCall) async
}

/// One HTTP call to Okta.
public struct LedgerCall: Sendable, Equatable {
    /// When the request was sent.
    public var time: Timestamp
    /// `GET`, or `POST` for the token request.
    public var method: String
    /// Path and query. Never holds a credential.
    public var path: String
    /// The HTTP status; nil when no whole answer came.
    public var status: Int?
    /// How many records the answer held; nil when it was no list.
    public var items: Int?
    /// Okta's id of the request, for its support.
    public var requestID: String?
    /// The length of the body received, after decompression.
    public var bytes: Int
    /// The SHA-256 of the body received; empty when no whole answer came.
    public var bodySHA256: [UInt8]
    /// From sending to the last byte.
    public var durationMicroseconds: Int
    /// The rate limit bucket it was counted in.
    public var bucket: String
    /// 0 for the first attempt, then 1, 2, …
    public var retry: Int
    /// What kind of call it was: a key of `calls.by_class`; `token` and `organization` besides.
    public var callClass: String

    /// A call; see the properties.
    public init(
        time: Timestamp, method: String, path: String, status: Int? = nil, items: Int? = nil, requestID: String? = nil,
        bytes: Int = 0, bodySHA256: [UInt8] = [], durationMicroseconds: Int = 0, bucket: String, retry: Int = 0,
        callClass: String
    ) {
        self.time = time
        self.method = method
        self.path = path
        self.status = status
        self.items = items
        self.requestID = requestID
        self.bytes = bytes
        self.bodySHA256 = bodySHA256
        self.durationMicroseconds = durationMicroseconds
        self.bucket = bucket
        self.retry = retry
        self.callClass = callClass
    }
}

/// A ledger that keeps nothing, for questions asked before a tenant is connected.
public struct NoLedger: CallLedger {
    /// A ledger that keeps nothing.
    public init() {}
    /// Forgets the call.
    public func record(_ call: LedgerCall) async {}
}
