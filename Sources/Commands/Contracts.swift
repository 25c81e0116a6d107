import Analysis
import ArgumentParser
import Directory
import Foundation
import Glibc
import Governance
import Problems
import Server
import Storage

struct Contracts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the company agreed to pay for: list, import, remove.",
        subcommands: [ListContracts.self, ImportContracts.self, RemoveContract.self])
}

struct ListContracts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List contracts with their renewal and notice dates.")

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @Option(help: ArgumentHelp("The day they are told of: 2026-01-31. (default: today)", valueName: "date"))
    var on: String?

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let day =
            try on.map { text throws(Problem) in
                guard let day = CalendarDay(text) else {
                    throw Problem(
                        id: "usage.asOf.malformed", kind: .usage, title: "“\(text)” is not a date",
                        remedy: "Write it as 2025-03-01.")
                }
                return day
            } ?? CalendarDay(.now)
        let list = ListDefinition.contracts(try await store.contracts(), on: day)
        var writer = RowWriter(output.format, columns: list.header)
        try await store.each(list, ListRequest()) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
    }
}

struct ImportContracts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import contracts from CSV: all of them, or none.",
        discussion: """
            One row for each line of a contract. Needed columns: vendor, starts_on, currency, product. Of a contract: \
            \(ContractFields.ofContract.joined(separator: ", ")). Of a line: \
            \(ContractFields.ofLine.joined(separator: ", ")).
            Rows of one contract share its number, or its vendor, title and starts_on, and repeat its fields. Dates are \
            written 2026-01-31, amounts 1234.50, ends_on is the first day no longer covered. Where any line is at fault, each \
            is named and nothing is imported; the same file again changes nothing. Apps and groups are named by Okta id or \
            by their exact name.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "The CSV file; - is standard input.") var file: String

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        var reading = ContractImport()
        try InputFile.eachPart(of: file) { reading.read($0) }
        let done = try await reading.finish(store, by: "command line", at: .now)
        try Terminal.print(
            "\(done.added) new, \(done.changed) changed, \(done.unchanged) as before: \(done.lines) lines in all.\n")
    }
}

struct RemoveContract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a contract with its lines.",
        discussion: "The audit trail keeps what it was. See `muster contracts list` for the numbers.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The contract's number.") var number: Int64

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let contract = try await store.contract(number)
        try await store.removeContract(number, by: "command line", at: .now)
        try Terminal.print("Removed \(contract.vendor), \(contract.title).\n")
    }
}

struct Rates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import what currencies are worth: a CSV file with the columns date, from, to, rate.",
        discussion: """
            Muster never guesses a rate: without one, amounts of two currencies stand beside each other. A line such as \
            2026-01-31,USD,EUR,0.9231 says that on that day one dollar was worth 0.9231 euros.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "The CSV file; - is standard input.") var file: String

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        var bytes: [UInt8] = []
        try InputFile.eachPart(of: file) { part in
            if bytes.count <= 8 << 20 { bytes += part }
        }
        let count = try await store.importRates(bytes, by: "command line", at: .now)
        try Terminal.print("\(count) rates imported.\n")
    }
}

/// A file that a command reads piece by piece, or standard input for `-`.
enum InputFile {
    /// - Throws: `input.missing`.
    static func eachPart(of path: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { if descriptor > 0 { close(descriptor) } }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { return }
            try body(buffer[..<count])
        }
    }

    private static func unreadable(_ path: String) -> Problem {
        Problem(
            id: "input.missing", kind: .notFound, title: "The file \(path) cannot be read",
            explanation: "The system said: \(String(cString: strerror(errno))).",
            remedy: "Give the path of a file this user can read, or - for standard input.")
    }
}
