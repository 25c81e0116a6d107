import Analysis
import DatabaseEngine
import Directory
import Foundation
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Decisions about seats") struct SeatDecisionTests {
    private static let now = Timestamp(iso8601: "2026-06-15T12:00:00Z") ?? Timestamp(seconds: 0)

    @Test("rules of a product hold before its app's, and those before the company's", arguments: TestEngine.available)
    func rules(_ engine: TestEngine) async throws {
        try await ContractTests.with(engine) { store in
            func window(_ product: String) async throws -> Int? {
                let moment = Moment(now: Self.now)
                return try await store.seatDecisions(moment).policy(app: "0oa1", product: product).windowDays
            }
            let usual = try await window("Pro")
            #expect(usual == nil)
            try await store.setSeatPolicy(SeatPolicy(windowDays: 90), by: "Ada", at: Self.now)
            try await store.setSeatPolicy(
                SeatPolicy(windowDays: 45), category: "CRM", app: "0oa1", by: "Ada", at: Self.now)
            try await store.setSeatPolicy(
                SeatPolicy(windowDays: 20), app: "0oa1", product: "PRO", by: "Ada", at: Self.now)
            let own = try await window("Pro")
            let appwide = try await window("Basic")
            #expect(own == 20 && appwide == 45)
            let decisions = try await store.seatDecisions(Moment(now: Self.now))
            #expect(decisions.policy.windowDays == 90 && decisions.categories == ["0oa1": "CRM"])
            try await store.removeSeatPolicy(app: "0oa1", product: "Pro", by: "Ada", at: Self.now)
            let after = try await window("Pro")
            #expect(after == 45)
            await #expect(throws: Problem.self) {
                try await store.setSeatPolicy(SeatPolicy(graceDays: 9_999), by: "Ada", at: Self.now)
            }
        }
    }

    @Test(
        "protection has a reason and an end, holds until that day, and moves what is remembered",
        arguments: TestEngine.available)
    func protection(_ engine: TestEngine) async throws {
        try await ContractTests.with(engine) { store in
            let end = CalendarDay(year: 2026, month: 9, day: 1)
            let before = try await store.decisionState()
            try await store.protect("00u1", reason: "parental leave", until: end, by: "Ada", at: Self.now)
            try await store.protect("00u2", app: "0oa1", reason: "break-glass", until: end, by: "Ada", at: Self.now)
            let after = try await store.decisionState()
            #expect(after > before)
            let during = try await store.seatDecisions(Moment(now: Self.now))
            #expect(during.protected == ["": ["00u1"], "0oa1": ["00u2"]])
            let over = try await store.seatDecisions(Moment(now: end.start))
            #expect(over.protected.isEmpty)
            try await store.unprotect("00u1", by: "Ada", at: Self.now)
            let left = try await store.protectedPeople().map(\.userID)
            #expect(left == ["00u2"])
            for (reason, until) in [("", end), ("x", CalendarDay(Self.now)), ("x", end.adding(months: 60))] {
                await #expect(throws: Problem.self) {
                    try await store.protect("00u3", reason: reason, until: until, by: "Ada", at: Self.now)
                }
            }
        }
    }

    @Test(
        "a seat asked for waits until a sync saw it gone; only then is it realised, at the price it was asked at",
        arguments: TestEngine.available)
    func reclaim(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 60) { sample in
            try await Self.follow(sample.store)
        }
    }

    private static func follow(_ store: Store) async throws {
        let moment = try await store.moment(.now, now: SampleStore.now)
        let rows = try await store.list(.assignments(moment), ListRequest(limit: 3)).rows
        let app = rows[0].text("app_id")
        let people = rows.filter { $0.text("app_id") == app }.map { $0.text("user_id") }
        let price = Money(minor: 12_000, Currency("EUR") ?? .unknown)
        let asked = try await ask(people, app, price, store)
        #expect(asked == people.count)
        let again = try await ask(people, app, price, store)
        #expect(again == 0, "a seat that waits is not asked for twice")
        let waiting = try await store.reclaimActions()
        #expect(waiting.allSatisfy { $0.state == .waits } && waiting.realised.isEmpty)
        try await end(people[0], store)
        let seen = try await store.reclaimActions()
        let gone = seen.first { $0.userID == people[0] }
        #expect(gone?.state == .realised && gone?.goneRun == 2 && seen.realised == [price])
        guard people.count > 1, let other = seen.first(where: { $0.userID == people[1] }) else { return }
        try await store.withdrawReclaim(other.id, by: "Ada", at: SampleStore.now)
        let left = try await store.reclaimActions().first { $0.id == other.id }?.state
        #expect(left == .withdrawn)
    }

    private static func ask(_ people: [String], _ app: String, _ price: Money, _ store: Store) async throws -> Int {
        var seats: [(userID: String, bucket: SeatBucket)] = []
        for person in people { seats.append((person, .inactive)) }
        return try await store.instructReclaim(
            seats, app: app, product: "Pro", seatYear: price, by: "Ada", at: SampleStore.now)
    }

    /// A sync that no longer sees a person's seats.
    private static func end(_ person: String, _ store: Store) async throws {
        let workspaceID = store.workspaceID
        try await store.write { connection in
            try connection.execute(
                """
                UPDATE assignments SET valid_to = $3, to_how = 3, closed_run = 2
                WHERE workspace_id = $1 AND valid_to IS NULL AND user_key =
                    (SELECT o.object_key FROM objects o WHERE o.workspace_id = $1 AND o.okta_id = $2)
                """,
                [
                    .integer(workspaceID), .text(person),
                    .integer(SampleStore.now.advanced(bySeconds: 60).rawValue),
                ])
        }
    }

    @Test(
        "rates: 100.00 USD at 0.9231 = 92.31 EUR, back at 1/0.9231; yen have no cents; without a rate nothing is guessed",
        arguments: TestEngine.available)
    func rates(_ engine: TestEngine) async throws {
        try await ContractTests.with(engine) { store in
            let csv =
                "date,from,to,rate\r\n2026-01-31,USD,EUR,0.9231\r\n2026-03-31,USD,EUR,0.95\r\n2026-01-31,EUR,JPY,160.5\r\n"
            let count = try await store.importRates(Array(csv.utf8), by: "Ada", at: Self.now)
            #expect(count == 3)
            let table = try await store.rates()
            let (usd, eur, jpy) = (
                try #require(Currency("USD")), try #require(Currency("EUR")), try #require(Currency("JPY"))
            )
            let february = CalendarDay(year: 2026, month: 2, day: 1)
            let there = try #require(table.convert(Money(minor: 10_000, usd), to: eur, on: february))
            #expect(there.money == Money(minor: 9_231, eur) && there.day.text == "2026-01-31")
            #expect(table.convert(Money(minor: 9_231, eur), to: usd, on: february)?.money == Money(minor: 10_000, usd))
            #expect(table.convert(Money(minor: 10_000, eur), to: jpy, on: february)?.money == Money(minor: 16_050, jpy))
            #expect(table.convert(Money(minor: 10_000, usd), to: jpy, on: february) == nil)
            #expect(table.convert(Money(minor: 1, usd), to: eur, on: CalendarDay(year: 2026, month: 1, day: 1)) == nil)
            #expect(table.rates.map(\.text) == ["160.5", "0.9231", "0.95"])
            for bad in [
                "date,from,to\r\n", csv + "2026-13-01,USD,EUR,1\r\n", csv + "2026-01-01,USD,EUR,0\r\n", csv + "x\r\n",
            ] {
                await #expect(throws: Problem.self) {
                    _ = try await store.importRates(Array(bad.utf8), by: "Ada", at: Self.now)
                }
            }
            let after = try await store.rates().rates.count
            #expect(after == 3)
        }
    }
}
