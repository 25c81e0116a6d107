import ArgumentParser
import DatabaseEngine
import Directory
import Server
import Storage

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's schema up to date.",
        discussion: "Every command does so by itself; this one does nothing else, and says what it did.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let before = try await data.configuration()
        let applied = try await Installation.migrate(before)
        if applied.isEmpty {
            try Terminal.print("The schema is up to date.\n")
        } else {
            for title in applied { try Terminal.print("Added: \(title)\n") }
        }
    }
}
