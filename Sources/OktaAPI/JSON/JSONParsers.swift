import Synchronization

/// The parsers of one client. Decoding never waits, so as many are kept as cores can use; the rest are let go, so that
/// memory does not grow with the number of calls in flight.
final class JSONParsers: Sendable {
    private let idle = Mutex<[JSONDocument]>([])
    private let limit: Int
    private static let kept = 2

    init(limit: Int) { self.limit = limit }

    /// Lends a parser to `body`, alone.
    func withParser<Result>(_ body: (JSONDocument) throws -> Result) throws -> Result {
        guard let parser = idle.withLock({ $0.popLast() }) ?? JSONDocument(limit: limit) else {
            throw JSONFailure(reason: "There is no memory for a JSON parser.")
        }
        defer {
            idle.withLock { idle in
                if idle.count < Self.kept { idle.append(parser) }
            }
        }
        return try body(parser)
    }
}
