public import ArgumentParser

/// The `muster` command: one subcommand a file.
public struct Muster: AsyncParsableCommand {
    /// The command's name and its subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "muster", subcommands: [Simulate.self])
    /// Made by the argument parser.
    public init() {}
}
