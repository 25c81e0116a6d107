import Accounts
import ArgumentParser
import Problems
import Server
import Storage

struct Database: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is done to a PostgreSQL database as a whole.", subcommands: [Distribute.self])
}

struct Distribute: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Spread the tables over the machines of a PostgreSQL with Citus, by workspace.",
        discussion: """
            Needs the Citus extension in the database. What is spread already is left as it is, so that the command can be
            run again after a failure and after an upgrade of Muster. Stop other muster processes first: a table is locked
            while its rows are moved.
            """)

    @OptionGroup var data: DataOptions
    @Flag(help: "Print the statements and do nothing.") var dryRun = false

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let distribution = Distribution(of: installation.store.engine)
        if dryRun {
            for step in try await distribution.steps() {
                try Terminal.print(step.isDone ? "-- done: \(step.name)\n" : step.sql + ";\n")
            }
            if try await !distribution.isPossible() { throw Distribution.missing }
            return
        }
        try await distribution.run { step in
            try Terminal.print(step.isDone ? "\(step.name): done before\n" : "\(step.name): done\n")
        }
        try await installation.audit.record(actor: "command line", action: "database.distribute", subject: nil)
    }
}
