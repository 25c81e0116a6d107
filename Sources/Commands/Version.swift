import ArgumentParser

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version of Muster.")

    func run() throws {
        try Terminal.print("muster \(Muster.version)\n")
    }
}
