import DatabaseEngine
public import Problems

extension ListDefinition {
    /// The departments that people's profiles name, with their people, apps and managers. People without a department
    /// are one row with an empty name.
    public static func departments(_ moment: Moment) -> ListDefinition {
        ListDefinition(
            noun: "departments",
            columns: [
                ListColumn("department", "department", isName: true), ListColumn("users", .number, "users"),
                ListColumn("active_users", .number, "active_users"), ListColumn("apps", .number, "apps"),
                ListColumn("managers", .number, "managers"),
            ],
            defaultSort: "department",
            source: .memory(searched: ["department"]) { connection, workspaceID in
                if moment.asOf == .now, let kept = try Departments.kept(connection, workspaceID) { return kept }
                return try Departments.counted(connection, workspaceID, moment.asOf)
            })
    }
}

extension ListDefinition {
    /// The same list with its rows worked out once and kept, for lists that are asked for again and again.
    ///
    /// A list that would be too long to keep stays as it is.
    public func remembered(_ store: Store, upTo limit: Int = 5000) async throws(Problem) -> ListDefinition {
        let workspaceID = store.workspaceID
        let kept: [[Value]]
        let searched: [String]
        switch source {
        case .memory(let names, let rows):
            searched = names
            kept = try await store.engine.read { connection in try rows(connection, workspaceID) }
        case .table(let table):
            searched = table.search?.names ?? []
            let page = try await store.page(self, ListRequest(limit: limit))
            if page.next != nil { return self }
            kept = page.rows.map(\.cells)
        }
        return ListDefinition(
            noun: noun, columns: columns, extras: extras, defaultSort: defaultSort,
            source: .memory(searched: searched) { _, _ in kept })
    }
}
