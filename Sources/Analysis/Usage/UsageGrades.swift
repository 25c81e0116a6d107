import DatabaseEngine
import Directory
public import Problems
public import Storage

extension Store {
    /// What single sign-on can say about each app at the moment, by the app's key: one entry for each app there is.
    public func usageGrades(_ moment: Moment) async throws(Problem) -> [Int64: AppEvidence] {
        let workspaceID = workspaceID
        return try await engine.read { connection in try UsageGrades.read(connection, workspaceID, moment) }
    }
}

enum UsageGrades {
    /// As many rows as there are apps, each with the last calibration up to the moment.
    static func read(
        _ connection: Connection, _ workspaceID: Int64, app: Int64? = nil, _ moment: Moment
    ) throws -> [Int64: AppEvidence] {
        var grades: [Int64: AppEvidence] = [:]
        let windows = try Calibrations.latest(connection, workspaceID, app: app, moment)
        let only = app.map { " AND p.app_key = \($0)" } ?? ""
        try connection.each(
            """
            SELECT p.app_key, p.okta_id, p.name, p.sign_on_mode, p.features, p.implicit_assignment,
                EXISTS (SELECT 1 FROM usage_monthly s WHERE s.workspace_id = $1 AND s.app_key = p.app_key
                    AND s.month \(moment.asOf == .now ? "<=" : "<") \(moment.month) AND s.sign_ins > 0)\(cut(moment))
            FROM apps p WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p"))\(only)
            """, [.integer(workspaceID)]
        ) { row in
            let features = row.text(4).split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
            let app = GradedApp(
                key: row.integer(0), id: row.text(1),
                observability: .of(
                    name: row.text(2), mode: row.optionalText(3), isForAll: row.flag(5), features: features),
                wasSeen: row.flag(6), window: windows[row.integer(0)])
            grades[app.key] = app.evidence(moment)
            return true
        }
        return grades
    }

    /// Of a date in the past, the days of its month before it.
    private static func cut(_ moment: Moment) -> String {
        guard moment.asOf != .now else { return "" }
        let first = Timestamp(month: moment.month).day
        return """
             OR EXISTS (SELECT 1 FROM usage_hours x WHERE x.workspace_id = $1 AND x.app_key = p.app_key
                AND x.day >= \(first) AND x.day < \(moment.today))
            """
    }
}

/// What decides the grade of one app.
struct GradedApp {
    let key: Int64
    let id: String
    let observability: Observability
    /// Whether anybody was ever seen to sign in to it.
    let wasSeen: Bool
    /// The last calibration up to the moment.
    let window: (window: DormancyWindow, on: Timestamp)?

    func evidence(_ moment: Moment) -> AppEvidence {
        func none(_ reason: String) -> AppEvidence {
            AppEvidence(appKey: key, appID: id, grade: .none, reason: reason)
        }
        if case .hidden(let reason) = observability { return none(reason) }
        guard moment.usageKnown else {
            return none(moment.usageNote ?? "The System Log could not be read, so that nobody's sign-ins are known.")
        }
        guard wasSeen else {
            return none(
                "Nobody at all was ever seen to sign in to it: either nobody uses it, or people sign in without Okta.")
        }
        guard let window else {
            return AppEvidence(
                appKey: key, appID: id, grade: .coarse,
                reason:
                    "Okta logs each sign-on, but how long a silence means that somebody stopped was not worked out yet."
            )
        }
        return AppEvidence(
            appKey: key, appID: id, grade: window.window.days == nil ? .coarse : .observed,
            reason: window.window.reason, windowDays: window.window.days, calibratedOn: window.on)
    }
}
