import DatabaseEngine
import Directory

extension ListDefinition {
    /// The first line of a CSV file: the names of the columns.
    public var csvHeader: String { header.joined(separator: ",") + "\r\n" }

    /// A row as a line of CSV: RFC 4180, UTF-8, times in ISO 8601, and no cell that a spreadsheet would run.
    public func csvLine(_ row: ListRow) -> String {
        zip(row.cells, columns).map { $1.csv($0) }.joined(separator: ",") + "\r\n"
    }

    /// A row as a JSON object with the names of the columns as keys.
    public func jsonObject(_ row: ListRow) -> String {
        JSONText.object(zip(columns, row.cells).map { ($0.name, $0.json($1)) })
    }
}

/// Writes cells of CSV files.
public enum CSVText {
    /// A text as RFC 4180 wants it. One that begins like a formula gets an apostrophe in front, which spreadsheets hide
    /// and do not run.
    public static func cell(_ text: String) -> String {
        let safe = isFormula(text) ? "'" + text : text
        guard safe.utf8.contains(where: { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    private static func isFormula(_ text: String) -> Bool {
        text.utf8.first.map { $0 < 32 || $0 == 127 || "=+-@".utf8.contains($0) } ?? false
    }
}

extension ListColumn {
    fileprivate func csv(_ value: Value) -> String {
        switch value {
        case .null, .blob: ""
        case .integer(let number): kind == .time ? Timestamp(rawValue: number).iso8601 : String(number)
        case .real(let number): String(number)
        case .text(let text): CSVText.cell(text)
        }
    }

    fileprivate func json(_ value: Value) -> String {
        switch value {
        case .null, .blob: "null"
        case .integer, .real: kind == .time ? JSONText.quoted(csv(value)) : csv(value)
        case .text(let text): JSONText.quoted(text)
        }
    }
}
