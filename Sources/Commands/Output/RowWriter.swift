import Storage

/// Writes rows to standard output as they come, in any of the formats, holding only a few in memory.
struct RowWriter {
    private static let flushBytes = 64 << 10
    /// Rows whose widths decide the table's columns.
    private static let measuredRows = 200
    /// The widest a column of a table gets by itself.
    private static let widest = 48

    private let format: OutputFormat
    private let columns: [String]
    private var buffer = ""
    private var held: [[Cell]] = []
    private var widths: [Int]?
    private(set) var count = 0

    /// Begins the output.
    init(_ format: OutputFormat, columns: [String]) {
        self.format = format
        self.columns = columns
        switch format {
        case .csv: buffer = columns.map(CSVText.cell).joined(separator: ",") + "\r\n"
        case .json: buffer = "["
        case .table: break
        }
    }

    /// Writes one row.
    mutating func write(_ row: [Cell]) throws {
        count += 1
        switch format {
        case .csv: buffer += row.map(\.csv).joined(separator: ",") + "\r\n"
        case .json: buffer += (count == 1 ? "\n" : ",\n") + object(row)
        case .table:
            if widths == nil {
                held.append(row)
                if held.count == Self.measuredRows { layOut() }
            } else {
                buffer += line(row)
            }
        }
        if buffer.utf8.count >= Self.flushBytes { try flush() }
    }

    /// Ends the output.
    mutating func finish() throws {
        switch format {
        case .csv: break
        case .json: buffer += count == 0 ? "]\n" : "\n]\n"
        case .table: if widths == nil { layOut() }
        }
        try flush()
    }

    private mutating func flush() throws {
        try Terminal.print(buffer)
        buffer = ""
    }

    private mutating func layOut() {
        var found = columns.map(\.count)
        for row in held {
            for (index, cell) in row.enumerated() {
                found[index] = max(found[index], min(cell.text.count, Self.widest))
            }
        }
        widths = found
        let header = line(columns.map { .text($0.replacing("_", with: " ").uppercased()) })
        buffer += header
        for row in held { buffer += line(row) }
        held = []
    }

    private func line(_ row: [Cell]) -> String {
        guard let widths else { return "" }
        let cells = zip(row, widths).map { cell, width in
            let text = Self.printable(cell.text)
            let padding = String(repeating: " ", count: max(width - text.count, 0))
            return cell.isNumber ? padding + text : text + padding
        }
        let joined = cells.joined(separator: "  ")
        return joined.trimmingTrailingSpaces + "\n"
    }

    private func object(_ row: [Cell]) -> String {
        JSONText.object(zip(columns, row).map { ($0, $1.json) })
    }

    // Terminal control characters in a name must not reach the terminal.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 32 || (127..<160).contains($0.value) }) else {
            return text
        }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 32 || (127..<160).contains($0.value) ? " " : $0 }))
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return String(self[..<end])
    }
}
