import Foundation

/// The three ways a list can be printed.
enum TableFormat: String {
    case table, csv, json

    func text(_ columns: [String], _ rows: [[String]]) -> String {
        switch self {
        case .table: Self.aligned(columns, rows)
        case .csv: ([columns] + rows).map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
        case .json: Self.objects(columns, rows)
        }
    }

    /// RFC 4180: quoted where a comma, a quote or a line break would mislead.
    private static func cell(_ raw: String) -> String {
        // A spreadsheet would run what begins like a formula.
        let isFormula = raw.unicodeScalars.first.map { "=+-@".unicodeScalars.contains($0) || $0.value < 0x20 } ?? false
        let value = isFormula ? "'" + raw : raw
        guard value.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
            return value
        }
        return "\"" + value.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private static func aligned(_ columns: [String], _ rows: [[String]]) -> String {
        var widths = columns.map(\.count)
        for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (index, cell) in cells.enumerated() {
                text += cell
                if index + 1 < cells.count { text += String(repeating: " ", count: widths[index] - cell.count + 2) }
            }
            return text + "\n"
        }
        return line(columns) + rows.map(line).joined()
    }

    private static func objects(_ columns: [String], _ rows: [[String]]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        func quoted(_ text: String) -> String {
            (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        }
        let objects = rows.map { row in
            "{" + zip(columns, row).map { quoted($0) + ":" + ($1.isEmpty ? "null" : quoted($1)) }.joined(separator: ",")
                + "}"
        }
        return "[" + objects.joined(separator: ",\n") + "]\n"
    }
}

/// Standard output may be a pipe that somebody waits on.
func flushOutput() { fflush(nil) }
