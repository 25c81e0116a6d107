import NIOCore

/// A body turned into records.
struct DecodedPage<Item: Sendable>: Sendable {
    var items: [Item] = []
    var quarantined: [QuarantinedRecord] = []
    /// The next page's address as the body tells it.
    var next: String?
}

/// Turns bodies into records. One bad record is quarantined; only a body that is no JSON at all fails.
struct PageDecoder: Sendable {
    let parsers: JSONParsers

    func decode<Item>(_ body: ByteBuffer, as listing: Listing<Item>) throws -> DecodedPage<Item> {
        let padded = body.writableBytes >= JSONDocument.padding
        return try body.withUnsafeReadableBytes { bytes in
            try parsers.withParser { parser in
                do {
                    return try parser.parse(bytes, padded: padded) { root in try page(root, listing) }
                } catch let failure as JSONFailure {
                    guard let page = onePartAtATime(bytes, parser, listing) else { throw failure }
                    return page
                }
            }
        }
    }

    private func page<Item>(_ root: JSONValue, _ listing: Listing<Item>) throws -> DecodedPage<Item> {
        var page = DecodedPage<Item>()
        let records: JSONValue
        if case .value = listing.shape, root.isObject {
            guard let value = root["value"], value.isArray else {
                throw JSONFailure(reason: "There is no array under \"value\".")
            }
            records = value
            page.next = root["_links"]?["next"]?["href"]?.text
        } else {
            records = root
        }
        if case .object = listing.shape {
            guard root.isObject else { throw JSONFailure(reason: "The body is no object.") }
            do throws(RecordDefect) {
                page.items.append(try listing.decode(root))
            } catch {
                page.quarantined.append(QuarantinedRecord(reason: error.reason, json: root.minified))
            }
            return page
        }
        guard records.isArray else { throw JSONFailure(reason: "The body is no array.") }
        page.items.reserveCapacity(records.count)
        for record in records.values {
            do throws(RecordDefect) {
                page.items.append(try listing.decode(record))
            } catch {
                page.quarantined.append(QuarantinedRecord(reason: error.reason, json: record.minified))
            }
        }
        return page
    }

    /// Reads each element of an array by itself, for arrays with an element that is no JSON.
    private func onePartAtATime<Item>(
        _ bytes: UnsafeRawBufferPointer, _ parser: JSONDocument, _ listing: Listing<Item>
    ) -> DecodedPage<Item>? {
        guard let ranges = RecordSplitter.elements(of: bytes) else { return nil }
        var page = DecodedPage<Item>()
        for range in ranges {
            let part = UnsafeRawBufferPointer(rebasing: bytes[range])
            do {
                page.items.append(try parser.parse(part, padded: false) { try listing.decode($0) })
            } catch {
                let reason = (error as? RecordDefect)?.reason ?? (error as? JSONFailure)?.reason ?? "It is no JSON."
                page.quarantined.append(QuarantinedRecord(reason: reason, json: String(decoding: part, as: UTF8.self)))
            }
        }
        // Where no element is JSON, the body as a whole is not what it should be.
        return page.items.isEmpty ? nil : page
    }
}
