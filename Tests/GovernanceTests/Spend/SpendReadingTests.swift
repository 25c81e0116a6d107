import Directory
import Foundation
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Dates and amounts of files")
struct WrittenTests {
    @Test("days that can be read in two ways are asked for, all others show their order")
    func orders() {
        func order(_ dates: [String]) -> DateOrder? {
            var survey = DateSurvey()
            for date in dates { survey.see(date) }
            return survey.order
        }
        #expect(order(["01/02/2026", "03/04/2026"]) == nil)
        #expect(order(["01/02/2026", "13/04/2026"]) == .dayFirst)
        #expect(order(["01/02/2026", "04/13/2026"]) == .monthFirst)
        #expect(order(["13/04/2026", "04/13/2026"]) == nil)
        #expect(order(["2026-02-01"]) == .yearFirst)
        #expect(order(["20260201"]) == .yearFirst)
        #expect(order(["01.02.2026"]) == .dayFirst)
        #expect(order(["46054"]) == .serial)
        #expect(order(["2 Mar 2026", "Mar 3, 2026"]) == .dayFirst)
    }

    @Test(
        "a date is read in the order that was said",
        arguments: [
            (DateOrder.dayFirst, "31/03/2026", "2026-03-31"), (.dayFirst, "31.3.26", "2026-03-31"),
            (.monthFirst, "03/31/2026", "2026-03-31"), (.dayFirst, "2026-03-31", "2026-03-31"),
            (.yearFirst, "2026-03-31T08:00:00Z", "2026-03-31"), (.yearFirst, "2026/03/31 08:00", "2026-03-31"),
            (.dayFirst, "31. März 2026", "2026-03-31"), (.dayFirst, "Mar 31, 2026", "2026-03-31"),
            (.dayFirst, "31-Mar-26", "2026-03-31"), (.dayFirst, "20260331", "2026-03-31"),
            (.serial, "46112", "2026-03-31"), (.dayFirst, "29/02/2028", "2028-02-29"),
        ])
    func dates(_ order: DateOrder, _ text: String, _ day: String) {
        #expect(order.day(text).map { Timestamp(day: Int32($0)).date } == day)
    }

    @Test(
        "a day that no calendar has is none",
        arguments: ["31/02/2026", "29/02/2026", "00/01/2026", "1/13/2026", "", "x"])
    func noDay(_ text: String) { #expect(DateOrder.dayFirst.day(text) == nil) }

    @Test(
        "an amount is read to the cent",
        arguments: [
            (DecimalSign.point, "1,234.56", "EUR", 123_456), (.comma, "1.234,56", "EUR", 123_456),
            (.comma, "1 234,5", "EUR", 123_450), (.point, "1'234.50", "CHF", 123_450),
            (.point, "(12.50)", "EUR", -1250),
            (.point, "12.50-", "EUR", -1250), (.comma, "-€ 12,50", "EUR", -1250), (.point, "$12", "USD", 1200),
            (.point, "1,234", "JPY", 1234), (.point, "1200.00", "JPY", 1200), (.point, "0.005", "KWD", 5),
            (.point, "12,34,567.89", "INR", 123_456_789), (.comma, "−1.234.567,00 EUR", "EUR", -123_456_700),
            (.point, "12.50 CR", "USD", -1250), (.point, ".5", "EUR", 50), (.point, "\u{A0}7 ", "EUR", 700),
        ])
    func amounts(_ sign: DecimalSign, _ text: String, _ code: String, _ minor: Int64) throws {
        let currency = try #require(Currency(code))
        #expect(try WrittenAmount(text, decimal: sign).minor(currency) == minor)
    }

    @Test(
        "what is no amount says why",
        arguments: [
            ("=SUM(A1:A3)", "formula"), ("1.2E+05", "shortened"), ("abc", "not a number"), ("", "missing"),
            ("12.345", "more than 2 digits"), ("1.2.3", "not a number"), ("12a4", "not a number"),
            ("99999999999999999", "too large"), ("1,23.45", "not a number"), ("--5", "not a number"),
        ])
    func faults(_ text: String, _ word: String) throws {
        let euro = try #require(Currency("EUR"))
        let fault = #expect(throws: WrittenAmount.Fault.self) {
            _ = try WrittenAmount(text, decimal: .point).minor(euro)
        }
        #expect(fault?.reason(text).contains(word) == true)
    }

    @Test("the decimal sign shows where it can, and is asked for where it cannot")
    func decimals() {
        func sign(_ amounts: [String]) -> DecimalSign? {
            var survey = AmountSurvey()
            for amount in amounts { survey.see(amount) }
            return survey.decimal
        }
        #expect(sign(["1,234.56"]) == .point && sign(["1.234,56"]) == .comma && sign(["12"]) == .point)
        #expect(sign(["1,234"]) == nil && sign(["1,234", "5.10"]) == .point && sign(["1.234.567"]) == .comma)
        #expect(sign(["1,50", "1.50"]) == nil)
    }
}

@Suite("Which column of a file holds what")
struct HeadingTests {
    @Test(
        "the headings of finance systems, cards and banks are known",
        arguments: [
            // ServiceNow, LeanIX (finance, expense, card), Torii-like, DATEV-like, a German bank, an American bank.
            (
                "Transaction date,Vendor name,Description,Type,GL account,Amount,Cost center,Department,Source,External ID,Employee email",
                "date=0 vendor=1 description=2 account=4 amount=5 cost_center=6 department=7 external_id=9 employee=10"
            ),
            (
                "Invoice date,Invoice ID,Vendor ID,Vendor name,Description,Amount,Currency",
                "date=0 external_id=1 vendor=3 description=4 amount=5 currency=6"
            ),
            (
                "Transaction date,ID,Vendor description,Expense description,Amount,Currency,Cardholder,MCC code",
                "date=0 external_id=1 vendor=2 description=3 amount=4 currency=5 employee=6 mcc=7"
            ),
            (
                "Belegdatum;Belegnummer;Kreditor;Buchungstext;Betrag;Währung;Sachkonto;Kostenstelle",
                "date=0 external_id=1 vendor=2 description=3 amount=4 currency=5 account=6 cost_center=7"
            ),
            (
                "Buchungstag;Wertstellung;Empfänger;Verwendungszweck;Betrag (EUR);Kartennummer",
                "date=0 vendor=2 description=3 amount=4 card_last4=5"
            ),
            (
                "Rechnungsdatum,Rechnungsnummer,Lieferant,Nettobetrag,Währung,Leistungszeitraum von,Leistungszeitraum bis",
                "date=0 external_id=1 vendor=2 amount=3 currency=4 period_from=5 period_to=6"
            ),
            ("Date,Payee,Memo,Debit,Credit", "date=0 vendor=1 description=2 debit=3 credit=4"),
            ("posting_date,merchantName,amount_usd,card_last_4", "date=0 vendor=1 amount=2 card_last4=3"),
        ])
    func headings(_ header: String, _ expected: String) async throws {
        try await SpendFixture.with(.sqlite) { fixture in
            let separator = header.contains(";") ? ";" : ","
            let width = header.components(separatedBy: separator).count
            let row = (0..<width).map { _ in "1" }.joined(separator: separator)
            let columns = try await fixture.survey("\(header)\n\(row)\n\(row)\n").columns
            let words = Set(columns.map { "\($0.key)=\($0.value)" })
            for part in expected.split(separator: " ") { #expect(words.contains(String(part)), "\(header): \(words)") }
        }
    }

    @Test("a heading is recognised whatever its case and signs, and another one is not")
    func signatures() {
        #expect(
            ImportHeader.signature(["Cost Center", "Amount"]) == ImportHeader.signature(["cost_center", " AMOUNT*"]))
        #expect(
            ImportHeader.signature(["Amount", "Cost Center"]) != ImportHeader.signature(["Cost Center", "Amount"]))
    }

    @Test("lines above the heading are passed over, and what cannot be known is asked", arguments: TestEngine.available)
    func questions(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let survey = try await fixture.survey(
                "Report of Acme,,\nPeriod: all,,\nDate,Vendor,Amount\n03/04/2026,Zoom,\"1,234\"\n05/06/2026,Figma,\"2,345\"\n"
            )
            #expect(survey.header == ["Date", "Vendor", "Amount"])
            #expect(survey.questions == [.dates, .decimal, .currency])
            let problem = await #expect(throws: Problem.self) {
                _ = try await fixture.take("Date,Vendor,Amount\n03/04/2026,Zoom,12\n")
            }
            #expect(problem?.id == "spend.import.unclear")
            #expect(try await fixture.rows("SELECT count(*) FROM spend_lines") == ["0"])
            // What was said once is remembered for the next file with this heading.
            let said = [("dates", "mdy"), ("decimal", "point"), ("currency", "EUR")]
            try await fixture.take("Date,Vendor,Amount\n03/04/2026,Zoom,\"1,234\"\n", said)
            #expect(try await fixture.lines("booked, amount, currency") == ["2026-03-04|123400|EUR"])
            let next = try await fixture.survey("DATE,vendor,amount\n05/06/2026,Zoom,\"2,345\"\n")
            #expect(next.questions.isEmpty && next.mapping.dates == .monthFirst)
        }
    }
}
