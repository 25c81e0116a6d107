import DatabaseEngine
import Directory
public import Problems
public import Storage

extension Store {
    /// What single sign-on can say about each app at the moment, by the app's key: one entry for each app there is.
    public func usageGrades(_ moment: Moment) async throws(Problem) -> [Int64: AppEvidence] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var grades: [Int64: AppEvidence] = [:]
            try connection.each(
                """
                SELECT p.app_key, p.okta_id, p.name, p.sign_on_mode, p.features, p.implicit_assignment,
                    EXISTS (SELECT 1 FROM usage_monthly s WHERE s.workspace_id = $1 AND s.app_key = p.app_key
                        AND s.month <= \(moment.month) AND s.sign_ins > 0)
                FROM apps p WHERE p.workspace_id = $1 AND \(moment.asOf.holds("p"))
                """, [.integer(workspaceID)]
            ) { row in
                let features = row.text(4).split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
                let app = GradedApp(
                    key: row.integer(0), id: row.text(1),
                    observability: .of(
                        name: row.text(2), mode: row.optionalText(3), isForAll: row.flag(5), features: features),
                    wasSeen: row.flag(6))
                grades[app.key] = app.evidence(moment)
                return true
            }
            return grades
        }
    }
}

/// What decides the grade of one app.
struct GradedApp {
    let key: Int64
    let id: String
    let observability: Observability
    /// Whether anybody was ever seen to sign in to it.
    let wasSeen: Bool

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
        return AppEvidence(
            appKey: key, appID: id, grade: .coarse,
            reason: "Okta logs each sign-on, but how long a silence means that somebody stopped is not calibrated yet.")
    }
}
