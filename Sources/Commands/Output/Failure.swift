import ArgumentParser
import Foundation
import Glibc
import Logging
import Problems

/// How a command that cannot go on says so: what happened, what to do, and an exit status.
enum Failure {
    /// Reports and ends the process.
    static func end(with error: any Error) -> Never {
        if error is OutputClosed { Glibc.exit(0) }
        if let exit = error as? ExitCode { Glibc.exit(exit.rawValue) }
        let status = Muster.exitCode(for: error).rawValue
        // Help and version are the parser's "errors" of status 0, wrong usage those of 64.
        if status == 0 { Muster.exit(withError: error) }
        if status == 64, !(error is Problem) {
            let command = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("-") }
            let known = Muster.configuration.subcommandNames.contains(command ?? "")
            Terminal.error(
                oneLine("Error: \(Muster.message(for: error))") + "\n"
                    + "Run `muster \(known ? "\(command ?? "") " : "")--help` to see what can be given.\n")
            Glibc.exit(status)
        }
        let problem = Problem.from(error)
        if problem.kind == .defect {
            // The reference in the message leads to this line.
            Logger(label: "muster").error(
                "\(problem.id)", metadata: problem.context.mapValues { .string($0) })
        }
        Terminal.error(text(of: problem))
        Glibc.exit(problem.kind.exitStatus)
    }

    /// The two lines on standard error.
    static func text(of problem: Problem, as word: String = "Error") -> String {
        var first = "\(word): \(problem.title)."
        if !problem.explanation.isEmpty { first += " \(problem.explanation)" }
        return "\(oneLine(first))\n\(oneLine(problem.remedy))\n"
    }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}

extension CommandConfiguration {
    /// The names of all subcommands.
    fileprivate var subcommandNames: [String] {
        (subcommands + groupedSubcommands.flatMap(\.subcommands)).map {
            $0.configuration.commandName ?? "\($0)".lowercased()
        }
    }
}
