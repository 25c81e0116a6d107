import DatabaseEngine
import Directory
public import Problems

/// One batch of what differs.
public struct DifferencePage: Sendable {
    /// The rows, in the columns of `ListDefinition.differences`.
    public let rows: [ListRow]
    /// The cursor of the batch after this one; nil at the end.
    public let next: String?
}

extension Store {
    /// How many things of a noun were gained, lost, changed and kept between two dates.
    public func count(_ difference: Difference, _ noun: Difference.Noun) async throws(Problem) -> DifferenceCounts {
        let statement = DifferenceStatement(difference: difference, noun: noun)
        let parameters: [Value] = [.integer(workspaceID)]
        return try await engine.read { connection in
            var counts = DifferenceCounts(noun: noun)
            if let kept = statement.keptCount {
                counts.kept = try connection.first(kept, parameters) { Int($0.integer(0)) } ?? 0
            }
            try connection.each(statement.counts, parameters) { row in
                if let change = Difference.Change(rawValue: row.text(0)) { counts.add(change, Int(row.integer(1))) }
                return true
            }
            return counts
        }
    }

    /// One batch of the things of a noun that became this or that, in the order of their keys.
    ///
    /// - Throws: `list.cursor.invalid`.
    public func page(
        _ difference: Difference, _ noun: Difference.Noun, _ changes: Set<Difference.Change>,
        after cursor: String? = nil,
        limit: Int = 50
    ) async throws(Problem) -> DifferencePage {
        let statement = DifferenceStatement(difference: difference, noun: noun)
        var parameters: [Value] = [.integer(workspaceID)]
        if let cursor {
            parameters += try ListCursor(
                text: cursor, noun: "changes", sort: noun.rawValue, descending: false,
                keyKinds: statement.keyKinds
            ).keys
        }
        parameters.append(.integer(Int64(limit) + 1))
        let (workspaceID, bound) = (workspaceID, parameters)
        return try await engine.read { connection in
            var reader = DifferenceReader(connection, workspaceID, statement)
            try connection.each(statement.rows(changes, isFirst: cursor == nil), bound) { row in
                try reader.add(row)
                return true
            }
            return reader.page(limit: limit)
        }
    }

    /// Everything that differs, noun by noun, a batch at a time: memory stays the same however much it is.
    public func each(
        _ difference: Difference, _ changes: Set<Difference.Change>, batch: Int = 2000,
        _ body: ([ListRow]) async throws -> Void
    ) async throws {
        for noun in difference.nouns {
            var cursor: String?
            repeat {
                let page = try await page(difference, noun, changes, after: cursor, limit: batch)
                if !page.rows.isEmpty { try await body(page.rows) }
                cursor = page.next
            } while cursor != nil
        }
    }

    /// How the database would compare the dates: for tests that no big table is walked for one subject.
    public func explain(_ difference: Difference) async throws(Problem) -> [String] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var steps: [String] = []
            for noun in difference.nouns {
                let statement = DifferenceStatement(difference: difference, noun: noun)
                let rows = statement.rows(Set(Difference.Change.allCases), isFirst: true)
                for (sql, more) in [(statement.keptCount, []), (statement.counts, []), (rows, [Value.integer(50)])] {
                    guard let sql else { continue }
                    steps += try connection.explain(sql, [.integer(workspaceID)] + more)
                }
            }
            return steps
        }
    }
}

/// Turns what the database folded into rows with names.
private struct DifferenceReader {
    private let statement: DifferenceStatement
    private var names: HistoryNames
    private var rows: [ListRow] = []
    private let positions = ListDefinition.differences.positions

    init(_ connection: Connection, _ workspaceID: Int64, _ statement: DifferenceStatement) {
        self.statement = statement
        names = HistoryNames(connection, workspaceID, at: statement.difference.to)
    }

    func page(limit: Int) -> DifferencePage {
        let shown = Array(rows.prefix(limit))
        guard rows.count > limit, let last = shown.last else { return DifferencePage(rows: shown, next: nil) }
        let cursor = ListCursor(
            noun: "changes", sort: statement.noun.rawValue, descending: false, isBackward: false, offset: 0,
            sortValue: .null, keys: last.keys)
        return DifferencePage(rows: shown, next: cursor.text)
    }

    mutating func add(_ row: Row) throws {
        var cells: [String: Value] = ["noun": .text(statement.noun.rawValue), "change": .text(row.text(0))]
        var keys: [Value]
        switch statement.noun {
        case .roles:
            keys = (1...4).map { row.value($0) }
            try name(person: row.integer(1), &cells)
            cells["role"] = .text(row.text(3))
            try addRole(row, &cells)
        case .users:
            keys = [row.value(1)]
            try name(person: row.integer(1), &cells)
            addEnds(row, first: 2, &cells)
            cells["from_status"] = row.value(6)
            cells["to_status"] = row.value(7)
        case .memberships:
            keys = [row.value(1), row.value(2)]
            try name(group: row.integer(1), &cells)
            try name(person: row.integer(2), &cells)
            addEnds(row, first: 3, &cells)
        case .appGroups:
            keys = [row.value(1), row.value(2)]
            try name(app: row.integer(1), &cells)
            try name(group: row.integer(2), &cells)
            addEnds(row, first: 3, &cells)
        case .assignments:
            keys = [row.value(1), row.value(2)]
            try name(app: row.integer(1), &cells)
            try name(person: row.integer(2), &cells)
            addEnds(row, first: 3, &cells)
            try addPaths(row, &cells)
        }
        if statement.order.count < keys.count { keys = varying(keys) }
        let all = ListDefinition.differences.allColumns.map { cells[$0.name] ?? .null }
        rows.append(ListRow(cells: all, keys: keys, sortValue: .null, positions: positions))
    }

    /// The keys that the subject does not fix: the first of two is fixed for a group or an app on its own list.
    private func varying(_ keys: [Value]) -> [Value] {
        let order = statement.order[0]
        let first = statement.noun == .memberships ? "x.group_key" : "x.app_key"
        return [order == first ? keys[0] : keys[1]]
    }

    private func addEnds(_ row: Row, first: Int, _ cells: inout [String: Value]) {
        switch row.text(0) {
        case "kept": return
        case "lost":
            cells["changed_at"] = row.value(first)
            cells["changed_at_source"] = Self.source(row.integer(first + 1))
        default:
            cells["changed_at"] = row.value(first + 2)
            cells["changed_at_source"] = Self.source(row.integer(first + 3))
        }
    }

    private mutating func addPaths(_ row: Row, _ cells: inout [String: Value]) throws {
        cells["from_status"] = row.value(7)
        cells["to_status"] = row.value(8)
        let early = try path(row.optionalInteger(9), row.optionalInteger(11))
        let late = try path(row.optionalInteger(10), row.optionalInteger(12))
        set(early, late, &cells)
    }

    private mutating func addRole(_ row: Row, _ cells: inout [String: Value]) throws {
        let change = row.text(0)
        let time = change == "lost" ? row.optionalInteger(5) : row.optionalInteger(6)
        if let time, change != "kept" {
            cells["changed_at"] = .integer(time / 8)
            cells["changed_at_source"] = Self.source(time % 8)
        }
        set(
            try path(isDirect: row.flag(7), group: row.optionalInteger(9)),
            try path(isDirect: row.flag(8), group: row.optionalInteger(10)), &cells)
    }

    private func set(_ early: HistoryPath, _ late: HistoryPath, _ cells: inout [String: Value]) {
        cells["from_path"] = .optional(early.text)
        cells["to_path"] = .optional(late.text)
        cells["from_group_id"] = .optional(early.group?.id)
        cells["to_group_id"] = .optional(late.group?.id)
        let group = late.text == nil ? early.group : late.group
        cells["group_id"] = .optional(group?.id)
        cells["group_name"] = .optional(group?.name)
    }

    private mutating func path(_ scope: Int64?, _ group: Int64?) throws -> HistoryPath {
        switch scope {
        case nil: HistoryPath()
        case 1: HistoryPath(isDirect: true)
        case 2: HistoryPath(isThroughGroup: true, group: try group.map { try names.group($0) })
        default: HistoryPath(isUnknown: true)
        }
    }

    private mutating func path(isDirect: Bool, group: Int64?) throws -> HistoryPath {
        var path = HistoryPath(isDirect: isDirect, isThroughGroup: group != nil)
        if let group, group != 0 { path.group = try names.group(group) }
        return path
    }

    private mutating func name(person key: Int64, _ cells: inout [String: Value]) throws {
        let person = try names.person(key)
        cells["user_id"] = .text(person.id)
        cells["login"] = .optional(person.login)
        cells["first_name"] = .optional(person.firstName)
        cells["last_name"] = .optional(person.lastName)
    }

    private mutating func name(group key: Int64, _ cells: inout [String: Value]) throws {
        let group = try names.group(key)
        cells["group_id"] = .text(group.id)
        cells["group_name"] = .optional(group.name)
    }

    private mutating func name(app key: Int64, _ cells: inout [String: Value]) throws {
        let app = try names.app(key)
        cells["app_id"] = .text(app.id)
        cells["app_label"] = .optional(app.name)
    }

    private static func source(_ evidence: Int64) -> Value { .optional(Evidence(rawValue: evidence)?.text) }
}

/// How somebody had something at one date.
struct HistoryPath: Equatable {
    var isDirect = false
    var isThroughGroup = false
    var isUnknown = false
    var group: HistoryName?

    /// `direct`, `via Engineers`, `direct, via Engineers`, `via a group`; nil when they did not have it.
    var text: String? {
        if isUnknown { return "unknown" }
        let via = isThroughGroup ? "via \(group?.name ?? group?.id ?? "a group")" : nil
        let parts = [isDirect ? "direct" : nil, via].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
