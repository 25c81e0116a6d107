import ArgumentParser
import Server

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the place of the database. The present database is kept aside.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The file that `muster backup` wrote.") var file: String

    func run() async throws {
        let configuration = try await data.configuration()
        try Installation.requireFile(configuration)
        let kept = try await Server.Restore(folder: DataFolder(path: configuration.data)).run(from: file)
        try Terminal.print("Restored \(file).\n")
        if let kept { try Terminal.print("The database that was there is kept as \(kept)\n") }
    }
}
