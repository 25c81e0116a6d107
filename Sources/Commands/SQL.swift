import ArgumentParser
import DatabaseEngine
import Directory
import Foundation
import Problems
import Server
import Storage
import Synchronization

struct SQL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask one SQL question of the documented views. Nothing can be changed.",
        discussion: """
            The views are v_users, v_groups, v_apps, v_assignments, v_memberships, v_roles, v_usage_daily and
            v_departments. docs/sql.md lists their columns, and tells what PostgreSQL spells in another way.
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
        let path = installation.configuration.database ?? installation.folder.database
        let watch = StepWatch(question)
        var writer = RowWriter(output.format, columns: [])
        watch.begin()
        let isCut = try question.ask(
            path: path, columns: { writer = RowWriter(output.format, columns: $0) },
            row: { row in
                let cells = (0..<row.count).map { Cell(row.value($0)) }
                try watch.outside { try writer.write(cells) }
            })
        watch.end()
        try writer.finish()
        let store = installation.store
        let now = try await store.moment(.now, now: Timestamp.now)
        UnreadNote.print(try await store.unread(Resource.behindViews(of: text), now))
        if isCut { Terminal.error("Only the first \(limit) rows are shown; --limit N shows more.\n") }
    }
}

/// Ends the process when one step of the database goes on beyond the question's time. Both databases stop by themselves
/// between two steps, but a single function of SQLite's over two long texts can take many minutes, and nothing reaches into
/// it. Whoever reads the rows slowly is not disturbed.
private final class StepWatch: Sendable {
    private let question: ReadOnlyQuestion
    private let isInside = Mutex(true)

    /// How long the database may take to stop by itself, in seconds.
    private static let grace = 1.0

    init(_ question: ReadOnlyQuestion) { self.question = question }

    /// Begins to watch, on a thread of its own: where there is one processor, a task would wait for the step it is to end.
    func begin() {
        Thread.detachNewThread { [self] in
            Thread.sleep(forTimeInterval: question.secondsLimit + Self.grace)
            while !isInside.withLock({ $0 }) { Thread.sleep(forTimeInterval: Self.grace) }
            Failure.end(with: question.tooSlow)
        }
    }

    /// The database has done its work.
    func end() { isInside.withLock { $0 = false } }

    /// Does something that is not the database's work.
    func outside(_ body: () throws -> Void) rethrows {
        end()
        defer { isInside.withLock { $0 = true } }
        try body()
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
