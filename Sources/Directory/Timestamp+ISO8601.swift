extension Timestamp {
    /// Reads an ISO 8601 UTC time in Okta's two forms (`2025-03-01T09:30:00.000Z`, `2025-03-01T09:30:00Z`), any number of
    /// fraction digits, and a bare date `2025-03-01` (midnight UTC). Anything else is nil.
    ///
    /// Source: recordings show both forms; one of 150 values has no fraction.
    public init?(iso8601 text: some StringProtocol) {
        var text = String(text)
        guard let time = text.withUTF8({ Timestamp(iso8601UTF8: $0) }) else { return nil }
        self = time
    }

    /// The same from UTF-8 bytes, as a parser has them.
    public init?(iso8601UTF8 bytes: UnsafeBufferPointer<UInt8>) {
        var parser = DigitReader(bytes)
        guard let year = parser.number(4), parser.expect(45), let month = parser.number(2), parser.expect(45),
            let day = parser.number(2), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else { return nil }
        let dayStart = Self.daysSinceEpoch(year, month, day) * 86_400
        guard let separator = parser.next() else {
            self.init(seconds: dayStart)
            return
        }
        guard separator == 84 || separator == 32, let hour = parser.number(2), parser.expect(58),
            let minute = parser.number(2), parser.expect(58), let second = parser.number(2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let whole = dayStart + Int64(hour * 3600 + minute * 60 + second)
        guard let micros = parser.fractionThenZulu() else { return nil }
        self.init(rawValue: whole * 1_000_000 + micros)
    }

    /// `2025-03-01T09:30:00.000Z`; microseconds appear only where they are not whole milliseconds.
    public var iso8601: String {
        let within = rawValue - seconds * 1_000_000
        let fraction =
            within % 1000 == 0 ? Self.padded(within / 1000, 3) : Self.padded(within, 6)
        return "\(dateTime).\(fraction)Z"
    }

    /// `2025-03-01T09:30:00Z`: to the second, as shown to people.
    public var iso8601Seconds: String { "\(dateTime)Z" }

    /// `2025-03-01`: the UTC date.
    public var date: String {
        let (year, month, day) = Self.civil(fromDays: Int64(self.day))
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    /// The UTC month as a running number: `year × 12 + month - 1`. The key of monthly rollups.
    public var month: Int64 {
        let (year, month, _) = Self.civil(fromDays: Int64(day))
        return year * 12 + month - 1
    }

    /// The first moment of a month counted by `month`.
    public init(month: Int64) {
        self.init(seconds: Self.daysSinceEpoch(Int(month / 12), Int(month % 12) + 1, 1) * 86_400)
    }

    private var dateTime: String {
        let inDay = seconds - Int64(day) * 86_400
        return
            "\(date)T\(Self.padded(inDay / 3600, 2)):\(Self.padded(inDay % 3600 / 60, 2)):\(Self.padded(inDay % 60, 2))"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // Howard Hinnant's days_from_civil and civil_from_days (public domain): exact for all proleptic Gregorian dates.
    static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era) * 146_097 + Int64(dayOfEra) - 719_468
    }

    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex + (monthIndex < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }
}

/// Reads digits off a UTF-8 text, one byte at a time, without making substrings.
private struct DigitReader {
    private var bytes: UnsafeBufferPointer<UInt8>.Iterator

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes.makeIterator() }

    mutating func next() -> UInt8? { bytes.next() }

    mutating func expect(_ byte: UInt8) -> Bool { bytes.next() == byte }

    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let byte = bytes.next(), byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }

    /// Microseconds of `.123456Z` or `Z`; nil when anything else follows.
    mutating func fractionThenZulu() -> Int64? {
        var micros: Int64 = 0
        var scale: Int64 = 100_000
        var byte = bytes.next()
        if byte == 46 {
            byte = bytes.next()
            guard let first = byte, first >= 48, first <= 57 else { return nil }
            while let digit = byte, digit >= 48, digit <= 57 {
                micros += Int64(digit - 48) * scale
                scale /= 10
                byte = bytes.next()
            }
        }
        return byte == 90 && bytes.next() == nil ? micros : nil
    }
}
