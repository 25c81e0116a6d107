import Analysis
import Directory
import Storage
import WebSupport

/// How the evidence about an app is shown.
enum GradeParts {
    static func words(_ grade: EvidenceGrade) -> String {
        switch grade {
        case .direct: "direct"
        case .observed: "calibrated"
        case .coarse: "coarse"
        case .none: "no data"
        }
    }

    /// Stands where sign-ons tell nothing.
    static let noData: HTML =
        "<span class=\"not-evaluated\" title=\"Sign-ons tell nothing about this app.\">no data</span>"

    /// The grade with its word; *no data* looks like what could not be evaluated.
    static func badge(_ grade: EvidenceGrade, reason: String) -> HTML {
        let text = "\(grade.rawValue) · \(words(grade))"
        guard grade != .none else { return "<span class=\"not-evaluated\" title=\"\(reason)\">\(text)</span>" }
        let look: HTML = grade == .coarse ? "neutral" : "good"
        return "<span class=\"badge \(look)\" title=\"\(reason)\">\(text)</span>"
    }

    static func badge(_ row: ListRow) -> HTML {
        badge(EvidenceGrade(rawValue: row.text("grade")) ?? .none, reason: row.text("grade_reason"))
    }

    /// Whether somebody uses an app.
    static func use(_ state: String) -> HTML {
        switch UseState(rawValue: state) {
        case .used: "<span class=\"badge good\">used</span>"
        case .unused: "<span class=\"badge attention\">not used</span>"
        case .noData, nil: noData
        }
    }

    static func window(_ days: Int64?, source: String) -> HTML {
        guard let days else { return Part.none }
        return "\(days) days<small class=\"sub\">\(source)</small>"
    }

    /// What the grades mean, for whoever asks.
    static let meaning: HTML = """
        <details class="behind"><summary>What the grades mean</summary><p>A: the app's own record of activity was imported. \
        B: sign-ons are seen, and a window was calibrated from them. C: sign-ons are seen, but they are too few, or people \
        come back after too long silences, to calibrate one: the default of \(AppEvidence.defaultWindow) days applies. \
        D: no data, which is never the same as unused: bookmarks, password apps (SWA), directories, provisioning alone, \
        Federation Broker Mode, Okta's own apps, and apps that nobody was ever seen to sign in to.</p></details>
        """
}
