public import DatabaseEngine

// What tests do to the schema, which each database spells in its own way.
extension Connection {
    /// The tables that have a column of this name.
    public func tables(having column: String) throws -> [String] {
        switch dialect {
        case .postgresql:
            return try query(
                """
                SELECT c.table_name FROM information_schema.columns c
                JOIN information_schema.tables t
                    ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
                WHERE c.table_schema = current_schema() AND c.column_name = $1 ORDER BY c.table_name
                """, [.text(column)]
            ) { $0.text(0) }
        case .sqlite:
            return try query(
                """
                SELECT s.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c ON c.name = $1
                WHERE s.type = 'table' ORDER BY s.name
                """, [.text(column)]
            ) { $0.text(0) }
        }
    }

    /// Makes every INSERT into a table fail, as on a full disk.
    public func refuseRows(into table: String) throws {
        switch dialect {
        case .postgresql:
            try execute(
                """
                CREATE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION USING MESSAGE = ''no room''; END'
                """)
            try execute(
                "CREATE TRIGGER no_room BEFORE INSERT ON \(table) FOR EACH ROW EXECUTE FUNCTION refuse_row()")
        case .sqlite:
            try execute("CREATE TRIGGER no_room BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'no room'); END")
        }
    }

    /// Undoes `refuseRows`.
    public func acceptRows(into table: String) throws {
        switch dialect {
        case .postgresql:
            try execute("DROP TRIGGER no_room ON \(table)")
            try execute("DROP FUNCTION refuse_row()")
        case .sqlite: try execute("DROP TRIGGER no_room")
        }
    }
}
