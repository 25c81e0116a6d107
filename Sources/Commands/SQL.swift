import ArgumentParser
import DatabaseEngine
import Problems
import Server
import Storage

struct SQL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask one SQL question of the documented views. Nothing can be changed.",
        discussion: """
            The views are v_users, v_groups, v_apps, v_assignments, v_memberships, v_roles, v_usage_daily and
            v_departments; their columns are those of `muster list`. See docs/sql.md, also for what PostgreSQL spells
            in another way.
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @Option(help: ArgumentHelp("The most rows to print, at most 10000000.", valueName: "n")) var limit = 10_000
    @Option(help: ArgumentHelp("The most seconds to work.", valueName: "seconds")) var timeout = 30.0
    @Argument(help: "The SQL text, or - to read it from standard input.") var sql: String

    func validate() throws {
        guard (1...10_000_000).contains(limit) else {
            throw ValidationError("--limit must be a number of rows from 1 to 10000000.")
        }
        guard timeout > 0, timeout <= 3600 else {
            throw ValidationError("--timeout must be more than nothing and at most 3600 seconds.")
        }
    }

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let text = sql == "-" ? try SecretSource.standardInput.text(limit: 1 << 20) : sql
        let question = ReadOnlyQuestion(
            sql: text, workspaceID: installation.store.workspaceID, rowLimit: limit, secondsLimit: timeout)
        var writer = RowWriter(output.format, columns: [])
        let isCut = try question.ask(
            path: installation.configuration.database ?? installation.folder.database,
            columns: { writer = RowWriter(output.format, columns: $0) },
            row: { row in try writer.write((0..<row.count).map { Cell(row.value($0)) }) })
        try writer.finish()
        if isCut { Terminal.error("Only the first \(limit) rows are shown; --limit N shows more.\n") }
    }
}

extension Cell {
    init(_ value: Value) {
        self =
            switch value {
            case .null: .none
            case .integer(let number): .integer(number)
            case .real(let number): .real(number)
            case .text(let text): .text(text)
            case .blob(let bytes): .text("\(bytes.count) bytes")
            }
    }
}
