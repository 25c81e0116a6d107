import Directory

/// In which order the dates of a file are written.
public enum DateOrder: String, Sendable, CaseIterable {
    /// `2026-03-31`
    case yearFirst = "ymd"
    /// `31/03/2026`, `31.03.2026`
    case dayFirst = "dmy"
    /// `03/31/2026`
    case monthFirst = "mdy"
    /// `46112`: days as spreadsheets count them.
    case serial

    /// What people call it.
    public var title: String {
        switch self {
        case .yearFirst: "year, month, day (2026-03-31)"
        case .dayFirst: "day, month, year (31/03/2026)"
        case .monthFirst: "month, day, year (03/31/2026)"
        case .serial: "a spreadsheet's day number (46112)"
        }
    }

    /// The day that a text says in this order, counted from 1970-01-01; nil where there is no such day.
    ///
    /// Months may be written as words, and a time of day may follow: it is left out.
    public func day(_ text: String) -> Int64? {
        let parts = Self.parts(text)
        if self == .serial {
            guard parts.count == 1, let number = Int64(parts[0]), (10_000...99_999).contains(number) else { return nil }
            // Day 25569 of spreadsheets is 1970-01-01.
            return number - 25_569
        }
        guard let (year, month, day) = numbers(parts) else { return nil }
        return Self.day(year: year, month: month, day: day)
    }

    private func numbers(_ parts: [String]) -> (Int, Int, Int)? {
        if parts.count == 1, parts[0].count == 8, let number = Int(parts[0]) {
            // 20260331 can be read in one way only.
            return (number / 10_000, number / 100 % 100, number % 100)
        }
        guard parts.count == 3 else { return nil }
        if let named = parts.firstIndex(where: { $0.first?.isLetter == true }) {
            guard let month = Self.month(parts[named]) else { return nil }
            let rest = parts.indices.filter { $0 != named }.compactMap { Int(parts[$0]) }
            guard rest.count == 2 else { return nil }
            return rest[0] > 31 ? (rest[0], month, rest[1]) : (Self.full(rest[1]), month, rest[0])
        }
        let values = parts.compactMap { Int($0) }
        guard values.count == 3 else { return nil }
        if parts[0].count == 4 { return (values[0], values[1], values[2]) }
        switch self {
        case .yearFirst: return parts[0].count == 2 ? (Self.full(values[0]), values[1], values[2]) : nil
        case .dayFirst: return (Self.full(values[2]), values[1], values[0])
        case .monthFirst: return (Self.full(values[2]), values[0], values[1])
        case .serial: return nil
        }
    }

    /// The digits and words of a date, without the time of day behind it.
    static func parts(_ text: String) -> [String] {
        var parts: [String] = []
        var current = ""
        for character in text {
            if character.isLetter || character.isNumber {
                // The T between a date and its time, and a word right behind a number.
                let changes = current.last.map { $0.isNumber != character.isNumber } ?? false
                if changes {
                    parts.append(current)
                    current = ""
                }
                if parts.count == 3 { break }
                current.append(character)
            } else if !current.isEmpty {
                parts.append(current)
                current = ""
                if parts.count == 3 { break }
            }
        }
        if !current.isEmpty, parts.count < 3 { parts.append(current) }
        return parts
    }

    private static func full(_ year: Int) -> Int { year < 70 ? 2000 + year : year < 100 ? 1900 + year : year }

    private static func day(year: Int, month: Int, day: Int) -> Int64? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        return Timestamp(iso8601: "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))").map { Int64($0.day) }
    }

    private static func month(_ word: String) -> Int? {
        let word = word.lowercased()
        guard word.count >= 3 else { return nil }
        let names = [
            ["january", "januar", "jänner", "janvier", "enero"],
            ["february", "februar", "feber", "février", "febrero"],
            ["march", "märz", "maerz", "mrz", "mars", "marzo"], ["april", "avril", "abril"], ["may", "mai", "mayo"],
            ["june", "juni", "juin", "junio"], ["july", "juli", "juillet", "julio"], ["august", "août", "agosto"],
            ["september", "septembre", "septiembre"], ["october", "oktober", "octobre", "octubre"],
            ["november", "novembre", "noviembre"], ["december", "dezember", "décembre", "diciembre"],
        ]
        let found = names.indices.filter { month in names[month].contains { $0.hasPrefix(word) } }
        return found.count == 1 ? found[0] + 1 : nil
    }
}

/// What the dates of a column tell of the order they are written in.
public struct DateSurvey: Sendable, Equatable {
    private var yearFirst = 0
    private var serial = 0
    private var named = 0
    private var dotted = 0
    private var dayFirst = 0
    private var monthFirst = 0
    private var open = 0

    /// Nothing seen yet.
    public init() {}

    /// Looks at one date.
    public mutating func see(_ text: String) {
        let parts = DateOrder.parts(text)
        if parts.count == 1, parts[0].count == 5, parts[0].allSatisfy(\.isNumber) { serial += 1 }
        if parts.count == 1, parts[0].count == 8 { yearFirst += 1 }
        guard parts.count == 3 else { return }
        if parts.contains(where: { $0.first?.isLetter == true }) {
            named += 1
            return
        }
        let values = parts.compactMap { Int($0) }
        guard values.count == 3 else { return }
        if parts[0].count == 4 {
            yearFirst += 1
        } else if values[0] > 12, values[1] <= 12 {
            dayFirst += 1
        } else if values[1] > 12, values[0] <= 12 {
            monthFirst += 1
        } else if text.contains(".") {
            // Points stand between days, months and years; nobody writes the month first with them.
            dotted += 1
        } else {
            open += 1
        }
    }

    /// The order that the dates show; nil where they can be read in two ways: then somebody has to say.
    public var order: DateOrder? {
        let seen: [(DateOrder, Int)] = [
            (.yearFirst, yearFirst), (.dayFirst, dayFirst + dotted), (.monthFirst, monthFirst), (.serial, serial),
        ].filter { $0.1 > 0 }
        if let only = seen.first, seen.count == 1, open == 0 || only.0 == .dayFirst || only.0 == .monthFirst {
            return only.0
        }
        // Months as words, and nothing else, are read alike in every order.
        if seen.isEmpty, open == 0, named > 0 { return .dayFirst }
        return nil
    }

    /// Whether the dates were read at all.
    public var isEmpty: Bool { yearFirst + serial + named + dotted + dayFirst + monthFirst + open == 0 }

    /// Whether both orders appear: some days stand first, others second.
    public var isMixed: Bool { dayFirst + dotted > 0 && monthFirst > 0 }
}
