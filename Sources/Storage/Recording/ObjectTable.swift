import DatabaseEngine
import Directory

/// The parts of recording that users, groups, apps, rules and tokens share: one open version an object, a new version
/// when a column that makes a version changes, and facts that only go forward kept current in place.
struct ObjectTable: Sendable {
    /// The table: `users`, `user_groups`, …
    let name: String
    /// The key column.
    let key: String
    /// The name of the noun in counts and changes.
    let noun: String
    /// Columns that make a version.
    let versioned: [String]
    /// Columns that go forward without history.
    let forward: [String]
    /// Columns that other lists keep, which a new version takes over from the one before.
    let carried: [String]
    /// A column of a version that has a table of its own, which lists need not read.
    let aside: Aside?
    // Put together once: a page of 200 users would spend more on these texts than on its rows.
    let selectOpen: String
    private let insert: String
    private let updateForward: String

    /// A wide column, and the table that holds it under the key and the beginning of its version.
    struct Aside {
        let table: String
        let column: String
    }

    init(
        name: String, key: String, noun: String, versioned: [String], forward: [String], carried: [String] = [],
        aside: Aside? = nil
    ) {
        self.name = name
        self.key = key
        self.noun = noun
        self.versioned = versioned
        self.forward = forward
        self.carried = carried
        self.aside = aside
        let columns = (["valid_from", "content_hash", "opened_run"] + forward).joined(separator: ", ")
        selectOpen = "SELECT \(columns) FROM \(name) WHERE workspace_id = $1 AND \(key) = $2 AND valid_to IS NULL"
        let fixed = [
            "workspace_id", key, "valid_from", "from_how", "opened_run", "integration_id", "content_hash", "okta_id",
        ]
        let all = fixed + versioned.filter { $0 != aside?.column } + forward
        let places = (1...all.count).map { "$\($0)" }.joined(separator: ", ")
        insert = "INSERT INTO \(name) (\(all.joined(separator: ", "))) VALUES (\(places))"
        let assignments = forward.enumerated().map { "\($1) = $\($0 + 3)" }.joined(separator: ", ")
        updateForward = "UPDATE \(name) SET \(assignments) WHERE workspace_id = $1 AND \(key) = $2 AND valid_to IS NULL"
    }

    /// One object as a page shows it.
    struct Version {
        let key: Int64
        let oktaID: String
        /// One value for each column of `versioned`.
        let versioned: [Value]
        /// One value for each column of `forward`.
        let forward: [Value]
        /// When Okta says this version began; nil when it does not say.
        let began: Timestamp?
    }

    private struct Stored {
        let from: Int64
        let hash: Int64
        let run: Int64
        let forward: [Value]
    }

    /// Whether the integration has any object of this kind, open or closed.
    func hasRows(_ writer: RunWriter) throws -> Bool {
        try writer.connection.first(
            "SELECT 1 FROM \(name) WHERE workspace_id = $1 AND integration_id = $2 LIMIT 1",
            [.integer(writer.context.workspaceID), .integer(writer.context.integrationID)], { _ in true }) ?? false
    }

    /// Writes one object: opens it, replaces its version, or leaves it as it is.
    func record(_ version: Version, _ writer: RunWriter, hasPrior: Bool) throws {
        let hash = Self.hash(version.versioned)
        guard hasPrior, let stored = try find(version.key, writer) else {
            let lastEnd = hasPrior ? try lastEnd(version.key, writer) : nil
            if let lastEnd, writer.isLater(lastEnd.run) { return }
            let fresh = version.began.map { $0.rawValue >= lastEnd?.at ?? .min } ?? false
            let beginning =
                if fresh, let began = version.began {
                    DatedEnd(at: began.rawValue, how: .oktaDate)
                } else {
                    try writer.beginning(noun, version.key)
                }
            try open(version, hash, writer, from: beginning, notBefore: lastEnd?.at ?? .min)
            writer.count(noun, added: 1)
            return try writer.change(noun, "added", subject: version.key)
        }
        if writer.isLater(stored.run) { return }
        if stored.hash == hash {
            if stored.forward != version.forward { try update(version, writer) }
            return
        }
        let dated = version.began.map { $0.rawValue > stored.from } ?? false
        var change = try writer.ending(noun, version.key)
        if dated, let began = version.began { change = DatedEnd(at: began.rawValue, how: .oktaDate) }
        try close(version.key, from: stored.from, at: change, writer)
        try open(version, hash, writer, from: change, notBefore: stored.from + 1)
        try carry(version.key, from: stored.from, writer)
        writer.count(noun, changed: 1)
        try writer.change(noun, "changed", subject: version.key)
    }

    /// Closes every open object of the integration that the walk did not see, or holds them all.
    ///
    /// - Parameter links: where the links are that end with an object.
    /// - Returns: the keys that were closed.
    func closeMissing(
        _ writer: RunWriter, _ listing: inout ListingState, with links: LinkTable? = nil
    ) throws -> [Int64] {
        guard listing.hasPrior else { return [] }
        var open = 0
        var missing: [(key: Int64, from: Int64)] = []
        try writer.connection.each(
            """
            SELECT \(key), valid_from, opened_run FROM \(name)
            WHERE workspace_id = $1 AND integration_id = $2 AND valid_to IS NULL
            """, [.integer(writer.context.workspaceID), .integer(writer.context.integrationID)]
        ) { row in
            open += 1
            if !listing.seen.contains(row.integer(0)), writer.mayEnd(openedBy: row.integer(2)) {
                missing.append((row.integer(0), row.integer(1)))
            }
            return true
        }
        if missing.isEmpty { return [] }
        let ending = try links?.openRows(writer, missing.map(\.key)) ?? (0, 0)
        guard try writer.mayClose(missing.count, of: open, listing, with: ending) else {
            if !writer.context.isTail { listing.progress = .held }
            return []
        }
        for row in missing {
            try close(row.key, from: row.from, at: try writer.ending(noun, row.key), writer)
            writer.count(noun, closed: 1)
            try writer.change(noun, "closed", subject: row.key)
        }
        return missing.map(\.key)
    }

    /// Closes one object that Okta no longer has.
    func closeGone(_ key: Int64, _ writer: RunWriter) throws {
        guard let stored = try find(key, writer) else { return }
        try close(key, from: stored.from, at: try writer.ending(noun, key), writer)
        writer.count(noun, closed: 1)
        try writer.change(noun, "closed", subject: key)
    }

    private static func hash(_ values: [Value]) -> Int64 {
        var hash = ContentHash()
        for value in values {
            switch value {
            case .text(let text): hash.add(text)
            case .integer(let number): hash.add(number)
            case .null, .real, .blob: hash.add(nil as String?)
            }
        }
        return hash.value
    }

    private func find(_ objectKey: Int64, _ writer: RunWriter) throws -> Stored? {
        let select = try writer.connection.prepare(selectOpen)
        select.bind(1, writer.context.workspaceID)
        select.bind(2, objectKey)
        return try select.first { row in
            Stored(
                from: row.integer(0), hash: row.integer(1), run: row.integer(2),
                forward: forward.indices.map { row.value($0 + 3) })
        }
    }

    private func lastEnd(_ objectKey: Int64, _ writer: RunWriter) throws -> (at: Int64, run: Int64)? {
        let end = try writer.connection.first(
            "SELECT max(valid_to), max(closed_run) FROM \(name) WHERE workspace_id = $1 AND \(key) = $2",
            [.integer(writer.context.workspaceID), .integer(objectKey)],
            { ($0.optionalInteger(0), $0.optionalInteger(1)) })
        guard let end, let at = end.0 else { return nil }
        return (at, end.1 ?? 0)
    }

    private func open(
        _ version: Version, _ hash: Int64, _ writer: RunWriter, from beginning: DatedEnd, notBefore: Int64
    ) throws {
        let insert = try writer.connection.prepare(insert)
        let from = max(beginning.at, notBefore)
        var values = version.versioned
        if let aside, let position = versioned.firstIndex(of: aside.column) {
            try writer.connection.execute(
                "INSERT INTO \(aside.table) (workspace_id, \(key), valid_from, \(aside.column)) VALUES ($1, $2, $3, $4)",
                [
                    .integer(writer.context.workspaceID), .integer(version.key), .integer(from),
                    values.remove(at: position),
                ])
        }
        insert.bind(
            [
                .integer(writer.context.workspaceID), .integer(version.key), .integer(from),
                .integer(beginning.how.rawValue), .integer(writer.context.runID),
                .integer(writer.context.integrationID), .integer(hash),
                .text(version.oktaID),
            ] + values + version.forward)
        try insert.run()
    }

    private func close(_ objectKey: Int64, from: Int64, at end: DatedEnd, _ writer: RunWriter) throws {
        try writer.connection.execute(
            """
            UPDATE \(name) SET valid_to = $1, to_how = $2, closed_run = $3
            WHERE workspace_id = $4 AND \(key) = $5 AND valid_from = $6
            """,
            [
                .integer(max(end.at, from + 1)), .integer(end.how.rawValue), .integer(writer.context.runID),
                .integer(writer.context.workspaceID), .integer(objectKey), .integer(from),
            ])
    }

    private func carry(_ objectKey: Int64, from: Int64, _ writer: RunWriter) throws {
        if carried.isEmpty { return }
        let taken = carried.map { column in
            """
            \(column) = (SELECT old.\(column) FROM \(name) AS old
                WHERE old.workspace_id = $1 AND old.\(key) = $2 AND old.valid_from = $3)
            """
        }
        try writer.connection.execute(
            """
            UPDATE \(name) SET \(taken.joined(separator: ", "))
            WHERE workspace_id = $1 AND \(key) = $2 AND valid_to IS NULL
            """, [.integer(writer.context.workspaceID), .integer(objectKey), .integer(from)])
    }

    private func update(_ version: Version, _ writer: RunWriter) throws {
        try writer.connection.execute(
            updateForward,
            [.integer(writer.context.workspaceID), .integer(version.key)] + version.forward)
    }
}
