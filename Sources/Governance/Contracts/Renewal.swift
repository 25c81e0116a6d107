public import Directory

/// When a contract renews, and by when notice has to be given.
public struct Renewal: Sendable, Equatable {
    /// How soon something has to be decided.
    public enum Severity: String, Sendable, CaseIterable {
        /// 14 days or fewer.
        case critical
        /// 15 to 30 days.
        case high
        /// 31 to 60 days.
        case medium
        /// 61 to 90 days.
        case info
    }

    /// The day it renews or ends.
    public let renewsOn: CalendarDay
    /// The last day on which notice can be given: renewal − notice days.
    public let noticeBy: CalendarDay
    /// Whether nobody knows the notice days, so that 30 are assumed.
    public let isAssumed: Bool

    /// The notice days where nobody knows them.
    public static let assumedDays = 30

    /// How many days are left until the deadline; less than nothing once it has passed.
    public func daysLeft(on day: CalendarDay) -> Int { Int(noticeBy - day) }

    /// How soon it has to be decided; nil when the deadline has passed or is more than 90 days away.
    public func severity(on day: CalendarDay) -> Severity? {
        switch daysLeft(on: day) {
        case 0...14: .critical
        case 15...30: .high
        case 31...60: .medium
        case 61...90: .info
        default: nil
        }
    }
}

extension Contract {
    /// How a contract stands on a day, in a word.
    public enum Standing: String, Sendable, CaseIterable {
        /// In force, with more than 90 days to its renewal.
        case active
        /// Renews within 90 days.
        case due = "renewal due"
        /// Its day has passed, and nobody said what became of it.
        case overdue
        case renewed, terminated, closed
        /// Begins later.
        case upcoming
    }

    /// When it renews; nil without an end.
    public var renewal: Renewal? {
        endsOn.map { end in
            Renewal(
                renewsOn: end, noticeBy: end.adding(days: -Int64(noticeDays ?? Renewal.assumedDays)),
                isAssumed: noticeDays == nil)
        }
    }

    /// How it stands on a day.
    public func standing(on day: CalendarDay) -> Standing {
        switch status {
        case .renewed: return .renewed
        case .terminated: return .terminated
        case .closed: return .closed
        case .active: break
        }
        if day < startsOn { return .upcoming }
        guard let endsOn else { return .active }
        if endsOn <= day { return .overdue }
        return endsOn - day <= 90 ? .due : .active
    }
}
