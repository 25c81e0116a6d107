public import Directory

/// The moment a question is asked about: now, or a date in the past.
public enum AsOf: Sendable, Equatable {
    /// What is true now, as of the last sync.
    case now
    /// What was true at a moment.
    case at(Timestamp)

    /// The SQL condition that keeps the rows of `alias` that were true at the moment. Times are written as numbers, which
    /// carry no user text.
    public func holds(_ alias: String) -> String {
        switch self {
        case .now: "\(alias).valid_to IS NULL"
        case .at(let time):
            "\(alias).valid_from <= \(time.rawValue) AND (\(alias).valid_to IS NULL OR \(alias).valid_to > \(time.rawValue))"
        }
    }

    /// Whether a list that Okta gives no dates for (`memberships`, `app_groups`) is known at the moment: now, since the
    /// first sync of the integration that `alias` belongs to, and before it as far as the System Log tells. Before that,
    /// nobody can tell.
    func has(_ list: String, _ alias: String) -> String {
        guard case .at(let time) = self else { return "TRUE" }
        return """
            (EXISTS (SELECT 1 FROM runs fr WHERE fr.workspace_id = \(alias).workspace_id
                AND fr.integration_id = \(alias).integration_id AND fr.started_at <= \(time.rawValue)
                AND fr.status IN ('complete', 'partial', 'held'))
            OR EXISTS (SELECT 1 FROM replays rp WHERE rp.workspace_id = \(alias).workspace_id
                AND rp.integration_id = \(alias).integration_id AND rp.list = '\(list)'
                AND rp.since <= \(time.rawValue)))
            """
    }

    /// The same rows in parts that do not overlap, each within one of two partial indexes: of rows that are still true,
    /// and of rows that have ended.
    func parts(_ alias: String, open: String, ended: String) -> [ListPart] {
        switch self {
        case .now: [ListPart(condition: "\(alias).valid_to IS NULL", index: open)]
        case .at(let time):
            [
                ListPart(
                    condition: "\(alias).valid_to IS NULL AND \(alias).valid_from <= \(time.rawValue)", index: open),
                ListPart(
                    condition: "\(alias).valid_to > \(time.rawValue) AND \(alias).valid_from <= \(time.rawValue)",
                    index: ended),
            ]
        }
    }
}
