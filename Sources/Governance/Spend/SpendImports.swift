import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

extension Store {
    /// Looks at a file before anything of it is imported.
    ///
    /// - Parameter choice: what a person said of how to read it; what the last import with the same heading used counts where
    ///   they said nothing.
    public func surveySpend(_ upload: Upload, _ choice: SpendChoice = SpendChoice()) async throws -> SpendSurvey {
        var format = CSVFormat.detect(try await head(of: upload))
        if let encoding = choice.encoding { format.encoding = encoding }
        if let delimiter = choice.delimiter { format.delimiter = delimiter }
        let remembered = try await rememberedSpendMappings()
        var survey = SpendSurvey(format, choice) { remembered[$0].map(SpendMapping.choice) }
        var parser = CSVParser(format)
        try await eachPart(of: upload) { bytes in
            var goesOn = true
            parser.read(bytes) { record in if goesOn { goesOn = survey.see(record) } }
            return goesOn
        }
        parser.finish { _ = survey.see($0) }
        survey.end()
        return survey
    }

    /// The mapping of the last import of each heading.
    private func rememberedSpendMappings() async throws(Problem) -> [String: String] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var mappings: [String: String] = [:]
            try connection.each(
                """
                SELECT i.header_signature, i.mapping FROM spend_imports i WHERE i.workspace_id = $1
                ORDER BY i.import_id DESC LIMIT 1000
                """, [.integer(workspaceID)]
            ) { row in
                if mappings[row.text(0)] == nil { mappings[row.text(0)] = row.text(1) }
                return true
            }
            return mappings
        }
    }

    /// Imports a file: all its good lines in one transaction, each bad one named with its reason. The file itself is removed
    /// then. A file that was imported before changes nothing.
    ///
    /// - Throws: `spend.import.unclear`, `spend.import.nothing`, `spend.import.tooManyLines`.
    public func importSpend(
        _ upload: Upload, _ survey: SpendSurvey, actor: String, now: Timestamp
    ) async throws(Problem) -> SpendImport {
        let questions = survey.questions
        guard questions.isEmpty else { throw SpendProblem.open(questions) }
        let workspaceID = workspaceID
        let id = try await write { connection in
            var importing = SpendImporting(connection, workspaceID, upload, survey, actor, now)
            return try importing.run()
        }
        if id < 0 {
            try await removeUpload(upload.id)
            var old = try await spendImport(-id)
            old.isOld = true
            return old
        }
        return try await spendImport(id)
    }

    /// Takes an import back: its lines, their matches and errors, and every vendor, flag and pair that came of them alone.
    public func undoSpendImport(_ id: Int64, actor: String, now: Timestamp) async throws(Problem) {
        let done = try await spendImport(id)
        let workspaceID = workspaceID
        try await write { connection in
            try SpendUndo(connection: connection, workspaceID: workspaceID, id: id).run()
            try AuditNote(
                actor: actor, action: "spend.undo", subject: "import \(id)",
                detail: "\(done.fileName), \(done.lines) lines"
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// The import of a number.
    ///
    /// - Throws: `spend.import.unknown`.
    public func spendImport(_ id: Int64) async throws(Problem) -> SpendImport {
        guard let found = try await spendImports("AND i.import_id = \(id)").first else {
            throw SpendProblem.noImport(String(id))
        }
        return found
    }

    /// Every import, the latest first.
    public func spendImports() async throws(Problem) -> [SpendImport] { try await spendImports("") }

    private func spendImports(_ condition: String) async throws(Problem) -> [SpendImport] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT i.import_id, i.file_name, i.source, i.lines, i.repeated, i.refused, i.matched, i.duplicates,
                    i.refunds, i.created_at, i.created_by, i.mapping
                FROM spend_imports i WHERE i.workspace_id = $1 \(condition) ORDER BY i.import_id DESC LIMIT 1000
                """, [.integer(workspaceID)]
            ) { row in
                SpendImport(
                    id: row.integer(0), fileName: row.text(1), source: SpendSource(rawValue: row.text(2)) ?? .ledger,
                    lines: Int(row.integer(3)), repeated: Int(row.integer(4)), refused: Int(row.integer(5)),
                    matched: Int(row.integer(6)), duplicates: Int(row.integer(7)), refunds: Int(row.integer(8)),
                    created: Timestamp(rawValue: row.integer(9)), actor: row.text(10), mappingText: row.text(11))
            }
        }
    }

    /// The lines of an import that could not be read, a batch at a time, as lines of CSV that a spreadsheet cannot run: the
    /// line's number, the reason, and its fields as they stand in the file.
    public func eachSpendError(of id: Int64, _ body: (String) async throws -> Void) async throws {
        let workspaceID = workspaceID
        let header = try await engine.read { connection in
            try connection.first(
                "SELECT i.header FROM spend_imports i WHERE i.workspace_id = $1 AND i.import_id = $2",
                [.integer(workspaceID), .integer(id)], { $0.text(0) })
        }
        guard let header else { throw SpendProblem.noImport(String(id)) }
        func line(_ cells: [String]) -> String { cells.map(CSVText.cell).joined(separator: ",") + "\r\n" }
        try await body(line(["line", "reason"] + SpendLineReader.fields(header)))
        var last: Int64 = 0
        while true {
            let after = last
            let rows = try await engine.read { connection in
                try connection.query(
                    """
                    SELECT e.line_no, e.reason, e.original FROM spend_import_errors e
                    WHERE e.workspace_id = $1 AND e.import_id = $2 AND e.line_no > $3 ORDER BY e.line_no LIMIT 500
                    """, [.integer(workspaceID), .integer(id), .integer(after)]
                ) { (number: $0.integer(0), reason: $0.text(1), original: $0.text(2)) }
            }
            guard let end = rows.last else { return }
            last = end.number
            try await body(
                rows.map { line([String($0.number), $0.reason] + SpendLineReader.fields($0.original)) }.joined())
        }
    }

    /// How the first lines of a file would be read: a line, or why it cannot be.
    public func previewSpend(_ survey: SpendSurvey, now: Timestamp) -> [SpendPreview] {
        var reader = SpendLineReader(survey.mapping, header: survey.header, today: Int64(now.day))
        return survey.samples.map { record in
            do throws(SpendLineReader.Refusal) {
                return SpendPreview(record: record, line: try reader.line(record), reason: nil)
            } catch {
                return SpendPreview(record: record, line: nil, reason: error.reason)
            }
        }
    }
}

/// How one of the first lines of a file would be read.
public struct SpendPreview: Sendable {
    /// The record as it stands in the file.
    public let record: CSVRecord
    /// The line it would be.
    public let line: SpendLine?
    /// Why it would be refused.
    public let reason: String?
}

/// The numbers that the workspace gives out next.
enum SpendNumbers {
    static func next(_ column: String, of table: String, _ connection: Connection, _ workspaceID: Int64) throws -> Int64
    {
        let last = try connection.first(
            "SELECT max(t.\(column)) FROM \(table) t WHERE t.workspace_id = $1", [.integer(workspaceID)],
            { $0.optionalInteger(0) })
        return ((last ?? nil) ?? 0) + 1
    }
}
