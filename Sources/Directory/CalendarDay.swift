/// A day of the calendar, without a time: what contracts, rates and deadlines are dated with. Counted from 1970-01-01.
public struct CalendarDay: Sendable, Hashable, Comparable, RawRepresentable {
    /// Days since 1970-01-01.
    public let rawValue: Int64

    /// The day that is this many days after 1970-01-01.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The UTC day of a moment.
    public init(_ time: Timestamp) { rawValue = Int64(time.day) }

    /// A day by its numbers; a day that its month does not have becomes the month's last.
    public init(year: Int, month: Int, day: Int) {
        rawValue = Timestamp.daysSinceEpoch(year, month, min(day, Timestamp.days(in: month, of: year)))
    }

    /// Reads `2026-01-31`; anything else is nil.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 10, let time = Timestamp(iso8601: text) else { return nil }
        self.init(time)
    }

    /// `2026-01-31`.
    public var text: String { start.date }

    /// Midnight UTC at its start.
    public var start: Timestamp { Timestamp(seconds: rawValue * 86_400) }

    /// Its year, month and day of the month.
    public var numbers: (year: Int, month: Int, day: Int) {
        let (year, month, day) = Timestamp.civil(fromDays: rawValue)
        return (Int(year), Int(month), Int(day))
    }

    /// `year × 12 + month - 1`: the same running number of months as `Timestamp.month`.
    public var month: Int64 { start.month }

    /// The day a number of days later.
    public func adding(days: Int64) -> CalendarDay { CalendarDay(rawValue: rawValue + days) }

    /// The same day of the month a number of months later; the month's last where it has no such day.
    public func adding(months: Int) -> CalendarDay {
        let (year, month, day) = numbers
        let all = year * 12 + month - 1 + months
        return CalendarDay(year: all / 12, month: all % 12 + 1, day: day)
    }

    /// The first of its month.
    public var firstOfMonth: CalendarDay {
        let (year, month, _) = numbers
        return CalendarDay(year: year, month: month, day: 1)
    }

    /// Earlier comes first.
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.rawValue < right.rawValue }

    /// How many days lie between two.
    public static func - (left: CalendarDay, right: CalendarDay) -> Int64 { left.rawValue - right.rawValue }
}
