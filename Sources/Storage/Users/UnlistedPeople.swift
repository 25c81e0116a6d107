import DatabaseEngine
public import Problems

extension Store {
    /// Whether everybody who is in a group or has an app is in the list of people too, so that one may be found by walking
    /// the other.
    ///
    /// Not so where Okta lets the lists of groups and apps be read and that of people not, and for who came while a sync
    /// was on. Takes one look for each object: some 50 ms for 100,000 people.
    public func listsEverybody(_ asOf: AsOf) async throws(Problem) -> Bool {
        let workspaceID = workspaceID
        let unlisted = try await engine.read { connection in
            try connection.first(
                """
                SELECT 1 FROM objects o
                WHERE o.workspace_id = $1
                    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.workspace_id = o.workspace_id
                        AND u.user_key = o.object_key AND \(asOf.holdsPerson("u")))
                    AND (EXISTS (SELECT 1 FROM assignments a WHERE a.workspace_id = o.workspace_id
                            AND a.user_key = o.object_key AND \(asOf.holds("a")))
                        OR EXISTS (SELECT 1 FROM memberships m WHERE m.workspace_id = o.workspace_id
                            AND m.user_key = o.object_key AND \(asOf.holds("m"))))
                LIMIT 1
                """, [.integer(workspaceID)], { _ in true })
        }
        return unlisted == nil
    }
}
