import Analysis
import DatabaseEngine
import Directory
import Foundation
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Contracts") struct ContractTests {
    private static let now = Timestamp(iso8601: "2026-06-15T12:00:00Z") ?? Timestamp(seconds: 0)
    private static func day(_ text: String) -> CalendarDay { CalendarDay(text) ?? CalendarDay(rawValue: 0) }

    static func with(_ engine: TestEngine, _ body: (Store) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-contracts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let engine = try await engine.open(in: folder)
        try await body(try await Store.open(engine, workspace: "default", now: now))
        try engine.close()
    }

    private static func sample() -> Contract {
        Contract(
            vendor: "Salesforce", title: "Master agreement", number: "SF-1", startsOn: day("2026-01-01"),
            endsOn: day("2027-01-01"), noticeDays: 60, currency: Currency("EUR") ?? .unknown, owner: "Ada",
            lines: [
                ContractLine(
                    product: "Enterprise", appID: "0oa1ab2CD3ef4GH5ij6k", selector: .group("00g1ab2CD3ef4GH5ij6k"),
                    seats: 250, unitPrice: 15_000, period: .month, minimumSeats: 100, isReducible: true,
                    trueUp: TrueUpClause(measure: .peak, every: .quarter, gracePercent: 5, price: 18_000)),
                ContractLine(
                    product: "Pro", appID: "0oa1ab2CD3ef4GH5ij6k", selector: .rest, seats: 40, unitPrice: 9_000),
                ContractLine(product: "Sandbox", kind: .fee, amount: 500_000),
                ContractLine(product: "Launch", kind: .once, amount: 100_000, startsOn: day("2026-02-01")),
                ContractLine(
                    product: "Sales", appID: "0oa1ab2CD3ef4GH5ij6k", selector: .attribute("department", "Sales"),
                    seats: 10, unitPrice: 100, period: .term),
            ])
    }

    @Test(
        "what is kept is what was given, and changes and removals are noted with who made them",
        arguments: TestEngine.available)
    func kept(_ engine: TestEngine) async throws {
        try await Self.with(engine) { store in
            let id = try await store.add(Self.sample(), by: "Ada", at: Self.now)
            var contract = try await store.contract(id)
            #expect(contract == Self.sample() && contract.lines.map(\.id) == [1, 2, 3, 4, 5])
            #expect(contract.changed?.by == "Ada")
            contract.title = "Renewed agreement"
            contract.lines.remove(at: 1)
            contract.lines.append(ContractLine(product: "Extra", seats: 1, unitPrice: 1))
            try await store.change(contract, by: "Chidi", at: Self.now)
            let after = try await store.contract(id)
            #expect(after == contract && after.lines.map(\.id) == [1, 3, 4, 5, 6] && after.changed?.by == "Chidi")
            let state = try await store.decisionState()
            try await store.change(after, by: "Chidi", at: Self.now)
            let same = try await store.decisionState()
            #expect(same == state, "nothing changed, so nothing is noted")
            try await store.removeContract(id, by: "Ada", at: Self.now)
            let all = try await store.contracts()
            #expect(all.isEmpty)
            let next = try await store.add(Self.sample(), by: "Ada", at: Self.now)
            #expect(next == id + 1, "a number is never given again")
            let notes = try await Self.notes(store)
            #expect(
                notes == ["Ada contract.add", "Chidi contract.change", "Ada contract.remove", "Ada contract.add"])
            await #expect(throws: Problem.self) { try await store.removeContract(99, by: "Ada", at: Self.now) }
        }
    }

    static func notes(_ store: Store) async throws -> [String] {
        try await store.engine.read { connection in
            try connection.query(
                "SELECT actor, action FROM audit_trail WHERE workspace_id = $1 ORDER BY position",
                [.integer(store.workspaceID)]
            ) { "\($0.text(0)) \($0.text(1))" }
        }
    }

    @Test("fields that cannot be read are told together: which, what was found, and an example")
    func fields() {
        var fields = ContractFields([
            "vendor": " Slack ", "starts_on": "31.01.2026", "ends_on": "2026-13-01", "currency": "euro",
            "notice_days": "many", "renews": "maybe", "billing": "weekly",
        ])
        #expect(fields.contract() == nil)
        let named = fields.faults.map(\.field)
        #expect(Set(named) == ["starts_on", "ends_on", "currency", "notice_days", "renews", "billing"])
        let sentences = fields.faults.map(\.sentence)
        #expect(sentences.contains("starts_on: “31.01.2026” is not a date. For example 2026-01-31."))
        #expect(
            sentences.contains("billing: “weekly” is none of monthly, quarterly, yearly, upfront. For example monthly.")
        )
    }

    @Test("every contract and line is read back from the texts of its fields")
    func roundTrip() throws {
        let sample = Self.sample()
        var fields = ContractFields(sample.fields)
        let read = fields.contract()
        var contract = try #require(read)
        for line in sample.lines {
            var reader = ContractFields(line.fields(sample.currency))
            let read = reader.line(of: contract)
            contract.lines.append(try #require(read, "\(reader.faults)"))
        }
        #expect(contract == sample)
    }

    @Test("what cannot be is refused: an end before the start, seats without a price, a minimum above the seats")
    func refused() {
        var contract = Self.sample()
        contract.endsOn = Self.day("2026-01-01")
        contract.lines[0].unitPrice = nil
        contract.lines[1].minimumSeats = 41
        contract.lines[2].amount = nil
        contract.lines[4].selector = .attribute("salary", "1")
        let fields = contract.faults.map(\.field)
        #expect(
            fields == [
                "ends_on", "lines.1.unit_price", "lines.2.minimum_seats", "lines.3.amount", "lines.4.line_ends_on",
                "lines.5.selector_name",
            ])
        contract.endsOn = nil
        #expect(contract.faults.map(\.field).contains("lines.5.price_period"), "a price for a term needs an end")
    }

    @Test("amounts are read as people write them, and never guessed")
    func amounts() {
        let euro = Currency("EUR") ?? .unknown
        let read = { (text: String) in Money(parsing: text, euro)?.minor }
        #expect(read("1234.5") == 123_450 && read("1,234.50") == 123_450 && read("-20") == -2_000 && read("0.07") == 7)
        for text in [
            "1.234,50", "1,23", "12,34,567", "1.005", "€5", "", ".", "5.", "1e3", "99999999999999999999", "--1",
        ] {
            #expect(read(text) == nil, "\(text)")
        }
        #expect(Money(parsing: "500", Currency("JPY") ?? .unknown)?.minor == 500)
        #expect(Money(parsing: "5.0", Currency("JPY") ?? .unknown) == nil)
    }

    @Test(
        "notice 60 days before 2027-01-01 is 2026-11-02; unknown it is assumed 30; severity by the days left: 14 critical, 15 high, 31 medium, 61 info"
    )
    func renewals() throws {
        var contract = Self.sample()
        let known = try #require(contract.renewal)
        #expect(known.noticeBy.text == "2026-11-02" && !known.isAssumed)
        contract.noticeDays = nil
        let assumed = try #require(contract.renewal)
        #expect(assumed.noticeBy.text == "2026-12-02" && assumed.isAssumed)
        let expected: [(Int64, Renewal.Severity?)] = [
            (-1, nil), (0, .critical), (14, .critical), (15, .high), (30, .high), (31, .medium), (60, .medium),
            (61, .info), (90, .info), (91, nil),
        ]
        for (days, severity) in expected {
            #expect(known.severity(on: known.noticeBy.adding(days: -days)) == severity, "\(days)")
        }
        #expect(contract.standing(on: Self.day("2026-06-15")) == .active)
        #expect(contract.standing(on: Self.day("2026-10-03")) == .due)
        #expect(contract.standing(on: Self.day("2027-01-01")) == .overdue)
        #expect(contract.standing(on: Self.day("2025-12-31")) == .upcoming)
    }
}

@Suite("Contracts from files") struct ContractImportTests {
    private static let now = Timestamp(iso8601: "2026-06-15T12:00:00Z") ?? Timestamp(seconds: 0)
    private static let header =
        "vendor,title,number,starts_on,ends_on,currency,product,kind,seats,unit_price,price_period,amount\r\n"
    private static let good =
        header + "Slack,Slack 2026,S-1,2026-01-01,2027-01-01,USD,Business+,seats,300,12.50,month,\r\n"
        + "Slack,Slack 2026,S-1,2026-01-01,2027-01-01,USD,Support,fee,,,year,2000.00\r\n"
        + "\"Zoom, Inc.\",Zoom,,2026-03-01,,EUR,Pro,seats,50,149.90,year,\r\n"

    private static func load(_ text: String, _ store: Store) async throws -> ContractImportResult {
        var reading = ContractImport()
        for byte in text.utf8 { reading.read([byte]) }
        return try await reading.finish(store, by: "command line", at: now)
    }

    @Test(
        "a file is imported whole; again, nothing changes; a changed line changes its contract alone",
        arguments: TestEngine.available)
    func again(_ engine: TestEngine) async throws {
        try await ContractTests.with(engine) { store in
            let first = try await Self.load(Self.good, store)
            #expect(first == ContractImportResult(added: 2, changed: 0, unchanged: 0, lines: 3))
            let contracts = try await store.contracts()
            #expect(contracts.map(\.vendor) == ["Slack", "Zoom, Inc."] && contracts.map(\.lines.count) == [2, 1])
            #expect(contracts[0].lines[0].unitPrice == 1_250 && contracts[0].lines[1].amount == 200_000)
            let state = try await store.decisionState()
            let second = try await Self.load(Self.good, store)
            #expect(second == ContractImportResult(added: 0, changed: 0, unchanged: 2, lines: 3))
            let after = try await store.decisionState()
            #expect(after == state)
            let third = try await Self.load(Self.good.replacing("300,12.50", with: "280,12.50"), store)
            #expect(third == ContractImportResult(added: 0, changed: 1, unchanged: 1, lines: 3))
            let ids = try await store.contracts().map(\.id)
            #expect(ids == contracts.map(\.id))
        }
    }

    @Test("any line at fault is named, and nothing of the file is kept", arguments: TestEngine.available)
    func faults(_ engine: TestEngine) async throws {
        try await ContractTests.with(engine) { store in
            let bad =
                Self.good + "Miro,Miro,,2026-01-01,2025-01-01,EUR,Team,seats,10,8,month,\r\n"
                + "Box,Box,,2026-01-01,,EUR,Team,seats,ten,8,month,\r\n" + "Box,Box,,2026-01-01\r\n"
                + "Slack,Another title,S-1,2026-01-01,2027-01-01,USD,Extra,seats,1,1,month,\r\n"
            do {
                _ = try await Self.load(bad, store)
                Issue.record("it was imported")
            } catch let problem as Problem {
                #expect(problem.id == "contract.import.faults")
                for text in [
                    "Line 5: ends_on", "Line 6: seats: “ten”", "Line 7: The line has 4 fields", "Line 8: The contract",
                ] {
                    #expect(problem.explanation.contains(text), "\(text) is not in \(problem.explanation)")
                }
            }
            let all = try await store.contracts()
            #expect(all.isEmpty)
        }
    }

    @Test("a file without its columns, with unknown ones, of another encoding or with nothing in it is told apart")
    func files() async throws {
        try await ContractTests.with(.sqlite) { store in
            func problem(_ text: String) async throws -> String {
                do {
                    _ = try await Self.load(text, store)
                    return "imported"
                } catch let problem as Problem {
                    return "\(problem.id) \(problem.explanation)"
                }
            }
            let empty = try await problem("")
            #expect(empty.hasPrefix("contract.import.header"))
            let missing = try await problem("vendor,title\r\nSlack,x\r\n")
            #expect(missing.contains("starts_on, currency, product"))
            let unknown = try await problem(Self.good.replacing("vendor,title", with: "vendor,titel"))
            #expect(unknown.contains("“titel” is no column"))
            let semicolons = try await problem(
                "\u{FEFF}vendor;starts_on;currency;product;seats;unit_price\nFigma;2026-01-01;EUR;Full;5;540.00\n")
            #expect(semicolons == "imported")
        }
    }
}
