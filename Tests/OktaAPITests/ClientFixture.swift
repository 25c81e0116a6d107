import Directory
import Logging
import OktaAPI
import Problems
import Synchronization
import Testing

/// Keeps every call, for tests that look at them.
final class RecordingLedger: CallLedger {
    private let kept = Mutex<[LedgerCall]>([])
    var calls: [LedgerCall] { kept.withLock { $0 } }
    func record(_ call: LedgerCall) async { kept.withLock { $0.append(call) } }
}

/// A client of a scripted tenant, in a hurry.
func makeClient(
    _ server: ScriptedServer, credential: OktaCredential = .apiToken("00secret"),
    ledger: any CallLedger = NoLedger(), _ change: (inout OktaClientConfiguration) -> Void = { _ in }
) throws -> OktaClient {
    var configuration = OktaClientConfiguration()
    configuration.retryBaseSeconds = 0.001
    configuration.concurrencyBackoffSeconds = 0.001
    configuration.maxRetries = 4
    configuration.requestTimeoutSeconds = 10
    change(&configuration)
    return OktaClient(
        domain: try OktaDomain(pasted: server.url), credential: credential, configuration: configuration,
        ledger: ledger,
        logger: Logger(label: "test"))
}

/// The id of the problem that `body` throws; nil when it throws none.
func problemID(_ body: () async throws(Problem) -> some Sendable) async -> String? {
    do throws(Problem) {
        _ = try await body()
        return nil
    } catch {
        return error.id
    }
}

/// Every item of a listing, page by page.
func walk<Item>(_ client: OktaClient, _ listing: Listing<Item>) async throws -> [Item] {
    var items: [Item] = []
    var cursor: Cursor?
    repeat {
        let page = try await client.page(listing, at: cursor)
        items += page.items
        cursor = page.next
    } while cursor != nil
    return items
}
