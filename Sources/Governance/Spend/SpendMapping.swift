public import Directory

/// How a file of spend is read: what each column holds, and how its dates and amounts are written.
public struct SpendMapping: Sendable, Equatable {
    /// What kind of record it is.
    public var source: SpendSource
    /// Its encoding and what stands between fields.
    public var format: CSVFormat
    /// Which column holds each field, by the field's name.
    public var columns: [String: Int]
    /// In which order its dates are written.
    public var dates: DateOrder
    /// Which sign stands before its cents.
    public var decimal: DecimalSign
    /// The currency of lines that name none.
    public var currency: Currency?
    /// Whether what was spent is below zero, as on statements of cards and banks.
    public var isSpendNegative: Bool

    /// A mapping; see the properties.
    public init(
        source: SpendSource, format: CSVFormat = CSVFormat(), columns: [String: Int], dates: DateOrder = .yearFirst,
        decimal: DecimalSign = .point, currency: Currency? = nil, isSpendNegative: Bool = false
    ) {
        self.source = source
        self.format = format
        self.columns = columns
        self.dates = dates
        self.decimal = decimal
        self.currency = currency
        self.isSpendNegative = isSpendNegative
    }

    /// The mapping as it is kept with an import.
    var text: String {
        var parts = [
            "source=\(source.rawValue)", "encoding=\(format.encoding.rawValue)", "delimiter=\(format.delimiter.name)",
            "dates=\(dates.rawValue)", "decimal=\(decimal.rawValue)", "negative=\(isSpendNegative ? 1 : 0)",
        ]
        if let currency { parts.append("currency=\(currency.code)") }
        parts += columns.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return parts.joined(separator: ";")
    }

    /// The choices of a mapping that was kept.
    static func choice(_ text: String) -> SpendChoice {
        var choice = SpendChoice()
        for part in text.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { continue }
            choice.set(pair[0], pair[1])
        }
        return choice
    }
}

/// What a person says of how a file is read, or said when a file with the same heading came before. What is not said is
/// found out.
public struct SpendChoice: Sendable, Equatable {
    /// What kind of record it is.
    public var source: SpendSource?
    /// How its characters are written.
    public var encoding: CSVFormat.Encoding?
    /// What stands between fields.
    public var delimiter: CSVFormat.Delimiter?
    /// The order of its dates.
    public var dates: DateOrder?
    /// The sign before its cents.
    public var decimal: DecimalSign?
    /// The currency of lines that name none.
    public var currency: Currency?
    /// Whether what was spent is below zero.
    public var isSpendNegative: Bool?
    /// Columns by the names of fields; -1: none holds it.
    public var columns: [String: Int] = [:]

    /// Nothing said.
    public init() {}

    /// Says one thing, as forms and `--mapping` write it; a name or value that nobody knows is passed over.
    ///
    /// - Returns: whether it was understood.
    @discardableResult
    public mutating func set(_ name: String, _ value: String, header: [String] = []) -> Bool {
        switch name {
        case "source": source = SpendSource(rawValue: value) ?? source
        case "encoding": encoding = CSVFormat.Encoding(rawValue: value) ?? encoding
        case "delimiter": delimiter = CSVFormat.Delimiter.allCases.first { $0.name == value } ?? delimiter
        case "dates": dates = DateOrder(rawValue: value) ?? dates
        case "decimal": decimal = DecimalSign(rawValue: value) ?? decimal
        case "negative": isSpendNegative = value == "1" || value == "true"
        default:
            let column = Int(value) ?? header.firstIndex { ImportHeader.plain($0) == ImportHeader.plain(value) }
            // A currency is a column or, where none has that name, the one of all lines.
            if name == "currency", column == nil {
                guard let found = Currency(value) else { return value.isEmpty }
                currency = found
                return true
            }
            if name == "all_currency" {
                currency = Currency(value) ?? currency
                return true
            }
            guard SpendField.named(name) != nil, let column else { return false }
            columns[name] = column
        }
        return true
    }

    /// The same, with what an earlier choice said where this one says nothing.
    public func over(_ earlier: SpendChoice) -> SpendChoice {
        var choice = self
        choice.source = source ?? earlier.source
        choice.encoding = encoding ?? earlier.encoding
        choice.delimiter = delimiter ?? earlier.delimiter
        choice.dates = dates ?? earlier.dates
        choice.decimal = decimal ?? earlier.decimal
        choice.currency = currency ?? earlier.currency
        choice.isSpendNegative = isSpendNegative ?? earlier.isSpendNegative
        choice.columns = earlier.columns.merging(columns) { _, new in new }
        return choice
    }
}
