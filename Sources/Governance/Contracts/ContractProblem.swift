public import Problems

/// What is wrong with one field of something that people enter: which, what was found, and what would be right.
public struct FieldFault: Sendable, Equatable {
    /// The field's name, as in forms and files: `unit_price`; of a line `lines.2.unit_price`.
    public var field: String
    /// What was found there.
    public var found: String
    /// What is wrong with it.
    public var says: String
    /// What would be right.
    public var example: String

    /// A fault; see the properties.
    public init(_ field: String, found: String, says: String, example: String) {
        self.field = field
        self.found = String(found.prefix(80))
        self.says = says
        self.example = example
    }

    /// `unit_price: “abc” is not an amount. For example 1234.50.`
    public var sentence: String {
        "\(field): \(found.isEmpty ? "It" : "“\(found)”") \(says). For example \(example)."
    }
}

/// What can be wrong with a contract.
public enum ContractProblem {
    /// There is no contract of this number.
    public static func unknown(_ id: Int64) -> Problem {
        Problem(
            id: "contract.unknown", kind: .notFound, title: "There is no contract \(id)",
            explanation: "It may have been removed.", remedy: "See the list of contracts for those there are.")
    }

    /// Some fields of it are not right.
    public static func invalid(_ faults: [FieldFault]) -> Problem {
        let more = faults.count > 5 ? " And \(faults.count - 5) more." : ""
        return Problem(
            id: "contract.invalid", kind: .badInput,
            title: faults.count == 1
                ? "One field of the contract is not right" : "Some fields of the contract are not right",
            explanation: faults.prefix(5).map(\.sentence).joined(separator: " ") + more,
            remedy: "Correct what is named, and save again. Nothing was changed.")
    }

    /// Some lines of a file are not right.
    public static func file(_ faults: [ImportFault]) -> Problem {
        let more = faults.count > 20 ? " And \(faults.count - 20) more." : ""
        return Problem(
            id: "contract.import.faults", kind: .badInput,
            title: faults.count == 1 ? "One line of the file is not right" : "\(faults.count) faults in the file",
            explanation: faults.prefix(20).map(\.sentence).joined(separator: " ") + more,
            remedy: "Correct the lines that are named, and import the file again. Nothing of it was imported.")
    }
}

/// What is wrong with one line of a file.
public struct ImportFault: Sendable, Equatable {
    /// The line of the file, from 1.
    public var line: Int
    /// What is wrong.
    public var says: String

    /// A fault; see the properties.
    public init(line: Int, _ says: String) {
        self.line = line
        self.says = says
    }

    /// `Line 7: unit_price: “abc” is not an amount. For example 1234.50.`
    public var sentence: String { "Line \(line): \(says)" }
}
