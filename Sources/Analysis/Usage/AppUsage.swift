import DatabaseEngine
import Directory
public import Problems
public import Storage

/// Everything known about the use of one app at a moment.
public struct AppUsage: Sendable {
    /// What sign-ons can say about it.
    public let evidence: AppEvidence
    /// People who have it; nil where nobody could read that, and where everybody may use it.
    public let assigned: Int?
    /// Those of them who used it; of an app that everybody may use, people who used it. Nil where use is not known.
    public let active: ActivePeople?
    /// People who used it within 90 days and do not have it; nil where use is not known.
    public let others: Int?
    /// The last twelve months, oldest first; none where use is not known.
    public let months: [UsageMonth]
    /// How long everybody who has it has been silent; nil where nobody can tell.
    public let silence: SilenceHistogram?
    /// When in the week people sign in.
    public let hours: SignOnHours
    /// The last calibration up to the moment; nil before the first.
    public let window: DormancyWindow?
    /// What windows would have done in the past, the shortest first.
    public let backTests: [BackTest]
}

/// How long ago the people who have an app used it last: what helps to choose a window.
public struct SilenceHistogram: Sendable, Equatable {
    /// Used last 0-29, 30-59, 60-89, 90-119 days ago, and longer.
    public var last = [Int](repeating: 0, count: 5)
    /// Never used since the assignment, which is younger than the log.
    public var never = 0
    /// Not used since the log begins, and assigned before that, or nobody knows when.
    public var notSinceLog = 0

    /// Nobody.
    public init() {}

    /// The lower ends of the ranges.
    public static let days = [0, 30, 60, 90, 120]

    /// Everybody who has the app.
    public var all: Int { last.reduce(0, +) + never + notSinceLog }

    mutating func note(_ last: Int64?, assignedAt: Timestamp?, _ moment: Moment) {
        if let last {
            self.last[Int(min(4, max(0, moment.today - last) / 30))] += 1
        } else if let assignedAt, let since = moment.usageSince, assignedAt >= since {
            never += 1
        } else {
            notSinceLog += 1
        }
    }
}

extension Store {
    /// What is known about the use of one app.
    public func usage(of app: AppDetail, _ moment: Moment) async throws(Problem) -> AppUsage {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try AppUsage(connection, workspaceID, app, moment)
        }
    }
}

extension AppUsage {
    init(_ connection: Connection, _ workspaceID: Int64, _ app: AppDetail, _ moment: Moment) throws {
        let key = app.key
        let found = try UsageGrades.read(connection, workspaceID, app: key, moment)[key]
        evidence =
            found
            ?? AppEvidence(
                appKey: key, appID: app.app.id, grade: .none, reason: "Nothing is known about this app at that date.")
        assigned = app.app.implicitAssignment ? nil : app.users
        hours = try SignOnHours.read(connection, workspaceID, app: key, moment)
        let kept = try Calibrations.latest(connection, workspaceID, app: key, moment)[key]
        window = kept?.window
        backTests =
            try kept.map { try Calibrations.backTests(connection, workspaceID, app: key, on: $0.on.day) } ?? []
        guard moment.usageKnown else {
            (active, others, months, silence) = (nil, nil, [], nil)
            return
        }
        let uses = try AppUses.read(connection, workspaceID, app: key, moment)
        months = try UsageMonths.read(connection, workspaceID, app: key, uses: uses, moment)
        if app.app.implicitAssignment {
            var active = ActivePeople()
            for use in uses { active.note(use.last, moment.today) }
            (self.active, others, silence) = (active, nil, nil)
            return
        }
        guard app.users != nil else {
            (active, others, silence) = (nil, nil, nil)
            return
        }
        let holders = try Holders(connection, workspaceID, app: key, uses, moment)
        (active, others) = (holders.active, holders.others)
        silence = evidence.grade == .none ? nil : holders.silence
    }
}

/// Who has an app and who of them used it: the two lists side by side, both in order of people.
private struct Holders {
    var active = ActivePeople()
    var others: Int
    var silence = SilenceHistogram()

    init(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, _ uses: [AppUse], _ moment: Moment
    ) throws {
        others = uses.count { $0.last > moment.today - 90 }
        var next = uses.startIndex
        try connection.each(
            """
            SELECT a.user_key, coalesce(a.assigned_at, CASE WHEN a.from_how IN (1, 2) THEN a.valid_from END)
            FROM assignments a WHERE a.workspace_id = $1 AND a.app_key = $2 AND \(moment.asOf.holds("a"))
            ORDER BY a.user_key
            """, [.integer(workspaceID), .integer(app)]
        ) { row in
            let user = row.integer(0)
            while next < uses.endIndex, uses[next].user < user { next += 1 }
            let last = next < uses.endIndex && uses[next].user == user ? uses[next].last : nil
            if let last {
                active.note(last, moment.today)
                if last > moment.today - 90 { others -= 1 }
            }
            silence.note(last, assignedAt: row.optionalInteger(1).map(Timestamp.init(rawValue:)), moment)
            return true
        }
    }
}
