import Storage

/// One thing, told in facts and tables: a screen for people, or one JSON object.
struct Sheet {
    /// A table of rows that belong to the thing.
    struct Section {
        let name: String
        let columns: [String]
        let rows: [[Cell]]
        /// Whether there are no rows to show because nobody could read them.
        var notEvaluated: Bool = false
    }

    /// The heading.
    let title: String
    /// Names and values, in order.
    var facts: [(name: String, value: Cell)] = []
    /// The facts that nobody could read.
    var unknown: Set<String> = []
    /// The tables, in order.
    var sections: [Section] = []
    /// What could not be read of all this.
    var unread: [Unread] = []

    /// Prints for people: facts first, then each table that has rows.
    func printText() throws {
        try Terminal.print("\(title)\n")
        let width = facts.map(\.name.count).max() ?? 0
        for fact in facts where fact.value != .none || unknown.contains(fact.name) {
            let name = fact.name.replacing("_", with: " ")
            let value = fact.value == .none ? "(not evaluated)" : fact.value.text
            try Terminal.print("  \(name)\(String(repeating: " ", count: width - name.count))  \(value)\n")
        }
        for section in sections where section.notEvaluated || !section.rows.isEmpty {
            let count = section.notEvaluated ? "not evaluated" : "\(section.rows.count)"
            try Terminal.print("\n\(section.name.replacing("_", with: " ").capitalizedFirst) (\(count))\n")
            guard !section.rows.isEmpty else { continue }
            var writer = RowWriter(.table, columns: section.columns)
            for row in section.rows { try writer.write(row) }
            try writer.finish()
        }
    }

    /// Prints one JSON object; a table nobody could read is `null`.
    func printJSON() throws {
        var members = facts.map { ($0.name, $0.value.json) }
        for section in sections {
            let rows = section.rows.map { row in
                JSONText.object(zip(section.columns, row).map { ($0, $1.json) })
            }
            members.append((section.name, section.notEvaluated ? "null" : "[\(rows.joined(separator: ","))]"))
        }
        try Terminal.print(JSONText.object(members) + "\n")
    }
}

extension Cell {
    /// The value as a cell of CSV.
    var csv: String { if case .text(let text) = self { CSVText.cell(text) } else { text } }

    /// The value as JSON.
    var json: String {
        switch self {
        case .none: "null"
        case .text(let text): JSONText.quoted(text)
        case .integer(let number): String(number)
        case .real(let number): number.isFinite ? String(number) : "null"
        }
    }

    static func optional(_ text: String?) -> Cell { text.map(Cell.text) ?? .none }
    static func optional(_ number: Int?) -> Cell { number.map { .integer(Int64($0)) } ?? .none }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
