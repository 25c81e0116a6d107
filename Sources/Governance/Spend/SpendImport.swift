public import Directory
public import Problems

/// A file of spend that was imported.
public struct SpendImport: Sendable, Equatable {
    /// Its number.
    public let id: Int64
    /// The name of the file.
    public let fileName: String
    /// What kind of record it is.
    public let source: SpendSource
    /// How many lines it brought, repeated ones among them.
    public let lines: Int
    /// How many of them an earlier file had told already; they are not counted.
    public let repeated: Int
    /// How many lines could not be read.
    public let refused: Int
    /// How many lines found their vendor when they came.
    public let matched: Int
    /// How many lines may be duplicates of lines of other files.
    public let duplicates: Int
    /// How many refunds found their charge.
    public let refunds: Int
    /// When it was imported.
    public let created: Timestamp
    /// Who imported it.
    public let actor: String
    /// How it was read, as it is kept.
    let mappingText: String
    /// Whether this file was imported before, so that nothing was done now.
    public var isOld = false

    /// How it was read, in words.
    public var mapping: [(String, String)] {
        mappingText.split(separator: ";").compactMap { part in
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            return pair.count == 2 ? (pair[0], pair[1]) : nil
        }
    }
}

/// What can go wrong with imports of spend.
public enum SpendProblem {
    /// There is no such import.
    public static func noImport(_ name: String) -> Problem {
        Problem(
            id: "spend.import.unknown", kind: .notFound, title: "There is no import “\(name.prefix(40))”",
            explanation: "It was undone, or never made.", remedy: "See the list of imports.")
    }

    static func open(_ questions: [SpendSurvey.Question]) -> Problem {
        let words = questions.map { question in
            switch question {
            case .column(let name):
                "which column holds the \(SpendField.named(name)?.title.lowercased() ?? name) (\(name)=COLUMN)"
            case .dates: "whether the day or the month comes first in dates (dates=dmy or dates=mdy)"
            case .decimal: "which sign stands before the cents (decimal=point or decimal=comma)"
            case .currency: "the currency of the amounts (currency=EUR)"
            }
        }
        return Problem(
            id: "spend.import.unclear", kind: .badInput,
            title: "The file does not say \(words.joined(separator: ", nor "))",
            explanation: "Nothing was imported: a guess could be wrong by a month, or by a factor of a thousand.",
            remedy: "Say it on the page of the import, or with --mapping.")
    }

    static let noLines = Problem(
        id: "spend.import.nothing", kind: .badInput, title: "No line of the file can be imported",
        explanation: "Each line is wrong in some way, so that probably the columns are chosen wrongly.",
        remedy: "Look at the preview and choose what each column holds.")

    static let tooManyLines = Problem(
        id: "spend.import.tooManyLines", kind: .badInput, title: "The file has more than \(mostLines) lines",
        explanation: "Nothing was imported.", remedy: "Split it, for example by year, and import the parts.")

    /// What one import may bring: it is one transaction, so that it is there whole or not at all.
    static let mostLines = 500_000

    /// There is no such payment.
    public static let noLine = Problem(
        id: "spend.line.unknown", kind: .notFound, title: "There is no such payment",
        explanation: "Its import was undone, or the address was cut off.", remedy: "See the list of payments.")
    /// There is no such rule.
    public static let noRule = Problem(
        id: "spend.rule.unknown", kind: .notFound, title: "There is no such rule",
        explanation: "Somebody removed it.", remedy: "See the list of rules.")
}
