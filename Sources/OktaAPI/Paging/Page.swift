/// One page of a listing.
public struct Page<Item: Sendable>: Sendable {
    /// The records that could be read.
    public let items: [Item]
    /// The records that could not.
    public let quarantined: [QuarantinedRecord]
    /// Where the next page is; nil at the end of the listing, and only there.
    public let next: Cursor?
    /// The length of the body.
    public let bytes: Int
    /// Okta's id of the request.
    public let requestID: String?

    /// A page; see the properties.
    public init(items: [Item], quarantined: [QuarantinedRecord] = [], next: Cursor?, bytes: Int, requestID: String?) {
        self.items = items
        self.quarantined = quarantined
        self.next = next
        self.bytes = bytes
        self.requestID = requestID
    }
}

/// A record that could not be read: kept whole, so that nothing is silently lost.
public struct QuarantinedRecord: Sendable, Hashable, Codable {
    /// What is wrong with it.
    public let reason: String
    /// Its JSON text, cut off after 64 kB.
    public let json: String

    /// The longest text that is kept, in bytes.
    public static let maxBytes = 65_536

    /// A record with its text, which is cut to `maxBytes`.
    public init(reason: String, json: String) {
        self.reason = reason
        self.json =
            json.utf8.count <= Self.maxBytes ? json : String(decoding: json.utf8.prefix(Self.maxBytes), as: UTF8.self)
    }
}
