import Analysis
import DatabaseEngine
import Directory
import Problems
import Storage

/// What a roster would change, told before anything is changed.
public struct RosterPlan: Sendable {
    /// Somebody of Okta's who would become a leaver, or cease to be one.
    public struct Flip: Sendable, Equatable {
        /// Okta's id.
        public let userID: String
        /// What they sign in with.
        public let login: String
        /// Their name in the roster.
        public let name: String
        /// The status in the roster's words.
        public let status: String
        /// Their last day, counted from 1970.
        public let endsOn: Int32?
    }

    /// People the roster did not have yet.
    public internal(set) var added = 0
    /// People of whom it says something else now.
    public internal(set) var changed = 0
    /// People of whom it says the same.
    public internal(set) var same = 0
    /// People the roster has and the file does not name: they stay as they are.
    public internal(set) var unnamed = 0
    /// People of the file whom Okta does not have.
    public internal(set) var unmatched = 0
    /// People of Okta's, not deactivated, whom the roster would know.
    public internal(set) var known = 0
    /// Who would become a leaver.
    public internal(set) var leaving: [Flip] = []
    /// Who would cease to be one.
    public internal(set) var returning: [Flip] = []
    /// How many would be on leave: not leavers.
    public internal(set) var onLeave = 0
    /// How many leave within the next ninety days.
    public internal(set) var upcoming = 0
    /// How many would get a last day within the next ninety days who had none: nobody is asked again when those days come.
    public internal(set) var newlyUpcoming = 0
    var fresh: [RosterEntry] = []

    /// How many people it would make leavers, at once or within ninety days.
    public var flips: Int { leaving.count + newlyUpcoming }

    /// Whether it would change anything.
    public var isEmpty: Bool { added + changed == 0 }

    /// The share of people from which on a flip has to be confirmed, in percent, and how many they must be.
    public static let guardShare = 20
    /// See `guardShare`.
    public static let guardCount = 10

    /// Whether so many people would become leavers at once that somebody has to type their number.
    public var needsConfirmation: Bool {
        flips >= Self.guardCount && flips * 100 > known * Self.guardShare
    }
}

extension RosterPlan {
    /// Compares a file with the roster as it is.
    init(
        _ entries: [RosterEntry], _ connection: Connection, _ workspaceID: Int64, now: Timestamp
    ) throws {
        let moment = Moment(now: now)
        let old = try connection.query(
            """
            SELECT \(RosterEntry.columns) FROM roster_people p WHERE p.workspace_id = $1 AND p.to_import IS NULL
            ORDER BY p.person_id
            """, [.integer(workspaceID)], { RosterEntry($0) })
        let before = Dictionary(old.map { ($0.personID, $0) }, uniquingKeysWith: { first, _ in first })
        var after = before
        for entry in entries {
            if let known = before[entry.personID] {
                if known == entry {
                    same += 1
                    continue
                }
                changed += 1
            } else {
                added += 1
            }
            fresh.append(entry)
            after[entry.personID] = entry
        }
        unnamed = before.count - changed - same
        onLeave = after.values.count { $0.standing == .leave }
        upcoming = after.values.count { Self.leavesSoon($0, moment) }
        try compare(
            RosterMatch(old, by: now), RosterMatch(after.values.sorted { $0.personID < $1.personID }, by: now),
            named: Set(entries.map(\.personID)), connection, workspaceID, moment)
    }

    private static func leavesSoon(_ entry: RosterEntry, _ moment: Moment) -> Bool {
        guard let day = entry.endsOn, entry.standing != .leave else { return false }
        return day >= moment.time.day && day <= moment.time.day + LeaverRules.ahead
    }

    private mutating func compare(
        _ before: RosterMatch, _ after: RosterMatch, named: Set<String>, _ connection: Connection,
        _ workspaceID: Int64, _ moment: Moment
    ) throws {
        var matched: Set<String> = []
        try connection.each(
            """
            SELECT u.okta_id, u.employee_number, u.login, u.email, u.status FROM users u\(ReadHint.whole.sql)
            WHERE u.workspace_id = $1 AND u.valid_to IS NULL
            """, [.integer(workspaceID)]
        ) { row in
            let number = row.optionalText(1)
            let addresses = [row.optionalText(3), row.optionalText(2)]
            guard let place = after.position(number: number, addresses: addresses) else { return true }
            let entry = after.entries[place]
            matched.insert(entry.personID)
            guard row.text(4) != "DEPROVISIONED" else { return true }
            known += 1
            let was = before.position(number: number, addresses: addresses).map { before.entries[$0] }
            let hadLeft = was?.hasLeft(by: moment.time) ?? false
            let hasLeft = entry.hasLeft(by: moment.time)
            if !hasLeft, Self.leavesSoon(entry, moment), !(was.map { Self.leavesSoon($0, moment) } ?? false) {
                newlyUpcoming += 1
            }
            if hadLeft == hasLeft { return true }
            let flip = Flip(
                userID: row.text(0), login: row.text(2), name: entry.name ?? "", status: entry.status ?? "",
                endsOn: entry.endsOn)
            if hasLeft { leaving.append(flip) } else { returning.append(flip) }
            return true
        }
        unmatched = named.subtracting(matched).count
        leaving.sort { $0.login < $1.login }
        returning.sort { $0.login < $1.login }
    }
}
