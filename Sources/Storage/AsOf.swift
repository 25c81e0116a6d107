public import Directory

/// The moment a question is asked about: now, a date in the past, or what Muster then knew of one.
public enum AsOf: Sendable, Equatable {
    /// What is true now, as of the last sync.
    case now
    /// What was true at a moment.
    case at(Timestamp)
    /// What Muster believed was true at a moment, once a run had begun and before any later one: beginnings that a later
    /// run learnt are left out, and so are ends.
    case believed(Timestamp, throughRun: Int64)

    /// The moment; nil for now.
    public var time: Timestamp? {
        switch self {
        case .now: nil
        case .at(let time), .believed(let time, _): time
        }
    }

    /// The SQL condition that keeps the rows of `alias` that were true at the moment. Times are written as numbers, which
    /// carry no user text.
    public func holds(_ alias: String) -> String {
        switch self {
        case .now: "\(alias).valid_to IS NULL"
        case .at(let time):
            "\(alias).valid_from <= \(time.rawValue) AND (\(alias).valid_to IS NULL OR \(alias).valid_to > \(time.rawValue))"
        case .believed(let time, let run):
            """
            \(alias).valid_from <= \(time.rawValue) AND \(alias).opened_run <= \(run) AND (\(alias).valid_to IS NULL
                OR \(alias).valid_to > \(time.rawValue) OR \(alias).closed_run > \(run))
            """
        }
    }

    /// The same for what people decide in Muster, which is known from the moment it is decided.
    package func decided(_ alias: String) -> String {
        guard let time else { return "\(alias).valid_to IS NULL" }
        return """
            \(alias).valid_from <= \(time.rawValue)
                AND (\(alias).valid_to IS NULL OR \(alias).valid_to > \(time.rawValue))
            """
    }

    /// When a row of `alias` ended, as far as it was known.
    package func end(_ alias: String) -> String {
        guard case .believed(_, let run) = self else { return "\(alias).valid_to" }
        return "CASE WHEN \(alias).closed_run <= \(run) THEN \(alias).valid_to END"
    }

    /// The SQL condition that keeps the rows of `alias` that had begun by the moment, ended or not, as far as it was known.
    package func began(_ alias: String) -> String {
        switch self {
        case .now: "TRUE"
        case .at(let time): "\(alias).valid_from <= \(time.rawValue)"
        case .believed(let time, let run):
            "\(alias).valid_from <= \(time.rawValue) AND \(alias).opened_run <= \(run)"
        }
    }

    /// The SQL condition that keeps the rows of `alias` that had ended by the moment, as far as it was known.
    package func ended(_ alias: String) -> String {
        switch self {
        case .now: "\(alias).valid_to IS NOT NULL"
        case .at(let time): "\(alias).valid_to <= \(time.rawValue)"
        case .believed(let time, let run):
            "\(alias).valid_to <= \(time.rawValue) AND \(alias).closed_run <= \(run)"
        }
    }

    /// When a row of `alias` ended, where it had by the moment.
    package func endUntil(_ alias: String) -> String {
        self == .now ? "\(alias).valid_to" : "CASE WHEN \(ended(alias)) THEN \(alias).valid_to END"
    }

    /// Whether a list that Okta gives no dates for (`memberships`, `app_groups`) is known at the moment: now, since the
    /// first sync of the integration that `alias` belongs to, and before it as far as the System Log tells. Before that,
    /// nobody can tell.
    package func has(_ list: String, _ alias: String) -> String {
        guard let time else { return "TRUE" }
        func known(_ run: String) -> String {
            if case .believed(_, let last) = self { " AND \(run) <= \(last)" } else { "" }
        }
        return """
            (EXISTS (SELECT 1 FROM runs fr WHERE fr.workspace_id = \(alias).workspace_id
                AND fr.integration_id = \(alias).integration_id AND fr.started_at <= \(time.rawValue)
                AND fr.status IN ('complete', 'partial', 'held')\(known("fr.run_id")))
            OR EXISTS (SELECT 1 FROM replays rp WHERE rp.workspace_id = \(alias).workspace_id
                AND rp.integration_id = \(alias).integration_id AND rp.list = '\(list)'
                AND rp.since <= \(time.rawValue)\(known("rp.run_id"))))
            """
    }

    /// The same rows in parts that do not overlap, each within one of two partial indexes: of rows that are still true,
    /// and of rows that have ended.
    func parts(_ alias: String, open: String, ended: String) -> [ListPart] {
        guard let time else { return [ListPart(condition: "\(alias).valid_to IS NULL", index: open)] }
        let began = "\(alias).valid_from <= \(time.rawValue)"
        guard case .believed = self else {
            return [
                ListPart(condition: "\(alias).valid_to IS NULL AND \(began)", index: open),
                ListPart(condition: "\(alias).valid_to > \(time.rawValue) AND \(began)", index: ended),
            ]
        }
        return [
            ListPart(condition: "\(alias).valid_to IS NULL AND \(holds(alias))", index: open),
            ListPart(condition: "\(alias).valid_to IS NOT NULL AND \(holds(alias))", index: ended),
        ]
    }
}
