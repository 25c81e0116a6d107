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

    /// ISO 4217's code for no currency.
    public static let unknown = Currency(known: "XXX")

    private init(known code: String) { self.code = code }

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

extension Money {
    /// Reads an amount as people write it in a form: `1234.5`, `1,234.50`, `-20`; nil where it is none, or has more digits
    /// behind the point than the currency.
    public init?(parsing text: some StringProtocol, _ currency: Currency) {
        var rest = text.drop { $0 == " " }
        while rest.last == " " { rest = rest.dropLast() }
        let isNegative = rest.first == "-" || rest.first == "−"
        if isNegative { rest = rest.dropFirst() }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let digits = Self.digits(whole), !digits.isEmpty else { return nil }
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.utf8.allSatisfy({ (48...57).contains($0) }), parts.count == 1 || !fraction.isEmpty,
            fraction.count <= currency.places
        else { return nil }
        let padded = digits + fraction + String(repeating: "0", count: currency.places - fraction.count)
        guard padded.count <= 17, let minor = Int64(padded) else { return nil }
        self.init(minor: isNegative ? -minor : minor, currency)
    }

    /// The digits of a whole number with or without commas between thousands; nil where it is none.
    private static func digits(_ text: some StringProtocol) -> String? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        let isGrouped =
            groups.count == 1
            || (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
        let digits = groups.joined()
        guard isGrouped, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits
    }
}
