import Analysis
import DatabaseEngine
import Directory
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Rosters of people")
struct RosterTests {
    private let now = SampleStore.now

    private func read(_ bytes: [UInt8]) throws -> RosterFile {
        var reading = RosterReading(CSVFormat.detect(Array(bytes.prefix(65_536))))
        // In odd pieces, as a network brings them.
        var start = 0
        while start < bytes.count {
            try reading.read(bytes[start..<min(start + 7, bytes.count)])
            start += 7
        }
        return try reading.finish()
    }

    private func read(_ text: String) throws -> RosterFile { try read(Array(text.utf8)) }

    private func problem(_ text: String) -> String {
        do {
            _ = try read(text)
            return "read"
        } catch let problem as Problem {
            return problem.id
        } catch {
            return "\(error)"
        }
    }

    /// Lines of a roster of the sample's people, some of whom have left.
    private func roster(_ people: ClosedRange<Int>, left: Set<Int> = []) -> String {
        people.reduce(into: "Employee ID,Status,End date\n") { text, person in
            text += "E\(10_000 + person),\(left.contains(person) ? "Terminated" : "Active"),\n"
        }
    }

    @Test("columns are found by the words of any header")
    func headers() throws {
        let file = try read(
            """
            Personnel No;Work E-mail;Vorname;Surname;Employment Status;Last day of work;Dept.;Manager e-mail;Worker Type
            17;Ada@Acme.example;Ada;Abbott;Active;;Finance;bob@acme.example;Employee
            """)
        let entry = try #require(file.entries.first)
        #expect(file.format.delimiter == .semicolon && file.badCount == 0)
        #expect(entry.personID == "e:17" && entry.email == "ada@acme.example" && entry.name == "Ada Abbott")
        #expect(entry.department == "Finance" && entry.manager == "bob@acme.example" && entry.kind == "Employee")
        #expect(entry.standing == .employed && entry.endsOn == nil)
    }

    @Test("a file that tells nobody apart, or says of nobody that they left, is refused whole")
    func unusable() {
        #expect(problem("Name,Status\nAda,Active\n") == "offboarding.roster.columns")
        #expect(problem("Email,Name\na@b.example,Ada\n") == "offboarding.roster.columns")
        #expect(problem("") == "offboarding.roster.columns")
        #expect(problem("Email,Status\n") == "offboarding.roster.nobody")
    }

    @Test("each bad line is named with its reason, and the good ones are taken")
    func badLines() throws {
        let file = try read(
            """
            Email,Name,Status,End date
            a@acme.example,Ada,Active,
            ,Nobody,Active,
            b@acme.example,Bob,Left,2026-02-30
            a@acme.example,Ada again,Active,
            nonsense,Carl,Active,
            c@acme.example,Cy,Terminated,31.12.2025
            d@acme.example,Dee
            e@acme.example,Eve,Terminated,0009-01-01
            """)
        #expect(file.entries.map(\.email) == ["a@acme.example", "c@acme.example"])
        #expect(file.badLines.map(\.line) == [3, 4, 5, 6, 8, 9])
        #expect(file.badLines[0].reason.contains("neither an employee id nor an e-mail"))
        #expect(file.badLines[1].reason.contains("“2026-02-30” is no date"))
        #expect(file.badLines[2].reason.contains("the same person as line 2"))
        #expect(file.badLines[3].reason.contains("no e-mail address"))
        #expect(file.badLines[4].reason.contains("2 fields"))
        let lines = file.errorFile.split(separator: "\r\n")
        #expect(lines.count == 7 && lines[0] == "line,reason,text")
    }

    @Test("other encodings are read, and bytes of the wrong one are named")
    func encodings() throws {
        let text = "Email;Name;Status\r\nzoe@acme.example;Zoë Ångström;Active\r\n"
        let latin = Array(text.unicodeScalars.map { UInt8($0.value) })
        #expect(try read(latin).entries.first?.name == "Zoë Ångström")
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in text.utf16 { wide += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(try read(wide).entries.first?.name == "Zoë Ångström")
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(text.utf8)).entries.first?.name == "Zoë Ångström")
    }

    @Test("a day above twelve tells the order of day and month; a leave of absence is no leaving")
    func words() throws {
        let file = try read(
            """
            Email,Status,End date
            a@acme.example,Terminated,03/04/2026
            b@acme.example,Active,25/12/2026
            c@acme.example,Parental leave,01/01/2026
            d@acme.example,Gone fishing,
            """)
        #expect(file.dateOrder == "day before month")
        let days = file.entries.map { $0.endsOn.map { Timestamp(day: $0).date } }
        #expect(days == ["2026-04-03", "2026-12-25", "2026-01-01", nil])
        #expect(file.entries.map { $0.hasLeft(by: now) } == [true, false, false, false])
        #expect(file.unknownWords == ["Gone fishing": 1])
    }

    @Test("the last day is a working day, and over at midnight", arguments: [(-1, true), (0, false), (1, false)])
    func lastDay(_ days: Int32, _ hasLeft: Bool) {
        var entry = RosterEntry(personID: "e:1", standing: .left)
        entry.endsOn = now.day + days
        #expect(entry.hasLeft(by: now) == hasLeft)
    }

    @Test("the preview says who would flip, and importing does exactly that", arguments: TestEngine.available)
    func preview(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let store = sample.store
            let before = try await store.leavers(Moment(now: now)).leavers.map(\.person.id)
            let file = try read(roster(1...120, left: [8, 9, 47]))
            let plan = try await store.rosterPlan(file, now: now)
            // 47 is deactivated already: nothing flips.
            let flips = Set([8, 9].map { SampleStore.id(ofPerson: $0) })
            #expect(Set(plan.leaving.map(\.userID)) == flips && plan.returning.isEmpty && plan.added == 120)
            #expect(!plan.needsConfirmation)
            try await store.importRoster(file, named: "hr.csv", confirmed: nil, actor: "ada", now: now)
            let moment = Moment(now: now)
            let after = try await store.leavers(moment).leavers
            #expect(Set(after.map(\.person.id)).subtracting(before) == flips)
            let one = try #require(after.first { $0.person.id == SampleStore.id(ofPerson: 8) })
            #expect(one.end.source == .roster && one.end.deactivatedAt == nil && (one.appsNow ?? 0) > 0)

            let again = try await store.rosterPlan(file, now: now)
            #expect(again.isEmpty && again.same == 120)
            await #expect(throws: Problem.self) {
                try await store.importRoster(file, named: "hr.csv", confirmed: nil, actor: "ada", now: now)
            }
            #expect(try await store.rosterImports().count == 1, "the same file again is no import")

            let back = try read(roster(8...8))
            let plan2 = try await store.rosterPlan(back, now: now)
            #expect(plan2.returning.map(\.userID) == [SampleStore.id(ofPerson: 8)])
            #expect(plan2.changed == 1 && plan2.unnamed == 119)
        }
    }

    @Test(
        "undoing leaves the roster as it was, and only the latest import can be undone", arguments: TestEngine.available
    )
    func undo(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let store = sample.store
            func rows() async throws -> [[Value]] {
                try await store.engine.read { connection in
                    try connection.query("SELECT * FROM roster_people ORDER BY person_id, from_import") { row in
                        (0..<row.count).map { row.value($0) }
                    }
                }
            }
            let empty = try await rows()
            let first = try await store.importRoster(
                try read(roster(1...50, left: [8])), named: "a.csv", confirmed: nil, actor: "ada", now: now)
            let one = try await rows()
            let second = try await store.importRoster(
                try read(roster(1...60, left: [9])), named: "b.csv", confirmed: nil, actor: "ada",
                now: now.advanced(bySeconds: 9))
            #expect(second.added == 10 && second.changed == 2)
            await #expect(throws: Problem.self) { try await store.undoRoster(first.id, actor: "ada", now: now) }
            try await store.undoRoster(second.id, actor: "ada", now: now)
            #expect(try await rows() == one)
            try await store.undoRoster(first.id, actor: "ada", now: now)
            #expect(try await rows() == empty)
            await #expect(throws: Problem.self) { try await store.undoRoster(first.id, actor: "ada", now: now) }
            let imports = try await store.rosterImports()
            #expect(imports.map { $0.undoneBy } == ["ada", "ada"])
        }
    }

    @Test("more than one in five at once have to be typed", arguments: TestEngine.available)
    func massFlip(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let store = sample.store
            let file = try read(roster(1...120, left: Set(1...40)))
            let plan = try await store.rosterPlan(file, now: now)
            #expect(plan.needsConfirmation && plan.leaving.count == 39 && plan.known == 117)
            for confirmed in [nil, 40, 0] as [Int?] {
                await #expect(throws: Problem.self) {
                    try await store.importRoster(file, named: "x.csv", confirmed: confirmed, actor: "ada", now: now)
                }
            }
            #expect(try await store.rosterImports().isEmpty, "nothing half-done")
            try await store.importRoster(file, named: "x.csv", confirmed: 39, actor: "ada", now: now)
            #expect(try await store.rosterImports().first?.leaving == 39)
            // Nine of ten are more than a fifth, and fewer than ten people.
            let few = try read(roster(100...109, left: Set(100...108)))
            #expect(!(try await store.rosterPlan(few, now: now).needsConfirmation))
        }
    }

    @Test("a last day within ninety days is asked about like a leaver of today", arguments: TestEngine.available)
    func futureFlip(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let store = sample.store
            let soon = Timestamp(day: now.day + 1).date
            let late = Timestamp(day: now.day + 200).date
            func roster(_ day: String) -> String {
                (1...120).reduce(into: "Employee ID,Status,End date\n") { $0 += "E\(10_000 + $1),Active,\(day)\n" }
            }
            let plan = try await store.rosterPlan(try read(roster(soon)), now: now)
            #expect(plan.leaving.isEmpty && plan.newlyUpcoming == 117 && plan.needsConfirmation)
            let far = try await store.rosterPlan(try read(roster(late)), now: now)
            #expect(far.flips == 0 && !far.needsConfirmation)
        }
    }

    @Test("of two rows with one address, the one that works here is meant, and another number is another person")
    func sharedAddress() {
        var gone = RosterEntry(personID: "e:1", standing: .left)
        gone.employeeID = "1"
        gone.email = "ada@acme.example"
        var here = RosterEntry(personID: "e:2", standing: .employed)
        here.employeeID = "2"
        here.email = "ada@acme.example"
        for entries in [[gone, here], [here, gone]] {
            let match = RosterMatch(entries, by: now)
            let place = match.position(number: nil, addresses: ["Ada@acme.example"])
            #expect(place.map { match.entries[$0].personID } == "e:2")
            #expect(match.position(number: "3", addresses: ["ada@acme.example"]) == nil)
        }
        #expect(RosterMatch([gone], by: now).position(number: "2", addresses: ["ada@acme.example"]) == nil)
        #expect(RosterMatch([gone], by: now).position(number: nil, addresses: ["ada@acme.example"]) == 0)
    }

    @Test(
        "who has left since the first file that said so stays so, whatever later files add",
        arguments: TestEngine.available)
    func saidAgain(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let store = sample.store
            func take(_ status: String, _ department: String, _ days: Int64) async throws {
                let text = "Employee ID,Status,Department\nE10005,\(status),\(department)\nE10006,Active,x\n"
                try await store.importRoster(
                    try read(text), named: "a.csv", confirmed: nil, actor: "ada",
                    now: now.advanced(bySeconds: days * 86_400))
            }
            try await take("Terminated", "Sales", -30)
            try await take("Terminated", "Marketing", -2)
            let facts = try await store.leaver(SampleStore.id(ofPerson: 5), Moment(now: now))
            #expect(facts?.end.at.day == now.day - 30)
        }
    }

    @Test(
        "the roster of a date is the one imported by then, and upcoming ends are told", arguments: TestEngine.available)
    func dates(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            let store = sample.store
            let soon = Timestamp(day: now.day + 10).date
            let late = Timestamp(day: now.day + 200).date
            let file = try read(
                "Employee ID,Status,End date\nE10001,Active,\(soon)\nE10002,Active,\(late)\nE10003,On leave,\(soon)\n")
            try await store.importRoster(file, named: "a.csv", confirmed: nil, actor: "ada", now: now)
            let upcoming = try await store.list(.upcomingLeavers(Moment(now: now)), ListRequest()).rows
            #expect(upcoming.map { $0.text("user_id") } == [SampleStore.id(ofPerson: 1)])
            #expect(upcoming.first?.number("days_left") == 10)
            let absent = try await store.list(.absences(Moment(now: now)), ListRequest(filters: [])).rows
            #expect(absent.contains { $0.text("user_id") == SampleStore.id(ofPerson: 3) })
            let yesterday = Moment(asOf: .at(now.advanced(bySeconds: -86_400)), now: now)
            #expect(try await store.count(.roster(yesterday)) == 0)
            #expect(try await store.count(.roster(Moment(now: now))) == 3)
        }
    }
}
