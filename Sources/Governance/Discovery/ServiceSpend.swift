public import DatabaseEngine
public import Directory
public import Storage

/// What services cost, where anything tells: the seam to the money that is imported.
public struct ServiceSpend: Sendable {
    /// The amounts of twelve months by Okta's id of the app, one for each currency.
    let amounts: @Sendable (Connection, Int64, Moment) throws -> [String: [Money]]

    /// A source of amounts.
    public init(_ amounts: @escaping @Sendable (Connection, Int64, Moment) throws -> [String: [Money]]) {
        self.amounts = amounts
    }

    /// No amounts are known.
    public static let unknown = ServiceSpend { _, _, _ in [:] }
}
