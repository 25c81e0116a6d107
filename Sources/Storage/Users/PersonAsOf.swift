import Directory

// People of the past. Okta dates when an account was made and when its status last changed, and tells nothing of the time
// between where the log does not reach: such a person was there, of a status nobody knows.
extension AsOf {
    /// The SQL condition that keeps one version of each person who was there at the moment: the one that was true then,
    /// else the first that is known, of an account that was made before.
    package func holdsPerson(_ alias: String) -> String {
        guard time != nil else { return holds(alias) }
        return "((\(holds(alias))) OR (\(isOnlyMade(alias))))"
    }

    /// The status of a person whom `holdsPerson` keeps.
    package func personStatus(_ alias: String) -> String {
        guard let time else { return "\(alias).status" }
        return
            "CASE WHEN \(alias).valid_from <= \(time.rawValue) THEN \(alias).status ELSE '\(StatusChange.unknown)' END"
    }

    /// The same people in parts that do not overlap, each within one of the two indexes that people are listed by.
    package func personParts(_ alias: String) -> [ListPart] {
        let (open, ended) = ("users_listed", "users_listed_past")
        guard let time else { return parts(alias, open: open, ended: ended) }
        let there = "(\(alias).valid_from <= \(time.rawValue) OR (\(isOnlyMade(alias))))"
        guard case .believed = self else {
            return [
                ListPart(condition: "\(alias).valid_to IS NULL AND \(there)", index: open),
                ListPart(condition: "\(alias).valid_to > \(time.rawValue) AND \(there)", index: ended),
            ]
        }
        return [
            ListPart(condition: "\(alias).valid_to IS NULL AND \(holdsPerson(alias))", index: open),
            ListPart(condition: "\(alias).valid_to IS NOT NULL AND \(holdsPerson(alias))", index: ended),
        ]
    }

    /// The first version of a person that is known, when it begins after the moment and the account was made before it.
    private func isOnlyMade(_ alias: String) -> String {
        guard let time else { return "FALSE" }
        func known(_ table: String) -> String {
            if case .believed(_, let run) = self { " AND \(table).opened_run <= \(run)" } else { "" }
        }
        return """
            \(alias).valid_from > \(time.rawValue) AND \(alias).created_at <= \(time.rawValue)\(known(alias)) \
            AND NOT EXISTS (SELECT 1 FROM users fu WHERE fu.workspace_id = \(alias).workspace_id
                AND fu.user_key = \(alias).user_key AND fu.valid_from < \(alias).valid_from\(known("fu")))
            """
    }
}

extension ListDefinition {
    /// A name that a link is shown with: as it was at the moment, else as it is known last.
    static func name(
        _ alias: String, _ column: String, of key: String, in table: (name: String, key: String), _ moment: Moment
    ) -> String {
        guard moment.asOf != .now else { return "\(alias).\(column)" }
        return """
            coalesce(\(alias).\(column), (SELECT ln.\(column) FROM \(table.name) ln WHERE ln.workspace_id = $1
                AND ln.\(table.key) = \(key) ORDER BY ln.valid_from DESC LIMIT 1))
            """
    }
}
