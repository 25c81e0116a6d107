import DatabaseEngine
public import Problems

extension Store {
    /// Whether everybody who is in a group or has an app is in the list of people too, so that one may be found by walking
    /// the other.
    ///
    /// Not so where Okta lets the lists of groups and apps be read and that of people not, and for who came while a sync
    /// was on. Takes one pass over people and one over all objects: some 50 ms for 100,000 people.
    public func listsEverybody(_ asOf: AsOf) async throws(Problem) -> Bool {
        let unlisted = UnlistedPeople(workspaceID: workspaceID, asOf: asOf)
        return try await !engine.read { connection in
            connection.dialect == .postgresql
                ? try connection.first(unlisted.joined, [.integer(unlisted.workspaceID)], { _ in true }) ?? false
                : try unlisted.isFound(connection)
        }
    }
}

/// People who are in a group or have an app at a moment without being in the list of people.
struct UnlistedPeople: Sendable {
    let workspaceID: Int64
    let asOf: AsOf

    /// Finds one of them in one statement. All objects are joined to people first: a server would else look for what each
    /// of 100,000 people has, who are all listed.
    var joined: String {
        """
        WITH unlisted AS MATERIALIZED (
            SELECT o.object_key FROM objects o WHERE o.workspace_id = $1
                AND NOT EXISTS (SELECT 1 FROM users u WHERE u.workspace_id = o.workspace_id
                    AND u.user_key = o.object_key AND \(asOf.holdsPerson("u"))))
        SELECT 1 FROM unlisted o WHERE \(Self.hasLinks(asOf, "o.object_key")) LIMIT 1
        """
    }

    /// The same for the embedded database, which would fetch the wide row of each person to join them: whoever is listed is
    /// noted from an index alone.
    func isFound(_ connection: Connection) throws -> Bool {
        let workspace = [Value.integer(workspaceID)]
        var listed = SeenKeys()
        for part in asOf.personParts("u") {
            try connection.each(
                """
                SELECT u.user_key FROM users u\(ReadHint.index(part.index).sql)
                WHERE u.workspace_id = $1 AND \(part.condition)
                """, workspace
            ) { row in
                _ = listed.insert(row.integer(0))
                return true
            }
        }
        let find = try connection.prepare("SELECT 1 WHERE \(Self.hasLinks(asOf, "$2"))")
        find.bind(1, workspaceID)
        var isFound = false
        try connection.each("SELECT o.object_key FROM objects o WHERE o.workspace_id = $1", workspace) { row in
            let key = row.integer(0)
            if listed.contains(key) { return true }
            find.bind(2, key)
            isFound = try find.first { _ in true } ?? false
            return !isFound
        }
        return isFound
    }

    private static func hasLinks(_ asOf: AsOf, _ key: String) -> String {
        """
        (EXISTS (SELECT 1 FROM assignments a WHERE a.workspace_id = $1 AND a.user_key = \(key) AND \(asOf.holds("a")))
            OR EXISTS (SELECT 1 FROM memberships m WHERE m.workspace_id = $1 AND m.user_key = \(key)
                AND \(asOf.holds("m"))))
        """
    }
}
