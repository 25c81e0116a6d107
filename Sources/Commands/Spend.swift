import Analysis
import ArgumentParser
import Directory
import Foundation
import Governance
import Problems
import Server
import Storage

struct Spend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import what was paid, see imports, and take one back.",
        subcommands: [SpendImportFile.self, SpendImportList.self, SpendUndoImport.self])
}

struct SpendImportFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import a CSV file of a ledger, card, expense tool or invoices.",
        discussion: """
            Columns, dates, amounts, encoding and delimiter are found out; what cannot be, is asked for, and nothing is \
            imported. --mapping says it: date=Buchungstag,amount=Betrag,vendor=3,currency=EUR,dates=dmy,decimal=comma,\
            negative=1. A column is named by its heading or counted from 0. The same file again changes nothing.
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case ledger, card, expense, invoice
    }

    @OptionGroup var data: DataOptions
    @Argument(help: "The file.") var file: String
    @Option(help: "What kind of record it is. (default: as its heading says)") var kind: Kind?
    @Option(help: ArgumentHelp("How to read it, as NAME=VALUE with commas between.", valueName: "mapping"))
    var mapping = ""
    @Option(help: ArgumentHelp("Where to write the lines that are refused, with their reasons.", valueName: "file"))
    var errors: String?
    @Flag(help: "Show how it would be read, and import nothing.") var preview = false

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let now = Timestamp.now
        let upload = try await ImportedFile(path: file).hand(to: store, purpose: "spend", now: now)
        do {
            try await take(upload, store, now)
        } catch {
            try await store.removeUpload(upload.id)
            throw error
        }
    }

    private func take(_ upload: Upload, _ store: Store, _ now: Timestamp) async throws {
        let first = try await store.surveySpend(upload, try choice([]))
        let survey = try await store.surveySpend(upload, try choice(first.header))
        if preview {
            try show(survey, store, now)
            return try await store.removeUpload(upload.id)
        }
        let done = try await store.importSpend(upload, survey, actor: "command line", now: now)
        if done.isOld {
            return try Terminal.print("This file was imported before, as import \(done.id). Nothing was changed.\n")
        }
        try Terminal.print(
            """
            Import \(done.id): \(done.lines) lines, \(done.matched) with a known vendor, \(done.repeated) told before, \
            \(done.duplicates) possible duplicates, \(done.refunds) refunds paired, \(done.refused) refused.

            """)
        guard done.refused > 0 else { return }
        if let errors {
            try await write(store, done.id, to: errors)
            Terminal.error("The refused lines are in \(errors).\n")
        } else {
            Terminal.error("To see the refused lines: muster spend imports --errors \(done.id)\n")
        }
    }

    /// What the options say; headings are known once the file was looked at.
    private func choice(_ header: [String]) throws(Problem) -> SpendChoice {
        var choice = SpendChoice()
        if let kind { choice.set("source", kind.rawValue) }
        for part in mapping.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            let isKnown = pair.count == 2 && choice.set(pair[0], pair[1], header: header)
            guard isKnown || header.isEmpty else {
                throw Problem(
                    id: "spend.mapping.unknown", kind: .usage,
                    title: "“\(part.prefix(60))” says nothing about this file",
                    explanation:
                        "Names are source, dates, decimal, negative, currency, encoding, delimiter and \(SpendField.all.map(\.name).joined(separator: ", ")).",
                    remedy: "Write NAME=VALUE, a column by its heading: \(header.prefix(20).joined(separator: ", ")).")
            }
        }
        return choice
    }

    private func show(_ survey: SpendSurvey, _ store: Store, _ now: Timestamp) throws {
        var writer = RowWriter(.table, columns: ["line", "date", "vendor", "description", "amount", "currency"])
        for one in store.previewSpend(survey, now: now) {
            guard let line = one.line else {
                try writer.write(
                    [.integer(Int64(one.record.line)), .text("refused: \(one.reason ?? "")")] + [
                        .none, .none, .none, .none,
                    ])
                continue
            }
            try writer.write([
                .integer(Int64(line.line)), .text(Timestamp(day: Int32(line.day)).date), .text(line.vendor),
                .text(line.description), .text(line.amount.plain), .text(line.amount.currency.code),
            ])
        }
        try writer.finish()
        let mapping = survey.mapping
        Terminal.error(
            "\(mapping.source.title); \(survey.format.encoding.rawValue), \(survey.format.delimiter.name); dates: \(mapping.dates.title); decimal sign: \(mapping.decimal.title).\n"
        )
    }

    private func write(_ store: Store, _ id: Int64, to path: String) async throws {
        var text = ""
        try await store.eachSpendError(of: id) { text += $0 }
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw Problem(
                id: "spend.errors.notWritable", kind: .notFound, title: "The file \(path) cannot be written",
                explanation: "The import is done.", remedy: "See the lines with: muster spend imports --errors \(id)")
        }
    }
}

struct SpendImportList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imports", abstract: "The imports of spend, or the lines that one of them refused.")

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @Option(help: ArgumentHelp("Print the refused lines of this import as CSV.", valueName: "id")) var errors: Int64?

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        if let errors {
            return try await store.eachSpendError(of: errors) { try Terminal.print($0) }
        }
        let list = ListDefinition.spendImports(Moment(now: .now))
        var writer = RowWriter(output.format, columns: list.header)
        try await store.each(list, ListRequest()) { rows in
            for row in rows { try writer.write(list.exportCells(of: row)) }
        }
        try writer.finish()
    }
}

struct SpendUndoImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take an import back, as if its file had never come.")

    @OptionGroup var data: DataOptions
    @Argument(help: "The number of the import.") var id: Int64

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let done = try await store.spendImport(id)
        try await store.undoSpendImport(id, actor: "command line", now: .now)
        try Terminal.print("Import \(id) (\(done.fileName)) is undone: \(done.lines) lines are gone.\n")
    }
}
