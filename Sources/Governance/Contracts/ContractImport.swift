public import Directory
public import Problems
public import Storage

/// What an import of contracts did.
public struct ContractImportResult: Sendable, Equatable {
    /// How many contracts are new.
    public var added = 0
    /// How many were there, and changed.
    public var changed = 0
    /// How many were there, just as in the file.
    public var unchanged = 0
    /// How many lines they have together.
    public var lines = 0

    /// What was done; see the properties.
    public init(added: Int = 0, changed: Int = 0, unchanged: Int = 0, lines: Int = 0) {
        self.added = added
        self.changed = changed
        self.unchanged = unchanged
        self.lines = lines
    }
}

/// Reads contracts from CSV: one row for each line, the fields of its contract in front. Rows of one contract share its
/// number, or its vendor, title and first day.
public struct ContractImport {
    private var parser: CSVParser?
    private var pending: [UInt8] = []
    private var header: [String]?
    private var contracts: [Contract] = []
    private var places: [String: Int] = [:]
    private var firstLines: [Int] = []
    private var lineNumbers: [[Int]] = []
    private var faults: [ImportFault] = []
    private var rows = 0

    /// A file of contracts holds no more rows than this.
    private static let mostRows = 20_000
    private static let mostFaults = 1_000

    /// An import that has read nothing yet.
    public init() {}

    /// Takes the next bytes of the file.
    public mutating func read(_ bytes: ArraySlice<UInt8>) {
        if parser == nil {
            pending += bytes
            // The format is seen from the first bytes.
            guard pending.count >= 65_536 else { return }
            begin()
        } else {
            var reader = parser
            reader?.read(bytes) { take($0) }
            parser = reader
        }
    }

    private mutating func begin() {
        var reader = CSVParser(CSVFormat.detect(Array(pending.prefix(65_536))))
        reader.read(pending[...]) { take($0) }
        pending = []
        parser = reader
    }

    /// The end of the file: keeps all of its contracts, or none where any line is at fault. A contract that is there
    /// already is changed to what the file says.
    ///
    /// - Throws: `contract.import.faults`, `contract.import.header`.
    public mutating func finish(
        _ store: Store, by actor: String, at now: Timestamp
    ) async throws(Problem) -> ContractImportResult {
        if parser == nil { begin() }
        var reader = parser
        reader?.finish { take($0) }
        guard header != nil else { throw Self.noHeader([]) }
        guard missing.isEmpty else { throw Self.noHeader(missing) }
        for (place, contract) in contracts.enumerated() {
            let (lines, unknown) = try await store.resolved(contract.lines)
            contracts[place].lines = lines
            for fault in unknown {
                let parts = fault.field.split(separator: ".")
                let number = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
                var named = fault
                named.field = parts.last.map(String.init) ?? fault.field
                let numbers = lineNumbers[place]
                faults.append(
                    ImportFault(line: numbers.indices.contains(number - 1) ? numbers[number - 1] : 0, named.sentence))
            }
        }
        guard faults.isEmpty else { throw ContractProblem.file(faults.sorted { $0.line < $1.line }) }
        let contracts = contracts
        let workspaceID = store.workspaceID
        return try await store.write { connection in
            let recorder = ContractRecorder(connection: connection, workspaceID: workspaceID, actor: actor, now: now)
            return try recorder.keep(contracts)
        }
    }

    private var missing: [String] {
        ["vendor", "starts_on", "currency", "product"].filter { header?.contains($0) == false }
    }

    private static func noHeader(_ missing: [String]) -> Problem {
        Problem(
            id: "contract.import.header", kind: .badInput, title: "The file has no header of contracts",
            explanation: missing.isEmpty
                ? "Its first line has to name the columns."
                : "These columns are missing: \(missing.joined(separator: ", ")).",
            remedy: "Begin the file with the line: "
                + (ContractFields.ofContract + ContractFields.ofLine).joined(separator: ","))
    }

    private mutating func fault(_ line: Int, _ says: String) {
        if faults.count < Self.mostFaults { faults.append(ImportFault(line: line, says)) }
    }

    private mutating func take(_ record: CSVRecord) {
        guard let header else {
            readHeader(record)
            return
        }
        guard missing.isEmpty else { return }
        rows += 1
        guard rows <= Self.mostRows else {
            if rows == Self.mostRows + 1 { fault(record.line, "The file has more than \(Self.mostRows) rows.") }
            return
        }
        let row = record.row(columns: header.count)
        if let broken = row.fault {
            fault(row.line, "The line \(broken.sentence).")
            return
        }
        let texts = Dictionary(zip(header, row.fields), uniquingKeysWith: { first, _ in first })
        add(texts, row.line)
    }

    private mutating func readHeader(_ record: CSVRecord) {
        let known = Set(ContractFields.ofContract + ContractFields.ofLine)
        let names = record.fields.map { name in
            String(name.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 }.drop { $0 == "_" })
        }
        header = names
        for name in names where !name.isEmpty && !known.contains(name) {
            fault(record.line, "“\(name.prefix(60))” is no column of contracts.")
        }
    }

    private mutating func add(_ texts: [String: String], _ line: Int) {
        var fields = ContractFields(texts)
        guard let contract = fields.contract() else {
            for one in fields.faults { fault(line, one.sentence) }
            return
        }
        guard let product = fields.line(of: contract) else {
            for one in fields.faults { fault(line, one.sentence) }
            return
        }
        guard let place = places[contract.identity] else {
            places[contract.identity] = contracts.count
            var first = contract
            first.lines = [product]
            contracts.append(first)
            firstLines.append(line)
            lineNumbers.append([line])
            return
        }
        var same = contracts[place]
        same.lines = []
        if same != contract {
            fault(line, "The contract is not the same as on line \(firstLines[place]): every row repeats its fields.")
        }
        if contracts[place].lines.count >= Contract.mostLines {
            fault(line, "The contract has more than \(Contract.mostLines) lines.")
            return
        }
        contracts[place].lines.append(product)
        lineNumbers[place].append(line)
    }
}

extension ContractRecorder {
    /// Keeps contracts of a file: new ones are added, those that are there are changed where they differ.
    func keep(_ contracts: [Contract]) throws -> ContractImportResult {
        var result = ContractImportResult()
        var known: [String: Contract] = [:]
        for contract in try ContractQueries.all(connection, workspaceID, nil) { known[contract.identity] = contract }
        for contract in contracts {
            result.lines += contract.lines.count
            guard let before = known[contract.identity] else {
                _ = try add(contract)
                result.added += 1
                continue
            }
            guard before != contract else {
                result.unchanged += 1
                continue
            }
            var after = contract
            after.id = before.id
            try change(after)
            result.changed += 1
        }
        return result
    }
}
