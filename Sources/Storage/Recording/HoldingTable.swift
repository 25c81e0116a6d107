import DatabaseEngine
import Directory

/// The parts of recording that roles and factors share: a short, whole list of what one holder has.
struct HoldingTable: Sendable {
    /// The table: `admin_roles` or `factors`.
    let name: String
    /// The column of the holder.
    let holder: String
    /// The column of Okta's id of what is held.
    let item: String
    /// The name of the noun in counts and changes.
    let noun: String
    /// Columns that make a version.
    let versioned: [String]

    /// One thing that the holder has.
    struct Held {
        let id: String
        let versioned: [Value]
        let began: Timestamp?
    }

    /// Whether a holder has anything in the store.
    func hasOpenRows(of holderKey: Int64, _ writer: RunWriter) throws -> Bool {
        try writer.connection.first(
            "SELECT 1 FROM \(name) WHERE workspace_id = $1 AND \(holder) = $2 AND valid_to IS NULL LIMIT 1",
            [.integer(writer.context.workspaceID), .integer(holderKey)], { _ in true }) ?? false
    }

    /// Makes the open rows of a holder equal to a whole list of what it has.
    func replace(_ held: [Held], of holderKey: Int64, _ writer: RunWriter) throws {
        var stored: [String: (from: Int64, run: Int64, values: [Value])] = [:]
        let columns = ([item, "valid_from", "opened_run"] + versioned).joined(separator: ", ")
        try writer.connection.each(
            "SELECT \(columns) FROM \(name) WHERE workspace_id = $1 AND \(holder) = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(holderKey)]
        ) { row in
            stored[row.text(0)] = (row.integer(1), row.integer(2), versioned.indices.map { row.value($0 + 3) })
            return true
        }
        for thing in held {
            if let old = stored.removeValue(forKey: thing.id) {
                if old.values == thing.versioned || writer.isLater(old.run) { continue }
                try close(thing.id, of: holderKey, from: old.from, writer)
                try open(thing, of: holderKey, writer, from: nil, notBefore: old.from + 1)
                writer.count(noun, changed: 1)
                try writer.change(noun, "changed", subject: holderKey)
            } else {
                let lastEnd = try lastEnd(thing.id, of: holderKey, writer)
                if let lastEnd, writer.isLater(lastEnd.run) { continue }
                let fresh = thing.began.map { $0.rawValue >= lastEnd?.at ?? .min } ?? false
                try open(
                    thing, of: holderKey, writer, from: fresh ? thing.began : nil, notBefore: lastEnd?.at ?? .min)
                writer.count(noun, added: 1)
                try writer.change(noun, "added", subject: holderKey)
            }
        }
        for (id, old) in stored where writer.mayEnd(openedBy: old.run) {
            try end(id, of: holderKey, from: old.from, writer)
        }
        writer.count(noun, seen: held.count)
    }

    /// Ends all that a holder has who is gone, whoever learnt of it a moment ago.
    func endAll(of holderKey: Int64, _ writer: RunWriter) throws {
        let open = try writer.connection.query(
            "SELECT \(item), valid_from FROM \(name) WHERE workspace_id = $1 AND \(holder) = $2 AND valid_to IS NULL",
            [.integer(writer.context.workspaceID), .integer(holderKey)]
        ) { ($0.text(0), $0.integer(1)) }
        for (id, from) in open { try end(id, of: holderKey, from: from, writer) }
    }

    private func end(_ id: String, of holderKey: Int64, from: Int64, _ writer: RunWriter) throws {
        try close(id, of: holderKey, from: from, writer)
        writer.count(noun, closed: 1)
        try writer.change(noun, "closed", subject: holderKey)
    }

    private func lastEnd(
        _ id: String, of holderKey: Int64, _ writer: RunWriter
    ) throws -> (at: Int64, run: Int64)? {
        let end = try writer.connection.first(
            """
            SELECT max(valid_to), max(closed_run) FROM \(name)
            WHERE workspace_id = $1 AND \(holder) = $2 AND \(item) = $3
            """, [.integer(writer.context.workspaceID), .integer(holderKey), .text(id)],
            { ($0.optionalInteger(0), $0.optionalInteger(1)) })
        guard let end, let at = end.0 else { return nil }
        return (at, end.1 ?? 0)
    }

    private func close(_ id: String, of holderKey: Int64, from: Int64, _ writer: RunWriter) throws {
        let ending = try writer.ending(noun, holderKey)
        try writer.connection.execute(
            """
            UPDATE \(name) SET valid_to = $1, to_how = $2, closed_run = $3
            WHERE workspace_id = $4 AND \(holder) = $5 AND \(item) = $6 AND valid_from = $7
            """,
            [
                .integer(max(ending.at, from + 1)), .integer(ending.how.rawValue),
                .integer(writer.context.runID), .integer(writer.context.workspaceID), .integer(holderKey), .text(id),
                .integer(from),
            ])
    }

    private func open(
        _ held: Held, of holderKey: Int64, _ writer: RunWriter, from date: Timestamp?, notBefore: Int64
    ) throws {
        let columns =
            ["workspace_id", holder, item, "valid_from", "from_how", "opened_run", "integration_id"] + versioned
        let places = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
        var beginning = try writer.beginning(noun, holderKey)
        if let date { beginning = DatedEnd(at: date.rawValue, how: .oktaDate) }
        try writer.connection.execute(
            "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(places))",
            [
                .integer(writer.context.workspaceID), .integer(holderKey), .text(held.id),
                .integer(max(beginning.at, notBefore)), .integer(beginning.how.rawValue),
                .integer(writer.context.runID), .integer(writer.context.integrationID),
            ] + held.versioned)
    }
}
