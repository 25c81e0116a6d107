import Analysis
import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@Suite("Spend against contracts against seats")
struct SpendChecksTests {
    private let euro = Currency("EUR") ?? Currency("USD")

    private func line(
        _ kind: LicenceLine.Kind = .seats, seats: Int = 100, price: Int64 = 1000, _ period: PricePeriod = .month
    ) throws -> LicenceLine {
        LicenceLine(
            product: "Pro", kind: kind, seats: seats, price: price, period: period, currency: try #require(euro),
            starts: CalendarDay(year: 2026, month: 1, day: 1), ends: CalendarDay(year: 2027, month: 1, day: 1))
    }

    private var march: Term {
        Term(CalendarDay(year: 2026, month: 3, day: 1), CalendarDay(year: 2026, month: 4, day: 1))
    }
    private var year: Term {
        Term(CalendarDay(year: 2026, month: 1, day: 1), CalendarDay(year: 2027, month: 1, day: 1))
    }

    @Test("(1120.00 − 50.00) ÷ 10.00 a month = 107 seats")
    func monthly() throws {
        let implied = try #require(
            InvoiceSeats.implied(112_000, [try line(), try line(.fee, price: 5000)], for: march))
        #expect(implied.text == "107" && implied.isWhole && implied.bought == 100 && implied.drift == 70)
    }

    @Test("1000.00 ÷ (120.00 a year ÷ 12) = 100 seats, and 1000.00 for 59 days ÷ (120.00 × 59/365) = 51.55 seats")
    func fractions() throws {
        let lines = [try line(price: 12_000, .year)]
        #expect(InvoiceSeats.implied(100_000, lines, for: march)?.text == "100")
        let days = Term(CalendarDay(year: 2026, month: 1, day: 1), CalendarDay(year: 2026, month: 3, day: 1))
        #expect(days.days == 59)
        let odd = Term(CalendarDay(year: 2026, month: 1, day: 2), CalendarDay(year: 2026, month: 3, day: 2))
        #expect(InvoiceSeats.implied(100_000, lines, for: odd)?.text == "50")
        let short = Term(CalendarDay(year: 2026, month: 1, day: 2), CalendarDay(year: 2026, month: 2, day: 1))
        // 30 days: 12,000 × 30/365 = 986.30 a seat.
        #expect(InvoiceSeats.implied(100_000, lines, for: short)?.text == "101.39")
    }

    @Test("a price that rose by 4.3 % on 100 seats comes to 104.3 seats, no whole number: the price drifted")
    func drift() throws {
        let implied = try #require(InvoiceSeats.implied(104_300, [try line()], for: march))
        #expect(implied.text == "104.30" && !implied.isWhole && implied.drift == 43)
    }

    @Test("a setup fee is taken off the first invoice of its term alone, and a term's price is for all of its days")
    func once() throws {
        let lines = [try line(price: 12_000, .term), try line(.once, price: 50_000)]
        #expect(InvoiceSeats.implied(1_250_000, lines, for: year)?.text == "100")
        #expect(InvoiceSeats.implied(100_000, [try line(.fee)], for: year) == nil)
    }

    @Test("an invoice that would be for more seats than there are people is for none: 10^14 ÷ a cent a year")
    func absurd() throws {
        let lines = [try line(seats: 1, price: 1, .year)]
        #expect(InvoiceSeats.implied(99_999_999_999_999, lines, for: march) == nil)
        let dear = try #require(InvoiceSeats.implied(9_999_999, lines, for: march))
        #expect(dear.drift == 1_000_000_000)
    }

    // MARK: the list

    private func fill(_ connection: Connection) throws {
        let day = Int64(SampleStore.now.day)
        let app = try connection.first(
            "SELECT okta_id FROM apps WHERE valid_to IS NULL AND label = 'Slack'", [], { $0.text(0) })
        let begin = CalendarDay(year: 2026, month: 1, day: 1).rawValue
        try connection.execute(
            """
            INSERT INTO contracts (workspace_id, contract_id, vendor, title, starts_on, ends_on, renews, status, currency,
                billing, created_at, created_by, changed_at, changed_by)
            VALUES (1, 1, 'Slack Technologies', 'Slack', $1, $2, 1, 'active', 'EUR', 'monthly', 0, 'ada', 0, 'ada')
            """, [.integer(begin), .integer(begin + 365)])
        try connection.execute(
            """
            INSERT INTO contract_lines (workspace_id, contract_id, line_id, product, kind, app_id, selector, seats, unit_price,
                price_period, reducible) VALUES (1, 1, 1, 'Pro', 'seats', $1, 'all', 10, 500, 'month', 0)
            """, [.optional(app)])
        func paid(_ id: Int64, _ vendor: String, _ amount: Int64, _ daysAgo: Int64, refund: Int64? = nil) throws {
            let date = Timestamp(day: Int32(day - daysAgo)).date
            try connection.execute(
                """
                INSERT INTO spend_lines (workspace_id, line_id, import_id, source, line_no, booked_on, booked, vendor_text,
                    description, descriptor, amount, amount_plain, currency, original, line_hash, state, vendor_id, method,
                    refund_of)
                VALUES (1, $1, 1, 'invoice', $1, $2, $3, $4, '', $4, $5, '', 'EUR', '', 0, 'matched', $4, 'alias', $6)
                """,
                [
                    .integer(id), .integer(day - daysAgo), .text(date), .text(vendor), .integer(amount),
                    .optional(refund),
                ])
        }
        // October: as agreed. September: 14 of 10 seats. August: a price that rose. July: refunded whole.
        try paid(1, "slack-technologies", 5000, 30)
        try paid(2, "slack-technologies", 500_000, 60)
        try paid(3, "slack-technologies", 5215, 90)
        try paid(4, "slack-technologies", 90_000, 120)
        try paid(5, "slack-technologies", -90_000, 118, refund: 4)
        try paid(6, "tiny-agency", 7700, 10)
        try paid(7, "ancient", 7700, 800)
    }

    @Test("invoices, shadow spend and seats nobody paid for are told apart", arguments: TestEngine.available)
    func list(_ kind: TestEngine) async throws {
        try await SampleStore.with(kind, people: 120) { sample in
            try await sample.store.engine.write { try fill($0) }
            let list = ListDefinition.spendChecks(Moment(now: SampleStore.now))
            let rows = try await sample.store.list(list, ListRequest(limit: 500)).rows
            func found(_ check: String) -> [ListRow] { rows.filter { $0.text("check") == check } }
            #expect(found("invoice").map { $0.text("implied_seats") } == ["10"])
            #expect(found("over_billed").map { $0.text("implied_seats") } == ["1000"])
            #expect(found("price_drift").map { $0.text("implied_seats") } == ["10.43"])
            #expect(found("over_billed").first?.text("app_label") == "Slack")
            #expect(found("shadow").map { $0.text("vendor_id") } == ["tiny-agency"])
            #expect(found("over_contract").count == 1)
            #expect(found("no_spend").count > 3 && !found("no_spend").contains { $0.text("app_label") == "Slack" })
            // On the dates of each invoice, as the assignments have it.
            let assigned = found("invoice").first?.number("assigned")
            let counts = try await sample.store.engine.read { connection in
                try ["2026-10-02", "2026-11-01"].map { day in
                    let time = (CalendarDay(day)?.start.rawValue ?? 0) - 1
                    return try connection.first(
                        """
                        SELECT count(*) FROM assignments a JOIN apps p ON p.workspace_id = a.workspace_id
                            AND p.app_key = a.app_key
                        WHERE p.label = 'Slack' AND p.valid_to IS NULL AND a.valid_from <= $1
                            AND (a.valid_to IS NULL OR a.valid_to > $1)
                        """, [.integer(time)], { $0.integer(0) }) ?? 0
                }
            }
            #expect(assigned == counts.max() && (assigned ?? 0) > 0)
            // Ten months ago nothing of October is known.
            let past = ListDefinition.spendChecks(
                Moment(asOf: .at(Timestamp(day: SampleStore.now.day - 100)), now: SampleStore.now))
            let before = try await sample.store.list(past, ListRequest(limit: 500)).rows
            #expect(!before.contains { $0.text("check") == "over_billed" || $0.text("vendor_id") == "tiny-agency" })
        }
    }

    @Test(
        "sums by month are right, and of a past date they hold what was booked by then", arguments: TestEngine.available
    )
    func totals(_ kind: TestEngine) async throws {
        try await SampleStore.with(kind, people: 40) { sample in
            try await sample.store.engine.write { try fill($0) }
            let totals = try await sample.store.spendTotals(Moment(now: SampleStore.now))
            #expect(totals.count == 1)
            #expect(totals.first?.all.minor == 525_615)
            #expect(totals.first?.months.first?.name == "2024-09" && totals.first?.months.count == 27)
            let past = Moment(asOf: .at(Timestamp(day: SampleStore.now.day - 100)), now: SampleStore.now)
            #expect(try await sample.store.spendTotals(past).first?.all.minor == 7700)
            let vendor = try await sample.store.spendTotals(Moment(now: SampleStore.now), vendor: "tiny-agency")
            #expect(vendor.first?.all.minor == 7700)
            let top = try await sample.store.topVendors(Moment(now: SampleStore.now), most: 1)
            #expect(top.map(\.vendorID) == ["slack-technologies"])
        }
    }
}
