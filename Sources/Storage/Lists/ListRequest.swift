/// What somebody wants to see of a list.
public struct ListRequest: Sendable {
    /// Text to look for; empty: everything.
    public var search: String
    /// Conditions that all have to hold.
    public var filters: [ListFilter]
    /// The column to sort by; nil: the list's own order.
    public var sort: String?
    /// Largest first.
    public var descending: Bool
    /// Where the page starts, as `ListPage.next` or `ListPage.previous` gave it; nil: at the beginning.
    public var cursor: String?
    /// At most this many rows.
    public var limit: Int

    /// Everything in the list's own order, 50 rows a page.
    public init(
        search: String = "", filters: [ListFilter] = [], sort: String? = nil, descending: Bool = false,
        cursor: String? = nil, limit: Int = 50
    ) {
        self.search = search
        self.filters = filters
        self.sort = sort
        self.descending = descending
        self.cursor = cursor
        self.limit = limit
    }
}
