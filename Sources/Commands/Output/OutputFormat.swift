import ArgumentParser

/// How rows are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// Aligned columns for people.
    case table
    /// RFC 4180, safe to open in a spreadsheet.
    case csv
    /// One array of objects.
    case json
}

/// The option of every command that lists rows.
struct FormatOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How rows are written: table, csv or json.", valueName: "format"))
    var format: OutputFormat = .table
}

/// One value of a row.
enum Cell: Sendable, Equatable {
    /// Unknown, or not there: an empty cell, `null` in JSON.
    case none
    /// A text.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// A number.
    case real(Double)

    /// The value as a table or CSV shows it.
    var text: String {
        switch self {
        case .none: ""
        case .text(let text): text
        case .integer(let number): String(number)
        case .real(let number): String(number)
        }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .real: true
        case .none, .text: false
        }
    }
}
