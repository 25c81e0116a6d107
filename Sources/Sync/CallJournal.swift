import Directory
import OktaAPI
import Storage

/// Holds the calls of a run until the page they fetched is written, so that ledger and rows commit together.
actor CallJournal: CallLedger {
    private let runID: Int64?
    private var waiting: [CallRecord] = []
    private var lastAnswer: Timestamp?
    /// Calls made so far, by class.
    private(set) var counts: [String: Int] = [:]

    init(runID: Int64?) { self.runID = runID }

    func record(_ call: LedgerCall) {
        waiting.append(
            CallRecord(
                runID: runID, calledAt: call.time, method: call.method, path: call.path, callClass: call.callClass,
                bucket: call.bucket, status: call.status ?? 0, items: call.items, bytes: call.bytes,
                requestID: call.requestID, durationMicroseconds: Int64(call.durationMicroseconds), retry: call.retry,
                bodySHA256: call.bodySHA256))
        counts[call.callClass, default: 0] += 1
        if let status = call.status, status < 500, status != 429 { lastAnswer = call.time }
    }

    /// The calls not written yet; they count as written from now on.
    func drain() -> [CallRecord] {
        defer { waiting.removeAll(keepingCapacity: true) }
        return waiting
    }

    /// Takes back calls whose page could not be written: the next page takes them along.
    func putBack(_ calls: [CallRecord]) { waiting.insert(contentsOf: calls, at: 0) }

    /// When Okta last gave a proper answer.
    var answeredAt: Timestamp? { lastAnswer }
}
