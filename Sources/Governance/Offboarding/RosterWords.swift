import Analysis
import Directory

/// What the words and dates of rosters mean.
enum RosterWords {
    private static let left: Set<String> = [
        "terminated", "termed", "inactive", "left", "leaver", "resigned", "dismissed", "separated", "exemployee",
        "former",
        "formeremployee", "deactivated", "departed", "retired", "deceased", "ended", "offboarded", "notemployed",
        "exit",
        "exited", "quit", "redundant", "ausgetreten", "ausgeschieden", "inaktiv", "t",
    ]
    private static let leave: Set<String> = [
        "leave", "onleave", "leaveofabsence", "loa", "paidleave", "unpaidleave", "parentalleave", "maternityleave",
        "paternityleave", "maternity", "paternity", "parental", "sabbatical", "sick", "sickleave", "longtermsick",
        "medicalleave", "furlough", "furloughed", "militaryleave", "absent", "beurlaubt", "elternzeit", "suspended",
        "l",
    ]
    private static let employed: Set<String> = [
        "active", "employed", "current", "working", "present", "probation", "probationary", "onprobation", "notice",
        "noticeperiod", "onnotice", "fulltime", "parttime", "regular", "permanent", "temporary", "contract",
        "contractor", "hired", "new", "newhire", "prehire", "yes", "true", "aktiv", "a", "1",
    ]

    /// What a status means; nil where nobody can tell.
    static func standing(_ status: String?) -> RosterEntry.Standing? {
        guard let status else { return .employed }
        let plain = status.lowercased().filter { $0.isLetter || $0.isNumber }
        if left.contains(plain) { return .left }
        if leave.contains(plain) { return .leave }
        if employed.contains(plain) { return .employed }
        if plain.hasPrefix("terminated") || plain.hasPrefix("resigned") { return .left }
        if plain.hasPrefix("leaveofabsence") || plain.hasPrefix("onleave") || plain.hasSuffix("leave") { return .leave }
        if plain.hasPrefix("active") || plain.hasPrefix("employed") { return .employed }
        return nil
    }

    /// The order of day and month in dates that are written with slashes or dots.
    enum DateOrder: String, Sendable {
        case dayFirst = "day before month"
        case monthFirst = "month before day"
    }

    /// The three numbers of a date, and whether it begins with the year.
    private static func numbers(_ text: String) -> (parts: [Int], beginsWithYear: Bool)? {
        let day = text.split { $0 == "T" || $0 == " " }.first.map(String.init) ?? text
        let parts = day.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "/" || $0 == "." }
        guard parts.count == 3 else { return nil }
        let numbers = parts.compactMap { part in part.utf8.count <= 4 ? Int(part) : nil }
        guard numbers.count == 3, numbers.allSatisfy({ $0 > 0 }) else { return nil }
        if parts[0].utf8.count == 4 { return (numbers, true) }
        return parts[2].utf8.count == 4 ? (numbers, false) : nil
    }

    /// What the dates of a file say about their order: a first number above 12 is a day. Dots are written day first.
    static func order(of dates: some Sequence<String>) -> DateOrder {
        var isDotted = false
        for date in dates {
            guard let (parts, beginsWithYear) = numbers(date), !beginsWithYear else { continue }
            if parts[0] > 12 { return .dayFirst }
            if parts[1] > 12 { return .monthFirst }
            isDotted = isDotted || date.contains(".")
        }
        return isDotted ? .dayFirst : .monthFirst
    }

    /// A day, counted from 1970; nil where there is no such day.
    static func day(_ text: String, _ order: DateOrder) -> Int32? {
        guard let (parts, beginsWithYear) = numbers(text) else { return nil }
        let (year, month, day) =
            beginsWithYear
            ? (parts[0], parts[1], parts[2])
            : order == .dayFirst ? (parts[2], parts[1], parts[0]) : (parts[2], parts[0], parts[1])
        // A roster of people who left before 1970, or will leave after 2200, is a slip of the pen.
        guard (1970...2200).contains(year) else { return nil }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return Timestamp(iso8601: "\(year)-\(two(month))-\(two(day))")?.day
    }
}
