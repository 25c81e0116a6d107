/// Seconds since 1970 in UTC. Four bytes, since a large tenant has millions of them; good until 2038.
typealias Seconds = Int32

/// The end of an interval that has not ended.
let never = Seconds.max

/// Dates without Foundation: proleptic Gregorian, UTC, no leap seconds, as Okta writes them.
enum Calendar {
    static let day: Seconds = 86_400
    static let hour: Seconds = 3_600

    /// Days since 1970-01-01 of a civil date.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The civil date of a day since 1970-01-01.
    static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// 0 is Monday.
    static func weekday(_ moment: Seconds) -> Int { (Int(moment) / 86_400 + 3) % 7 }

    /// `2026-06-01`, `2026-06-01T09:30:00Z`, `…:00.250Z` or `…+02:00` as milliseconds since 1970; nil when it is none of them.
    static func milliseconds(parsing text: String) -> Int64? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        let date = Int64(days(year: year, month: month, day: day)) * 86_400_000
        if bytes.count == 10 { return date }
        guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            let hour = number(11..<13), let minute = number(14..<16), hour < 24, minute < 60
        else { return nil }
        let second = number(17..<19) ?? 0
        var cursor = bytes.count >= 19 ? 19 : 16
        var fraction = 0
        if cursor < bytes.count, bytes[cursor] == UInt8(ascii: ".") {
            cursor += 1
            var scale = 100
            while cursor < bytes.count, (48...57).contains(bytes[cursor]) {
                fraction += Int(bytes[cursor] - 48) * scale
                scale /= 10
                cursor += 1
            }
        }
        guard let offset = offsetMinutes(bytes[min(cursor, bytes.count)...]) else { return nil }
        let time = ((hour * 60 + minute - offset) * 60 + second) * 1_000 + fraction
        return date + Int64(time)
    }

    private static func offsetMinutes(_ zone: ArraySlice<UInt8>) -> Int? {
        let zone = Array(zone)
        if zone.isEmpty || zone == [UInt8(ascii: "Z")] { return 0 }
        let digits = zone.dropFirst().filter { (48...57).contains($0) }.map { Int($0 - 48) }
        guard digits.count == 4 else { return nil }
        let minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3]
        if zone[0] == UInt8(ascii: "+") { return minutes }
        return zone[0] == UInt8(ascii: "-") ? -minutes : nil
    }

    /// A moment in a form that Okta takes: `2026-06-01T09:30:00Z`, or with thousandths as in its answers.
    static func text(_ moment: Seconds, fraction: Bool = false) -> String {
        var json = JSON(base: "", identifiers: Identifiers(seed: 0))
        json.date(milliseconds: Int64(moment) * 1_000, fraction: fraction)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
