import Accounts
import ArgumentParser
import Server

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a consistent copy of the database to a new file, while others go on working.",
        discussion: "Keep the sealing key (muster.key) too, in another place: the copy's credentials need it.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The file to write.") var file: String

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let bytes = try await installation.backup(to: file)
        try await installation.audit.record(actor: "command line", action: "backup.create", subject: file)
        try Terminal.print("Wrote \(file) (\(ByteCount.text(bytes))).\n")
    }
}

/// Sizes in words.
enum ByteCount {
    static func text(_ bytes: Int) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) bytes"
        case ..<10_000_000: "\(bytes / 1000) kB"
        default: "\(bytes / 1_000_000) MB"
        }
    }
}
