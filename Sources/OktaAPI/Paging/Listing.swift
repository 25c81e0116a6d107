public import Directory

/// A list that Okta keeps, and how to read it. Made by the factories that stand beside each noun: `.users`, `.groups`,
/// `.members(ofGroup:)`, …
public struct Listing<Item: Sendable>: Sendable {
    /// The resource that is permitted, refused and reported as one.
    public let resource: Resource
    /// The key under which calls are counted: `users`, `group_users`, `app_users`, …
    public let callClass: String
    /// The id of the object whose list this is; nil for lists of the whole tenant.
    public let subject: String?
    /// The path on Okta's host.
    public let path: String
    /// The rate limit bucket it is counted in.
    public var bucket: String { RateBucket.name(of: path) }

    let query: [(name: String, value: String)]
    let headers: [(name: String, value: String)]
    let shape: Shape
    let decode: @Sendable (JSONValue) throws(RecordDefect) -> Item

    /// How the body holds the records, and where the next page is told.
    enum Shape: Sendable {
        /// An array; `next` in the `Link` header.
        case array
        /// An object with the array under `value`; `next` in `_links.next.href`, or in the `Link` header.
        case value
        /// An array that is never at its end: `next` is always told.
        case endlessArray
        /// One object by itself, without pages.
        case object
    }

    init(
        _ resource: Resource, callClass: String, subject: String? = nil, path: String,
        query: [(name: String, value: String)] = [], headers: [(name: String, value: String)] = [],
        shape: Shape = .array, decode: @escaping @Sendable (JSONValue) throws(RecordDefect) -> Item
    ) {
        self.resource = resource
        self.callClass = callClass
        self.subject = subject
        self.path = path
        self.query = query
        self.headers = headers
        self.shape = shape
        self.decode = decode
    }

    /// The number of records asked for on a page; nil for lists without pages.
    var limit: Int? { query.first { $0.name == "limit" }.flatMap { Int($0.value) } }

    /// The first page's path and query.
    var firstTarget: String { PageTarget.text(path: path, query: query) }

    /// The same list with another number of records a page, for a look at whether it may be read. Lists without pages
    /// stay as they are.
    func limited(to limit: Int) -> Listing {
        guard query.contains(where: { $0.name == "limit" }) else { return self }
        var query = query.filter { $0.name != "limit" }
        query.append(("limit", String(limit)))
        return Listing(
            resource, callClass: callClass, subject: subject, path: path, query: query, headers: headers, shape: shape,
            decode: decode)
    }
}

/// What keeps a record from being read.
struct RecordDefect: Error {
    let reason: String

    static func missing(_ field: StaticString) -> RecordDefect {
        RecordDefect(reason: "The field \"\(field)\" is missing or no id.")
    }
}

extension JSONValue {
    /// An id that a record cannot do without.
    func required(_ key: StaticString) throws(RecordDefect) -> String {
        guard let id = self[key]?.identifier else { throw RecordDefect.missing(key) }
        return id
    }

    /// A text of an object, for fields with an empty text in place of nil.
    func text(_ key: StaticString) -> String { self[key]?.text ?? "" }
}
