/// An amount of money: a whole number of a currency's smallest unit. Amounts of two currencies are never added.
public struct Money: Sendable, Hashable {
    /// Whole cents of the euro, whole yen, thousandths of the dinar.
    public var minor: Int64
    /// The currency.
    public var currency: Currency

    /// An amount; see the properties.
    public init(minor: Int64, _ currency: Currency) {
        self.minor = minor
        self.currency = currency
    }

    /// `1234.50`: digits, a point, and as many digits as the currency has; for files.
    public var plain: String {
        let places = currency.places
        guard places > 0 else { return String(minor) }
        let digits = String(minor.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return "\(minor < 0 ? "-" : "")\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}

/// A currency by its code of ISO 4217.
public struct Currency: Sendable, Hashable, Comparable {
    /// `EUR`.
    public let code: String

    /// The currency of a code in any case; nil where it is not three letters of ASCII.
    public init?(_ code: some StringProtocol) {
        let upper = code.uppercased()
        guard upper.utf8.count == 3, upper.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        self.code = upper
    }

    /// How many digits its smallest unit has behind the point: 2, but 0 for the yen and 3 for the dinar (ISO 4217).
    public var places: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }

    /// By code.
    public static func < (left: Currency, right: Currency) -> Bool { left.code < right.code }
}
