import Analysis
import DatabaseEngine
import Directory
import Storage

/// The work of one import, inside its transaction.
struct SpendImporting {
    private let connection: Connection
    private let workspaceID: Int64
    private let upload: Upload
    private let survey: SpendSurvey
    private let actor: String
    private let now: Timestamp
    private var reader: SpendLineReader
    private var hasHeader = false
    private var importID: Int64 = 0
    private var nextLine: Int64 = 0
    private var lines = 0
    private var matched = 0
    private var refused = 0

    /// The most errors that are kept one by one: whoever has more chose the wrong columns.
    private static let mostErrors = 100_000
    /// What is kept of a line that is wrong.
    private static let longestOriginal = 4000

    init(
        _ connection: Connection, _ workspaceID: Int64, _ upload: Upload, _ survey: SpendSurvey, _ actor: String,
        _ now: Timestamp
    ) {
        self.connection = connection
        self.workspaceID = workspaceID
        self.upload = upload
        self.survey = survey
        self.actor = actor
        self.now = now
        reader = SpendLineReader(survey.mapping, header: survey.header, today: Int64(now.day))
    }

    /// Imports the file.
    ///
    /// - Returns: the number of the import; below zero that of an earlier import of the same file.
    mutating func run() throws -> Int64 {
        let earlier = try connection.first(
            "SELECT i.import_id FROM spend_imports i WHERE i.workspace_id = $1 AND i.file_hash = $2 ORDER BY i.import_id LIMIT 1",
            [.integer(workspaceID), .text(upload.sha256)], { $0.integer(0) })
        if let earlier { return -earlier }
        importID = try SpendNumbers.next("import_id", of: "spend_imports", connection, workspaceID)
        nextLine = try SpendNumbers.next("line_id", of: "spend_lines", connection, workspaceID)
        var matcher = SpendMatcher(
            index: try VendorNames.index(connection, workspaceID), rules: try SpendRules.all(connection, workspaceID))
        let insert = try connection.prepare(Self.insertion)
        let fault = try connection.prepare(Self.faultInsertion)
        var parser = CSVParser(survey.format)
        try eachPart { bytes in
            try parser.read(bytes) { try take($0, insert, fault, &matcher) }
        }
        try parser.finish { try take($0, insert, fault, &matcher) }
        guard lines > 0 else { throw SpendProblem.noLines }
        try VendorNames.keep(matcher.used, connection, workspaceID, actor: "", at: now)
        try finish()
        return importID
    }

    private func eachPart(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let read = try connection.prepare(
            "SELECT bytes FROM upload_parts WHERE workspace_id = $1 AND upload_id = $2 AND part = $3")
        var part: Int64 = 0
        while true {
            read.bind([.integer(workspaceID), .integer(upload.id), .integer(part)])
            guard let bytes = try read.first({ $0.blob(0) }) else { break }
            try body(bytes[...])
            part += 1
        }
        guard part > 0 else { throw UploadProblem.gone }
    }

    private mutating func take(
        _ record: CSVRecord, _ insert: Statement, _ fault: Statement, _ matcher: inout SpendMatcher
    ) throws {
        guard hasHeader else {
            // What stands above the heading is no line.
            hasHeader = record.fields.map { String(Substring($0).trimmed) } == survey.header
            return
        }
        let line: SpendLine
        do throws(SpendLineReader.Refusal) {
            line = try reader.line(record)
        } catch {
            return try refuse(record, error.reason, fault)
        }
        try add(line, insert, &matcher)
    }

    private mutating func refuse(_ record: CSVRecord, _ reason: String, _ fault: Statement) throws {
        refused += 1
        guard refused <= Self.mostErrors else { throw SpendProblem.noLines }
        let original = SpendLineReader.csv(record.fields.map { String($0.prefix(Self.longestOriginal)) })
        fault.bind([
            .integer(workspaceID), .integer(importID), .integer(Int64(record.line)), .text(reason),
            .text(String(original.prefix(Self.longestOriginal))),
        ])
        try fault.run()
    }

    private mutating func add(_ line: SpendLine, _ insert: Statement, _ matcher: inout SpendMatcher) throws {
        lines += 1
        guard lines <= SpendProblem.mostLines else { throw SpendProblem.tooManyLines }
        let facts = SpendFacts(
            vendor: line.vendor, description: line.description, amount: line.amount.minor,
            currency: line.amount.currency.code, source: survey.mapping.source.rawValue)
        let (descriptor, match) = matcher.match(payee: line.payee, facts)
        if match.state == .matched { matched += 1 }
        insert.bind([
            .integer(workspaceID), .integer(nextLine), .integer(importID), .text(survey.mapping.source.rawValue),
            .integer(Int64(line.line)), .optional(line.externalID), .integer(line.day),
            .text(Timestamp(day: Int32(line.day)).date), .text(line.vendor), .text(line.description),
            .text(descriptor), .integer(line.amount.minor), .text(line.amount.plain), .text(line.amount.currency.code),
            .optional(line.account), .optional(line.costCenter), .optional(line.department), .optional(line.employee),
            .optional(line.card), .optional(line.mcc), .optional(line.period?.lowerBound),
            .optional(line.period?.upperBound), .text(line.original), .integer(line.hash), .text(match.state.rawValue),
            .optional(match.vendorID), .optional(match.appID), .optional(match.method), .optional(match.score),
            .optional(match.ruleID), match.method == nil ? .null : .integer(now.rawValue),
        ])
        try insert.run()
        nextLine += 1
    }

    private func finish() throws {
        try connection.refreshStatistics(of: ["spend_lines"], isRough: true)
        let copies = try SpendCopies.flag(connection, workspaceID, where: "x.import_id = $2", [.integer(importID)])
        let refunds = try SpendCopies.pair(
            connection, workspaceID, try SpendCopies.open(connection, workspaceID, import: importID))
        try connection.execute(
            """
            INSERT INTO spend_imports (workspace_id, import_id, file_name, source, file_hash, header_signature, mapping,
                header, lines, repeated, refused, matched, duplicates, refunds, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            [
                .integer(workspaceID), .integer(importID), .text(upload.name), .text(survey.mapping.source.rawValue),
                .text(upload.sha256), .text(survey.signature), .text(survey.mapping.text),
                .text(SpendLineReader.csv(survey.header)), .integer(Int64(lines)), .integer(Int64(copies.repeated)),
                .integer(Int64(refused)), .integer(Int64(matched)), .integer(Int64(copies.duplicates)),
                .integer(Int64(refunds)), .integer(now.rawValue), .text(actor),
            ])
        for table in ["upload_parts", "uploads"] {
            try connection.execute(
                "DELETE FROM \(table) WHERE workspace_id = $1 AND upload_id = $2",
                [.integer(workspaceID), .integer(upload.id)])
        }
        try AuditNote(
            actor: actor, action: "spend.import", subject: "import \(importID)",
            detail: "\(upload.name): \(lines) lines, \(refused) refused"
        ).write(on: connection, workspaceID: workspaceID, at: now)
    }

    private static let insertion = """
        INSERT INTO spend_lines (workspace_id, line_id, import_id, source, line_no, external_id, booked_on, booked,
            vendor_text, description, descriptor, amount, amount_plain, currency, account, cost_center, department,
            employee, card_last4, mcc, period_from, period_to, original, line_hash, state, vendor_id, app_id, method,
            score, rule_id, matched_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27, $28, $29, $30, $31)
        """

    private static let faultInsertion = """
        INSERT INTO spend_import_errors (workspace_id, import_id, line_no, reason, original) VALUES ($1, $2, $3, $4, $5)
        """
}

/// Takes an import back, inside a transaction: afterwards the store holds what it would hold without it.
struct SpendUndo {
    let connection: Connection
    let workspaceID: Int64
    let id: Int64

    func run() throws {
        let scope: [Value] = [.integer(workspaceID), .integer(id)]
        // Lines of other files that were taken for copies of these, and charges and refunds that were paired with them.
        let copies = try related("x.duplicate_of = o.line_id", scope)
        let refunds = try related("x.refund_of = o.line_id", scope)
        let freed = try related("o.refund_of = x.line_id", scope)
        for line in copies {
            // A copy is what it was matched to when it came.
            try connection.execute(
                """
                UPDATE spend_lines SET duplicate_of = NULL, duplicate_how = NULL,
                    state = CASE WHEN state <> 'repeated' THEN state WHEN vendor_id IS NOT NULL THEN 'matched'
                        WHEN method IS NOT NULL THEN 'ignored' ELSE 'unmatched' END
                WHERE workspace_id = $1 AND line_id = $2
                """, [.integer(workspaceID), .integer(line)])
        }
        for line in refunds {
            try connection.execute(
                "UPDATE spend_lines SET refund_of = NULL WHERE workspace_id = $1 AND line_id = $2",
                [.integer(workspaceID), .integer(line)])
        }
        try connection.execute(
            """
            DELETE FROM spend_matches AS m WHERE m.workspace_id = $1 AND m.line_id IN
                (SELECT l.line_id FROM spend_lines l WHERE l.workspace_id = $1 AND l.import_id = $2)
            """, scope)
        for table in ["spend_lines", "spend_import_errors", "spend_imports"] {
            try connection.execute("DELETE FROM \(table) WHERE workspace_id = $1 AND import_id = $2", scope)
        }
        try mend(copies, refunds, freed)
        try VendorNames.sweep(connection, workspaceID)
    }

    private func related(_ tie: String, _ scope: [Value]) throws -> [Int64] {
        try connection.query(
            """
            SELECT DISTINCT x.line_id FROM spend_lines o CROSS JOIN spend_lines x
            WHERE o.workspace_id = $1 AND o.import_id = $2 AND x.workspace_id = $1 AND x.import_id <> $2 AND \(tie)
            ORDER BY x.line_id
            """, scope, { $0.integer(0) })
    }

    /// What was a copy of these may be one of others still, and so with refunds.
    private func mend(_ copies: [Int64], _ refunds: [Int64], _ freed: [Int64]) throws {
        var imports: Set<Int64> = []
        for line in copies {
            try SpendCopies.flag(connection, workspaceID, where: "x.line_id = $2", [.integer(line)])
            let own = try connection.first(
                "SELECT l.import_id FROM spend_lines l WHERE l.workspace_id = $1 AND l.line_id = $2",
                [.integer(workspaceID), .integer(line)], { $0.integer(0) })
            if let own { imports.insert(own) }
        }
        var open = refunds
        for charge in freed {
            open += try SpendCopies.open(connection, workspaceID, "o.line_id = $2", [.integer(charge)])
        }
        try SpendCopies.pair(connection, workspaceID, open)
        for other in imports.sorted() { try recount(other) }
    }

    /// The figures of an import whose lines changed.
    private func recount(_ other: Int64) throws {
        try connection.execute(
            """
            UPDATE spend_imports SET
                repeated = (SELECT count(*) FROM spend_lines l WHERE l.workspace_id = $1 AND l.import_id = $2
                    AND l.state = 'repeated'),
                duplicates = (SELECT count(*) FROM spend_lines l WHERE l.workspace_id = $1 AND l.import_id = $2
                    AND l.duplicate_how IN ('id', 'payment'))
            WHERE workspace_id = $1 AND import_id = $2
            """, [.integer(workspaceID), .integer(other)])
    }
}
