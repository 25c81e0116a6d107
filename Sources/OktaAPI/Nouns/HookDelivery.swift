public import Directory
public import Problems

/// What Okta posts to an Event Hook: events of the System Log, under an id of the delivery.
public struct HookDelivery: Sendable {
    /// Okta's id of the delivery: the same when it is delivered again.
    public let eventID: String
    /// The events, with the same ids as in the System Log, in no promised order.
    public let events: [SystemLogEvent]
    /// The events that could not be read.
    public let quarantined: [QuarantinedRecord]

    /// The longest body that is read, in bytes.
    public static let maxBytes = 1 << 20
    private static let parsers = JSONParsers(limit: maxBytes)

    /// Reads a posted body.
    ///
    /// - Throws: `hook.body.unreadable` for what is no delivery. One bad event is quarantined, the others are read.
    public init(_ body: [UInt8]) throws(Problem) {
        do {
            self = try body.withUnsafeBytes { bytes in
                try Self.parsers.withParser { parser in
                    try parser.parse(bytes, padded: false) { root in try HookDelivery(root) }
                }
            }
        } catch {
            let reason = (error as? JSONFailure)?.reason ?? (error as? RecordDefect)?.reason ?? ""
            throw Problem(
                id: "hook.body.unreadable", kind: .usage, title: "The body is no delivery of an Event Hook",
                explanation: reason, remedy: "Let only Okta's Event Hook post to this address.")
        }
    }

    private init(_ root: JSONValue) throws {
        guard root.isObject, let id = root["eventId"]?.identifier else { throw RecordDefect.missing("eventId") }
        guard let records = root["data"]?["events"], records.isArray else { throw RecordDefect.missing("data.events") }
        eventID = id
        var events: [SystemLogEvent] = []
        var quarantined: [QuarantinedRecord] = []
        for record in records.values {
            do throws(RecordDefect) {
                events.append(try SystemLogEvent(okta: record))
            } catch {
                quarantined.append(QuarantinedRecord(reason: error.reason, json: record.minified))
            }
        }
        self.events = events
        self.quarantined = quarantined
    }
}
