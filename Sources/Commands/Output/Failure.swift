import ArgumentParser
import Foundation
import Glibc
import Problems

/// How a command that cannot go on says so: what happened, what to do, and an exit status.
enum Failure {
    /// Reports and ends the process.
    static func end(with error: any Error) -> Never {
        if error is OutputClosed { Glibc.exit(0) }
        let status = Muster.exitCode(for: error).rawValue
        // The parser's own errors: help and version end with 0, wrong usage with 64.
        guard !(error is Problem), status == 0 || status == 64 || error is ExitCode else {
            let problem = Problem.from(error)
            Terminal.error(text(of: problem))
            Glibc.exit(problem.kind.exitStatus)
        }
        Muster.exit(withError: error)
    }

    /// The two lines on standard error.
    static func text(of problem: Problem) -> String {
        var first = "Error: \(problem.title)."
        if !problem.explanation.isEmpty { first += " \(problem.explanation)" }
        return "\(oneLine(first))\n\(oneLine(problem.remedy))\n"
    }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}
