import ArgumentParser
import Problems
import Server
import Storage

struct Ledger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every call that was made to a tenant, with the hashes that chain each to the one before.",
        discussion: """
            --check recomputes the chain from the first call and says where it breaks. That the end was not cut off can be \
            told by the last hash, if it was noted elsewhere.
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The integration's name; not needed when there is one only.") var name: String?
    @Flag(help: "Recompute the chain instead of printing it.") var check = false

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let integration = try await store.integration(named: name)
        if check { return try await check(integration, store) }
        var writer = RowWriter(output.format, columns: LedgerLine.columns)
        try await each(of: integration, store) { try writer.write($0.values.map { Cell($0) }) }
        try writer.finish()
    }

    private func each(
        of integration: Integration, _ store: Store, _ body: (LedgerLine) throws -> Void
    ) async throws {
        var position: Int64 = 0
        while true {
            let lines = try await store.ledger(of: integration.id, after: position)
            for line in lines { try body(line) }
            guard let last = lines.last else { return }
            position = last.call.position
        }
    }

    private func check(_ integration: Integration, _ store: Store) async throws {
        var check = LedgerCheck()
        do {
            try await each(of: integration, store) { try check.add($0) }
        } catch let fault as LedgerCheck.Break {
            throw Problem(
                id: "ledger.broken", kind: .badInput,
                title: "The call ledger of “\(integration.name)” breaks at call \(fault.position)",
                explanation:
                    "\(fault.what.prefix(1).uppercased() + fault.what.dropFirst()); the \(check.count) calls before "
                    + "it are whole.",
                remedy:
                    "Compare it with a backup from before: `muster ledger \(integration.name) --format csv` prints both."
            )
        }
        let last = check.count == 0 ? "" : " The last hash is \(check.lastHash)."
        try Terminal.print(
            "The call ledger of “\(integration.name)” is whole: \(check.count) calls, none changed, none missing.\(last)\n"
        )
    }
}
