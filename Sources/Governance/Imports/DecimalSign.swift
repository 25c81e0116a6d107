public import Directory

/// Which sign stands before the cents in the amounts of a file.
public enum DecimalSign: String, Sendable, CaseIterable {
    /// `1,234.56`
    case point
    /// `1.234,56`
    case comma

    /// What people call it.
    public var title: String {
        switch self {
        case .point: "point (1,234.56)"
        case .comma: "comma (1.234,56)"
        }
    }

    var byte: UInt8 { self == .point ? 46 : 44 }
    var other: UInt8 { self == .point ? 44 : 46 }
}

/// An amount as a file writes it: its digits, its sign, and the currency where the cell names one.
public struct WrittenAmount: Sendable, Equatable {
    /// Whether it is below zero: a minus on either side, brackets, or `CR` behind it.
    public var isNegative: Bool
    /// The currency that stands beside the number.
    public var currency: Currency?
    private var whole: String
    private var fraction: String

    /// Why a cell is not an amount.
    public enum Fault: Error, Equatable, Sendable {
        /// Nothing stands there.
        case empty
        /// A spreadsheet's formula, which nobody worked out.
        case formula
        /// A spreadsheet shortened it: `1.2E+05`.
        case shortened
        /// It is no number.
        case notANumber
        /// More digits behind the sign than the currency has.
        case tooFine(Int)
        /// It is larger than any amount of money.
        case tooLarge

        /// The fault in a person's words.
        public func reason(_ text: String) -> String {
            let shown = text.count > 40 ? "\(text.prefix(40))…" : text
            return switch self {
            case .empty: "the amount is missing"
            case .formula: "the amount “\(shown)” is a formula, not a number"
            case .shortened: "the amount “\(shown)” was shortened by a spreadsheet"
            case .notANumber: "the amount “\(shown)” is not a number"
            case .tooFine(let places): "the amount “\(shown)” has more than \(places) digits behind its decimal sign"
            case .tooLarge: "the amount “\(shown)” is too large"
            }
        }
    }

    /// Reads a cell.
    public init(_ text: String, decimal: DecimalSign) throws(Fault) {
        var rest = Substring(text).trimmed
        guard let first = rest.utf8.first else { throw .empty }
        if first == 61 || first == 64 { throw .formula }
        isNegative = false
        currency = nil
        if rest.hasPrefix("("), rest.hasSuffix(")") {
            isNegative = true
            rest = rest.dropFirst().dropLast().trimmed
        }
        var digits: [UInt8] = []
        var letters: [String] = [""]
        var sawSign = false
        for character in rest {
            if let digit = character.wholeNumberValue, character.isASCII {
                digits.append(UInt8(48 + digit))
            } else if let sign = Self.minus(character) {
                if sawSign { throw .notANumber }
                sawSign = true
                if sign { isNegative.toggle() }
            } else if character == "." || character == "," {
                digits.append(character == "." ? 46 : 44)
            } else if character == "'" || character == "’" || character.isWhitespace {
                if !digits.isEmpty { digits.append(32) }
                letters.append("")
            } else {
                // Letters within digits are no currency: 1.2E+05, 12a4.
                letters[letters.count - 1].append(character)
            }
        }
        let words = letters.filter { !$0.isEmpty }
        for word in words {
            switch word.uppercased() {
            case "E": throw .shortened
            case "CR", "H", "HABEN": isNegative.toggle()
            case "DR", "S", "SOLL": break
            default:
                guard currency == nil, let found = Self.currency(word) else { throw .notANumber }
                currency = found
            }
        }
        (whole, fraction) = try Self.split(digits, decimal)
    }

    /// The number as it was understood, for what is said of it.
    var digits: String { fraction.isEmpty ? whole : "\(whole).\(fraction)" }

    /// The amount in the smallest unit of its currency.
    public func minor(_ currency: Currency) throws(Fault) -> Int64 {
        let places = currency.places
        var fraction = fraction
        while fraction.count > places, fraction.last == "0" { fraction.removeLast() }
        guard fraction.count <= places else { throw .tooFine(places) }
        let digits = whole + fraction + String(repeating: "0", count: places - fraction.count)
        // 12 digits: ten thousand million euros, and sums of millions of lines still fit. What is longer is no amount but a
        // column of numbers that was taken for one.
        guard digits.drop(while: { $0 == "0" }).count <= 12, let number = Int64(digits.isEmpty ? "0" : digits) else {
            throw .tooLarge
        }
        return isNegative ? -number : number
    }

    private static func minus(_ character: Character) -> Bool? {
        switch character {
        case "-", "−", "–": true
        case "+": false
        default: nil
        }
    }

    /// The digits before and behind the decimal sign. Whatever else stands between digits has to stand where thousands do.
    private static func split(_ bytes: [UInt8], _ decimal: DecimalSign) throws(Fault) -> (String, String) {
        var trimmed = bytes[...]
        while trimmed.last == 32 { trimmed.removeLast() }
        let position = trimmed.lastIndex(of: decimal.byte)
        let whole = trimmed[..<(position ?? trimmed.endIndex)]
        let fraction = position.map { trimmed[($0 + 1)...] } ?? []
        guard fraction.allSatisfy({ $0 >= 48 }), !(whole.isEmpty && fraction.isEmpty) else { throw .notANumber }
        let groups = whole.split(omittingEmptySubsequences: false) { $0 < 48 }
        if groups.count > 1 {
            guard !whole.contains(decimal.byte), let first = groups.first, (1...3).contains(first.count),
                groups.dropFirst().allSatisfy({ $0.count == 3 }) || isIndian(groups)
            else { throw .notANumber }
        }
        return (
            String(decoding: groups.joined(), as: UTF8.self), String(decoding: fraction, as: UTF8.self)
        )
    }

    /// 12,34,567
    private static func isIndian(_ groups: [ArraySlice<UInt8>]) -> Bool {
        groups.last?.count == 3 && groups.dropFirst().dropLast().allSatisfy { $0.count == 2 }
    }

    private static func currency(_ word: String) -> Currency? {
        switch word {
        case "€": Currency("EUR")
        case "£": Currency("GBP")
        case "$", "US$": Currency("USD")
        case "¥": Currency("JPY")
        case "₹": Currency("INR")
        case "C$", "CA$": Currency("CAD")
        case "A$", "AU$": Currency("AUD")
        case "Fr.", "SFr.": Currency("CHF")
        case "zł": Currency("PLN")
        default: Currency(word)
        }
    }
}

extension Substring {
    /// Without what is blank at either end.
    var trimmed: Substring {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

/// What the amounts of a column tell of their decimal sign, and of the sign of what was spent.
public struct AmountSurvey: Sendable, Equatable {
    private var point = 0
    private var comma = 0
    private var open = 0
    /// How many are below zero.
    public private(set) var negative = 0
    /// How many there are.
    public private(set) var count = 0

    /// Nothing seen yet.
    public init() {}

    /// Looks at one amount.
    public mutating func see(_ text: String) {
        let bytes = Array(text.utf8).filter { ($0 >= 48 && $0 <= 57) || $0 == 44 || $0 == 46 }
        guard bytes.contains(where: { $0 >= 48 }) else { return }
        count += 1
        if text.contains("-") || text.contains("−") || text.contains("(") { negative += 1 }
        guard let last = bytes.lastIndex(where: { $0 < 48 }) else { return }
        let behind = bytes.count - last - 1
        let isOnly = bytes.filter { $0 < 48 }.count == 1
        let sameBefore = bytes[..<last].contains(bytes[last])
        if sameBefore {
            // 1.234.567: what stands twice is no decimal sign.
            if bytes[last] == 46 { comma += 1 } else { point += 1 }
        } else if behind == 3, isOnly {
            open += 1
        } else if bytes[last] == 46 {
            point += 1
        } else {
            comma += 1
        }
    }

    /// The sign that the amounts show; nil where both ways to read them are possible.
    public var decimal: DecimalSign? {
        if point > 0, comma == 0 { return .point }
        if comma > 0, point == 0 { return .comma }
        return point == 0 && comma == 0 && open == 0 ? .point : nil
    }

    /// Whether more than three quarters of the amounts are below zero, as cards and banks write what was spent.
    public var isMostlyNegative: Bool { count > 0 && negative * 4 > count * 3 }
}
