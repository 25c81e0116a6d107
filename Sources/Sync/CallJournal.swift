import Directory
import OktaAPI
import Storage
import Synchronization

/// Holds the calls of a run until the page they fetched is written, so that ledger and rows commit together.
///
/// A lock, not an actor, as with everything that a walk asks for each page: a change of thread costs more than what they do.
final class CallJournal: CallLedger {
    private struct State {
        var waiting: [CallRecord] = []
        var lastAnswer: Timestamp?
        var counts: [String: Int] = [:]
        var runID: Int64?
    }

    private let state: Mutex<State>

    init(runID: Int64?) { state = Mutex(State(runID: runID)) }

    /// Whose calls are recorded from now on.
    func attribute(to runID: Int64?) { state.withLock { $0.runID = runID } }

    func record(_ call: LedgerCall) {
        let record = CallRecord(
            runID: state.withLock { $0.runID }, calledAt: call.time, method: call.method, path: call.path,
            callClass: call.callClass,
            bucket: call.bucket, status: call.status ?? 0, items: call.items, bytes: call.bytes,
            requestID: call.requestID, durationMicroseconds: Int64(call.durationMicroseconds), retry: call.retry,
            bodySHA256: call.bodySHA256)
        state.withLock { state in
            state.waiting.append(record)
            state.counts[call.callClass, default: 0] += 1
            if let status = call.status, status < 500, status != 429 { state.lastAnswer = call.time }
        }
    }

    /// The calls not written yet; they count as written from now on.
    func drain() -> [CallRecord] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Takes back calls whose page could not be written: the next page takes them along.
    func putBack(_ calls: [CallRecord]) { state.withLock { $0.waiting.insert(contentsOf: calls, at: 0) } }

    /// Calls made so far, by class.
    var counts: [String: Int] { state.withLock { $0.counts } }

    /// Calls made so far.
    var total: Int { state.withLock { $0.counts.values.reduce(0, +) } }

    /// When Okta last gave a proper answer.
    var answeredAt: Timestamp? { state.withLock { $0.lastAnswer } }
}
