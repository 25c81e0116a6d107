public import ArgumentParser
import CMemorySettings
import Foundation
import Glibc
import Problems

/// The `muster` command: one subcommand a file.
public struct Muster: AsyncParsableCommand {
    /// Its name, its help and its subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Who has what in your Okta tenant, how they got it, and whether they use it.",
        discussion: "Muster reads the tenant and never changes it. Start with: muster demo",
        version: version,
        groupedSubcommands: [
            CommandGroup(name: "Look around:", subcommands: [Demo.self, Simulate.self]),
            CommandGroup(
                name: "A tenant:",
                subcommands: [
                    Connect.self, Check.self, SyncTenant.self, AcceptHeld.self, Ledger.self, Schedule.self, Hook.self,
                    ListIntegrations.self,
                    Disconnect.self,
                ]),
            CommandGroup(
                name: "Answers:",
                subcommands: [List.self, Show.self, Report.self, Diff.self, PrintStateHash.self, SQL.self]),
            CommandGroup(name: "Money:", subcommands: [Contracts.self, Rates.self, Spend.self]),
            CommandGroup(name: "What people decide:", subcommands: [AppCommand.self, Roster.self]),
            CommandGroup(
                name: "The server and its data:",
                subcommands: [
                    Serve.self, SignInLink.self, Backup.self, Restore.self, CopyStore.self, Migrate.self, Database.self,
                    Config.self,
                    Version.self,
                ]),
        ])

    /// The version of this Muster.
    static let version = "0.1.0"

    /// A command without arguments yet.
    public init() {}

    /// Parses the command line, runs the command, and ends the process with the status that `docs` promise.
    public static func main() async {
        // A reader that goes away (`muster list users | head`) ends a write with an error, not the process with a signal.
        signal(SIGPIPE, SIG_IGN)
        // One pool of memory for each thread that reads Okta would hold 20 MB that nothing else can use.
        cmemory_share_pools(2)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try SecretArguments.refuse(in: arguments)
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.end(with: error)
        }
    }
}
