public import ArgumentParser

/// The `muster` command: one subcommand a file.
public struct Muster: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "muster", subcommands: [Simulate.self])
    public init() {}
}
