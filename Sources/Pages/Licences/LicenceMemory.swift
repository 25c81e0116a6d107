import Analysis
import Directory
import Governance
import Problems
import Storage

/// What licences at a moment are worked out to, kept until the data or the decisions change.
struct LicenceBook: Sendable {
    let reader: LicenceReader
    let licences: [Licence]
    /// When it was worked out.
    let madeAt: Timestamp
}

/// Remembers the licences of the latest moments asked about: working them out takes a pass over every seat.
///
/// What the System Log tells changes something each minute in a large tenant. A book that took long to make is not made anew
/// for that at once, but after a hundred times as long, at most after a quarter of an hour; pages say how old it is.
actor LicenceMemory {
    private struct Kept {
        let key: String
        let tail: String
        let book: LicenceBook
        let seconds: Double
    }

    private static let most = 4
    private var kept: [Kept] = []
    private var rows: [(key: String, list: ListDefinition)] = []

    func book(_ store: Store, _ moment: Moment) async throws(Problem) -> LicenceBook {
        let latest = try await store.runs(of: nil, limit: 1).first
        let decisions = try await store.decisionState()
        let key =
            "\(latest?.id ?? 0) \(latest?.status.rawValue ?? "") \(moment.asOf) \(moment.today) \(moment.usageKnown) \(decisions)"
        let tail = try await ListMemory.state(of: store, moment)
        if let found = kept.first(where: { $0.key == key }),
            found.tail == tail
                || Double(moment.now.seconds - found.book.madeAt.seconds) < min(900, found.seconds * 100)
        {
            return found.book
        }
        let clock = ContinuousClock()
        let start = clock.now
        let reader = try await store.licenceReader(moment)
        let licences = try await store.licences(reader)
        let book = LicenceBook(reader: reader, licences: licences, madeAt: moment.now)
        let took = clock.now - start
        kept.removeAll { $0.key == key }
        kept.append(
            Kept(
                key: key, tail: tail, book: book,
                seconds: Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18))
        if kept.count > Self.most { kept.removeFirst() }
        rows.removeAll()
        return book
    }

    /// The seats of one app as a list: those alone that are asked for.
    func seats(
        of app: String, _ keep: SeatChoice, _ book: LicenceBook, _ store: Store, _ moment: Moment
    ) async throws(Problem) -> ListDefinition {
        let key = "\(book.madeAt.rawValue) \(moment.asOf) \(app) \(keep)"
        if let found = rows.first(where: { $0.key == key }) { return found.list }
        let found = try await store.seats(of: app, book.reader) { keep.holds($0.bucket) }
        let list = ListDefinition.seats(
            try await store.seatRows(found?.licences ?? [], found?.seats ?? [], moment))
        // Few lists, and none of more seats than a page is likely to be turned through.
        if found?.seats.count ?? 0 <= 20_000 {
            rows.append((key, list))
            if rows.count > Self.most { rows.removeFirst() }
        }
        return list
    }
}

/// Which seats are asked for, as the filters of a list say it: the others need not be gone through.
struct SeatChoice: Sendable, Equatable {
    /// The bucket; nil: every one.
    var bucket: SeatBucket?
    /// The kind of buckets; nil: every one.
    var kind: String?
    /// The product; nil: every one.
    var product: String?

    /// What filters ask for.
    init(_ filters: [ListFilter]) {
        for filter in filters where filter.comparison == .equal {
            switch filter.column {
            case "bucket": bucket = SeatBucket(name: filter.value)
            case "kind": kind = filter.value
            case "product": product = filter.value
            default: break
            }
        }
    }

    func holds(_ bucket: SeatBucket) -> Bool {
        (self.bucket.map { $0 == bucket } ?? true) && (kind.map { $0 == bucket.kind } ?? true)
    }

    var title: String { bucket?.title ?? kind.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? "All seats" }

    /// The filters that ask for it.
    static func filters(bucket: String? = nil, kind: String? = nil, product: String? = nil) -> [(String, String?)] {
        [("bucket", bucket), ("kind", kind), ("product", product)].compactMap { name, value in
            value.map { ("where", ListFilter(column: name, comparison: .equal, value: $0).expression) }
        }
    }
}
