import DatabaseEngine
import Directory

extension ListDefinition {
    /// The first line of a CSV file: the names of the columns.
    public var csvHeader: String { header.joined(separator: ",") + "\r\n" }

    /// A row as a line of CSV: RFC 4180, UTF-8, times in ISO 8601, and no cell that a spreadsheet would run.
    public func csvLine(_ row: ListRow) -> String {
        var line = ""
        for (position, column) in columns.enumerated() {
            if position > 0 { line += "," }
            line += ListExport.csv(row.cells[position], column.kind)
        }
        return line + "\r\n"
    }

    /// A row as a JSON object with the names of the columns as keys.
    public func jsonObject(_ row: ListRow) -> String {
        var object = "{"
        for (position, column) in columns.enumerated() {
            if position > 0 { object += "," }
            object += "\"\(column.name)\":" + ListExport.json(row.cells[position], column.kind)
        }
        return object + "}"
    }

    /// A cell as plain text, as tables on a terminal show it.
    public func plain(_ row: ListRow, _ position: Int) -> String {
        ListExport.plain(row.cells[position], columns[position].kind)
    }
}

/// How cells are written in files.
enum ListExport {
    static func plain(_ value: Value, _ kind: ListColumn.Kind) -> String {
        switch value {
        case .null, .blob: ""
        case .integer(let number): kind == .time ? time(number) : String(number)
        case .real(let number): String(number)
        case .text(let text): text
        }
    }

    static func csv(_ value: Value, _ kind: ListColumn.Kind) -> String {
        guard case .text(let text) = value else { return plain(value, kind) }
        let safe = spreadsheetSafe(text)
        guard safe.utf8.contains(where: { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// A text that begins like a formula gets an apostrophe in front, which spreadsheets hide and do not run.
    static func spreadsheetSafe(_ text: String) -> String {
        guard let first = text.utf8.first else { return text }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0..<32, 127: return "'" + text
        default: return text
        }
    }

    static func json(_ value: Value, _ kind: ListColumn.Kind) -> String {
        switch value {
        case .null, .blob: "null"
        case .integer(let number): kind == .time ? "\"\(time(number))\"" : String(number)
        case .real(let number): String(number)
        case .text(let text): quoted(text)
        }
    }

    private static func time(_ number: Int64) -> String { Timestamp(rawValue: number).iso8601 }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1F}":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
