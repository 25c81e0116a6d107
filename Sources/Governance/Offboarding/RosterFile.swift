public import Analysis
import Directory
import Problems
public import Storage

/// A roster as a file holds it: the people it names, and the lines that cannot be taken.
public struct RosterFile: Sendable {
    /// A line that cannot be taken.
    public struct BadLine: Sendable, Equatable {
        /// The line of the file, from 1.
        public let line: Int
        /// Why.
        public let reason: String
        /// What stands there, as far as it is text.
        public let text: String
    }

    /// How the file is written.
    public let format: CSVFormat
    /// Which column holds what.
    public let columns: RosterColumns
    /// The order of day and month in its dates.
    public let dateOrder: String
    /// The people it names, each once.
    public let entries: [RosterEntry]
    /// The lines that cannot be taken, in order; at most ten thousand are kept.
    public let badLines: [BadLine]
    /// How many lines cannot be taken.
    public let badCount: Int
    /// Words of the status column that nobody understands, with how many people have them: those count as employed.
    public let unknownWords: [String: Int]

    /// The lines that cannot be taken, as a file of CSV.
    public var errorFile: String {
        badLines.reduce(into: "line,reason,text\r\n") { text, bad in
            text += "\(bad.line),\(CSVText.cell(bad.reason)),\(CSVText.cell(bad.text))\r\n"
        }
    }
}

/// Reads a roster piece by piece.
public struct RosterReading {
    private struct Draft {
        var entry: RosterEntry
        let line: Int
        let date: String?
        let text: String
    }

    /// More people than any roster has.
    public static let mostPeople = 500_000
    private static let mostBadLines = 10_000
    private static let longestText = 300

    private let format: CSVFormat
    private var parser: CSVParser
    private var columns: RosterColumns?
    private var drafts: [Draft] = []
    private var lineOf: [String: Int] = [:]
    private var bad: [RosterFile.BadLine] = []
    private var badCount = 0
    private var unknown: [String: Int] = [:]

    /// A reading of a file that is written so.
    public init(_ format: CSVFormat) {
        self.format = format
        parser = CSVParser(format)
    }

    /// Reads on.
    ///
    /// - Throws: `offboarding.roster.columns`, `offboarding.roster.tooLong`.
    public mutating func read(_ bytes: ArraySlice<UInt8>) throws {
        var records: [CSVRecord] = []
        parser.read(bytes) { records.append($0) }
        for record in records { try take(record) }
    }

    /// The file is whole.
    ///
    /// - Throws: `offboarding.roster.columns`, `offboarding.roster.nobody`.
    public mutating func finish() throws -> RosterFile {
        var records: [CSVRecord] = []
        parser.finish { records.append($0) }
        for record in records { try take(record) }
        guard let columns else { throw RosterProblem.columns([]) }
        let order = RosterWords.order(of: drafts.lazy.compactMap(\.date))
        var entries: [RosterEntry] = []
        entries.reserveCapacity(drafts.count)
        for var draft in drafts {
            if let date = draft.date {
                guard let day = RosterWords.day(date, order) else {
                    refuse(draft.line, "“\(date.prefix(40))” is no date", draft.text)
                    continue
                }
                draft.entry.endsOn = day
            }
            entries.append(draft.entry)
        }
        guard !entries.isEmpty || badCount > 0 else { throw RosterProblem.nobody }
        bad.sort { $0.line < $1.line }
        return RosterFile(
            format: format, columns: columns, dateOrder: order.rawValue, entries: entries, badLines: bad,
            badCount: badCount, unknownWords: unknown)
    }

    private mutating func take(_ record: CSVRecord) throws {
        guard let columns else {
            let found = RosterColumns(record.fields.map(\.trimmingSpaces))
            guard record.fault == nil, found.tellsPeopleApart, found.tellsLeavers else {
                throw RosterProblem.columns(record.fields)
            }
            self.columns = found
            return
        }
        let row = record.row(columns: columns.header.count)
        let text = String(row.fields.joined(separator: " | ").prefix(Self.longestText))
        if let fault = row.fault { return refuse(row.line, fault.sentence, text) }
        if let field = row.fields.first(where: { $0.count > Self.longestText }) {
            return refuse(
                row.line, "has a field of \(field.count) characters; at most \(Self.longestText) are taken", text)
        }
        let employee = columns.text(.employeeID, row.fields)
        let email = columns.text(.email, row.fields)?.lowercased()
        guard let id = RosterEntry.personID(employeeID: employee, email: email) else {
            return refuse(row.line, "names nobody: it has neither an employee id nor an e-mail address", text)
        }
        if employee == nil, email?.contains("@") != true {
            return refuse(row.line, "“\(email?.prefix(40) ?? "")” is no e-mail address", text)
        }
        if let first = lineOf[id] { return refuse(row.line, "names the same person as line \(first)", text) }
        guard drafts.count < Self.mostPeople else { throw RosterProblem.tooLong(Self.mostPeople) }
        lineOf[id] = row.line
        drafts.append(
            Draft(
                entry: entry(id, employee, email, columns, row.fields), line: row.line,
                date: columns.text(.endsOn, row.fields), text: text))
    }

    private mutating func entry(
        _ id: String, _ employee: String?, _ email: String?, _ columns: RosterColumns, _ row: [String]
    ) -> RosterEntry {
        let status = columns.text(.status, row)
        let standing = RosterWords.standing(status)
        if standing == nil, let status { unknown[status, default: 0] += 1 }
        var entry = RosterEntry(personID: id, standing: standing ?? .employed)
        entry.employeeID = employee
        entry.email = email
        let parts = [columns.text(.firstName, row), columns.text(.lastName, row)].compactMap(\.self)
        entry.name = columns.text(.name, row) ?? (parts.isEmpty ? nil : parts.joined(separator: " "))
        entry.status = status
        entry.department = columns.text(.department, row)
        entry.manager = columns.text(.manager, row)
        entry.kind = columns.text(.kind, row)
        return entry
    }

    private mutating func refuse(_ line: Int, _ reason: String, _ text: String) {
        badCount += 1
        if bad.count < Self.mostBadLines { bad.append(.init(line: line, reason: reason, text: text)) }
    }
}

extension Store {
    /// Reads a roster that was handed in.
    public func roster(of upload: Upload) async throws -> RosterFile {
        var reading = RosterReading(CSVFormat.detect(try await head(of: upload)))
        try await eachPart(of: upload) { bytes in
            try reading.read(bytes)
            return true
        }
        return try reading.finish()
    }
}

/// What can be wrong with a roster as a whole.
enum RosterProblem {
    static func columns(_ header: [String]) -> Problem {
        let found = header.prefix(30).map { String($0.prefix(40)) }.joined(separator: ", ")
        return Problem(
            id: "offboarding.roster.columns", kind: .badInput, title: "The first line is not the header of a roster",
            explanation:
                "Needed are a column that tells people apart (employee id or e-mail) and one that tells who has "
                + "left (status or end date). Found: \(found.isEmpty ? "nothing" : found).",
            remedy: "Export the roster with a header line, or rename its columns: Employee ID, Email, Name, Status, "
                + "End date, Department, Manager, Type.")
    }
    static let nobody = Problem(
        id: "offboarding.roster.nobody", kind: .badInput, title: "The roster names nobody",
        explanation: "It has a header and no lines.", remedy: "Export it again.")
    static func tooLong(_ most: Int) -> Problem {
        Problem(
            id: "offboarding.roster.tooLong", kind: .badInput, title: "The roster names more than \(most) people",
            explanation: "Nothing was imported.", remedy: "Leave out those who left long ago.")
    }
    static func unconfirmed(_ leaving: Int, of known: Int) -> Problem {
        Problem(
            id: "offboarding.roster.unconfirmed", kind: .conflict,
            title: "This roster would make leavers of \(leaving) of \(known) people, now or within 90 days",
            explanation: "That is more than one in five, and more than a roster of one day usually says. Nothing was "
                + "imported.",
            remedy: "Look at who they are. If it is right, type the number \(leaving) to confirm it.")
    }
    static let unchanged = Problem(
        id: "offboarding.roster.unchanged", kind: .conflict, title: "This roster changes nothing",
        explanation: "Everybody in it is known, just as it says.", remedy: "Nothing needs to be done.")
    static let nothingToUndo = Problem(
        id: "offboarding.roster.notLatest", kind: .conflict, title: "Only the latest import can be undone",
        explanation: "What later imports changed stands on it.", remedy: "Undo the later imports first.")
}
