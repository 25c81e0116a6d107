import Directory
import Foundation
import Governance
import Problems
import Storage
import Support
import Testing

@Suite("Files of spend")
struct SpendImportTests {
    private static let header = "Date,Id,Vendor,Description,Amount,Currency,Card\n"

    @Test(
        "every bad line is named with its reason, and the good ones are imported",
        arguments: TestEngine.available)
    func badLines(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let file =
                Self.header + "2026-03-01,a1,Zoom,plan,10.00,EUR,1234\n" + "2026-03-02,a2,Zoom\n"
                + "2026-02-31,a3,Zoom,plan,10.00,EUR,1234\n" + "2026-03-03,a4,Zoom,plan,=1+1,EUR,1234\n"
                + "2026-03-03,a5,Zoom,plan,10.005,EUR,1234\n" + "2026-03-03,a6,Zoom,plan,10.00,EURO,1234\n"
                + "2026-03-03,a7,,,10.00,EUR,1234\n" + "1066-03-03,a8,Zoom,plan,10.00,EUR,1234\n"
                + "2099-03-03,a9,Zoom,plan,10.00,EUR,1234\n" + "2026-03-03,b1,Zoom,plan,,EUR,1234\n"
                + "2026-03-04,b2,=cmd|' /C calc'!A0,plan,20.00,USD,1234\n" + "2026-03-05,b3,Zoom,plan,5,JPY,1234,,\n"
                + "2026-03-05,b4,Zoom,\"never closed,5,JPY,1234\n"
            let done = try await fixture.take(file)
            #expect(done.lines == 3 && done.refused == 10)
            #expect(
                try await fixture.lines("external_id, amount, currency, line_no")
                    == ["a1|1000|EUR|2", "b2|2000|USD|12", "b3|5|JPY|13"])
            let errors = try await fixture.errors(done)
            #expect(errors.count == 11)
            #expect(errors[0] == "line,reason,Date,Id,Vendor,Description,Amount,Currency,Card")
            let expected = [
                "3,the line has 3 fields", "4,the date “2026-02-31” is no date", "5,the amount “=1+1” is a formula",
                "6,the amount “10.005” has more than 2 digits", "7,“EURO” is no code",
                "8,neither a vendor nor a description", "9,the date “1066-03-03” is before 1990",
                "10,the date “2099-03-03” is more than a year ahead", "11,the amount is missing",
                "14,the line has a quotation mark",
            ]
            for (line, words) in zip(errors.dropFirst(), expected) {
                #expect(line.hasPrefix(words) || line.replacing("\"", with: "").hasPrefix(words), "\(line)")
            }
            // A spreadsheet must not run what it is shown.
            #expect(errors[3].contains(",'=1+1,"))
            #expect(
                try await fixture.lines("original").contains("2026-03-04,b2,=cmd|' /C calc'!A0,plan,20.00,USD,1234"))
        }
    }

    @Test("encodings are told apart: UTF-8 with a mark, UTF-16 and Windows-1252", arguments: TestEngine.available)
    func encodings(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            func text(_ id: Int) -> String {
                "Datum;Nummer;Lieferant;Betrag;Währung\r\n31.03.2026;\(id);Käufer Müller GmbH;1.234,56;EUR\r\n"
            }
            try await fixture.take([0xEF, 0xBB, 0xBF] + Array(text(1).utf8))
            try await fixture.take([0xFF, 0xFE] + text(2).utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] })
            try await fixture.take(text(3).unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
            let lines = try await fixture.lines("vendor_text, descriptor, amount, booked")
            #expect(lines == Array(repeating: "Käufer Müller GmbH|kaufer muller|123456|2026-03-31", count: 3))
        }
    }

    @Test("a line of many megabytes is an error of its own, and the next line is read", arguments: TestEngine.available)
    func longLine(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let long = String(repeating: "x", count: 2 << 20)
            let file =
                Self.header + "2026-03-01,a1,Zoom,\(long),10.00,EUR,1\n"
                + "2026-03-02,a2,Zoom,\"\(long)\",10.00,EUR,1\n"
                + "2026-03-03,a3,Zoom,plan,10.00,EUR,1\n"
            let done = try await fixture.take(file)
            #expect(done.lines == 1 && done.refused == 2)
            let errors = try await fixture.errors(done)
            #expect(errors[1].contains("longer than 1024 kB") && errors[1].utf8.count < 10_000)
        }
    }

    @Test("of a file without a good line nothing is imported", arguments: TestEngine.available)
    func nothingGood(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let before = try await fixture.everything().filter { !$0.hasPrefix("upload") }
            let problem = await #expect(throws: Problem.self) {
                _ = try await fixture.take(Self.header + "2026-02-30,a1,Zoom,x,1,EUR,1\n")
            }
            #expect(problem?.id == "spend.import.nothing")
            #expect(try await fixture.everything().filter { !$0.hasPrefix("upload") } == before)
        }
    }

    @Test("the same file again changes nothing", arguments: TestEngine.available)
    func again(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let file = Self.header + "2026-03-01,a1,Zoom,plan,10.00,EUR,1234\n2026-03-02,a2,Figma,plan,5.00,EUR,1234\n"
            let first = try await fixture.take(file)
            let before = try await fixture.everything()
            let second = try await fixture.take(file)
            #expect(second.isOld && second.id == first.id && !first.isOld)
            #expect(try await fixture.everything() == before)
        }
    }

    @Test(
        "a longer export of the same records adds what is new, and the old ones are not counted again",
        arguments: TestEngine.available)
    func longer(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let old = Self.header + "2026-03-01,a1,Zoom,plan,10.00,EUR,1234\n2026-03-02,a2,Figma,plan,5.00,EUR,1234\n"
            try await fixture.take(old)
            let done = try await fixture.take(old + "2026-03-03,a3,Zoom,plan,7.00,EUR,1234\n")
            #expect(done.lines == 3 && done.repeated == 2 && done.duplicates == 0)
            #expect(
                try await fixture.rows("SELECT sum(amount) FROM spend_lines WHERE state <> 'repeated'") == ["2200"])
            // Without the first file, the second one tells it all.
            try await fixture.store.undoSpendImport(1, actor: "ada", now: SpendFixture.now)
            #expect(
                try await fixture.rows("SELECT sum(amount), count(*) FROM spend_lines WHERE state <> 'repeated'")
                    == ["2200|3"])
            #expect(try await fixture.store.spendImport(done.id).repeated == 0)
        }
    }

    @Test(
        "an import that is undone leaves no trace, with duplicates and refunds across files",
        arguments: TestEngine.available)
    func undo(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            try await fixture.take(
                Self.header + "2026-03-01,a1,Zoom,plan,10.00,EUR,1234\n2026-03-09,a2,Zoom,refund,-30.00,EUR,1234\n"
                    + "2026-03-09,a3,Unheard Of,x,-8.00,EUR,1234\n")
            let before = try await fixture.everything()
            let invoice =
                "Invoice date,Invoice number,Vendor,Amount,Currency\n2026-03-02,i1,\"Zoom, Inc.\",10.00,EUR\n"
                + "2026-03-05,i2,Zoom,30.00,EUR\n2026-03-05,i3,Unheard Of,8.00,EUR\n2026-03-05,i4,Figma GmbH,99.00,EUR\nx,i5,,,\n"
            let done = try await fixture.take(invoice)
            #expect(done.duplicates == 1 && done.refunds == 2 && done.refused == 1)
            #expect(
                try await fixture.rows(
                    "SELECT line_id, refund_of FROM spend_lines WHERE refund_of IS NOT NULL ORDER BY 1")
                    == ["2|5", "3|6"])
            try await fixture.store.undoSpendImport(done.id, actor: "ada", now: SpendFixture.now)
            #expect(try await fixture.everything() == before)
            let problem = await #expect(throws: Problem.self) { _ = try await fixture.store.spendImport(done.id) }
            #expect(problem?.id == "spend.import.unknown")
        }
    }

    @Test("a refund is paired with the latest charge before it that has none", arguments: TestEngine.available)
    func refunds(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            let done = try await fixture.take(
                Self.header + "2026-01-01,a1,Zoom,plan,10.00,EUR,1\n2026-02-01,a2,Zoom,plan,10.00,EUR,1\n"
                    + "2026-02-10,a3,Zoom,back,-10.00,EUR,1\n2026-02-11,a4,Zoom,back,-10.00,EUR,1\n"
                    + "2026-02-12,a5,Zoom,back,-10.00,EUR,1\n2026-02-12,a6,Zoom,back,-10.00,USD,1\n"
                    + "2026-03-01,a7,Zoom,plan,10.00,EUR,1\n2027-01-01,a8,Figma,back,-7.00,EUR,1\n")
            #expect(done.refunds == 2)
            #expect(
                try await fixture.rows(
                    "SELECT external_id, refund_of FROM spend_lines WHERE refund_of IS NOT NULL ORDER BY 1")
                    == ["a3|2", "a4|1"])
        }
    }

    @Test(
        "one payment told by two files is flagged and counted, two payments of one file are not",
        arguments: TestEngine.available)
    func duplicates(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            try await fixture.take(
                Self.header + "2026-01-10,a1,Zoom,plan,10.00,EUR,1234\n2026-01-10,a2,Zoom,plan,10.00,EUR,1234\n"
                    + "2026-01-10,a3,Figma,plan,20.00,EUR,1234\n")
            #expect(try await fixture.rows("SELECT count(*) FROM spend_lines WHERE duplicate_of IS NOT NULL") == ["0"])
            let ledger = "Posting date,Vendor,Amount,Currency,GL account\n"
            try await fixture.take(
                ledger + "2026-01-12,ZOOM.US,10.00,EUR,6800\n2026-01-13,Figma,20.00,EUR,6800\n"
                    + "2026-01-11,Figma,20.00,USD,6800\n2026-01-11,Figma,21.00,EUR,6800\n")
            let flagged = "SELECT line_id, duplicate_of, duplicate_how FROM spend_lines WHERE duplicate_how IS NOT NULL"
            #expect(try await fixture.rows(flagged) == ["4|1|payment"])
            // The other card, and the same id with another amount.
            try await fixture.take(
                Self.header + "2026-01-10,a9,Figma,plan,20.00,EUR,9999\n2026-01-10,a3,Figma,plan,25.00,EUR,1234\n")
            #expect(try await fixture.rows(flagged + " AND import_id = 3") == ["9|3|id"])
            try await fixture.store.dismissSpendDuplicate(4, actor: "ada", now: SpendFixture.now)
            #expect(try await fixture.rows(flagged + " AND line_id = 4") == ["4|-|dismissed"])
        }
    }

    @Test("sums are right to the cent in every currency, with debit and credit apart", arguments: TestEngine.available)
    func sums(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            var file = "Date;Vendor;Debit;Credit;Currency\n"
            var euros = 0
            var yen = 0
            for number in 1...500 {
                let amount = number * 7919 % 100_003
                if number % 3 == 0 {
                    file += "2026-0\(number % 9 + 1)-11;Vendor \(number % 40);\(amount);;JPY\n"
                    yen += amount
                } else {
                    let sign = number % 7 == 0
                    let text = "\(amount / 100),\(amount % 100 < 10 ? "0" : "")\(amount % 100)"
                    file +=
                        "2026-0\(number % 9 + 1)-11;Vendor \(number % 40);\(sign ? "" : text);\(sign ? text : "");EUR\n"
                    euros += sign ? -amount : amount
                }
            }
            try await fixture.take(file, [("decimal", "comma")])
            #expect(
                try await fixture.rows(
                    "SELECT currency, sum(amount) FROM spend_lines GROUP BY currency ORDER BY currency")
                    == ["EUR|\(euros)", "JPY|\(yen)"])
        }
    }

    @Test("what a bank writes with a minus is spend, and its refunds are below zero", arguments: TestEngine.available)
    func negative(_ kind: TestEngine) async throws {
        try await SpendFixture.with(kind) { fixture in
            try await fixture.take(
                "Date,Merchant,Amount EUR,Card number\n2026-01-01,Zoom,-10.00,XXXX XXXX XXXX 9876\n"
                    + "2026-01-05,Zoom,-11.00,XXXX 9876\n2026-01-06,Zoom,-12.00,9876\n2026-01-07,Zoom,-13.00,9876\n"
                    + "2026-01-09,Zoom,4.00,XXXX 9876\n")
            #expect(
                try await fixture.lines("amount, currency, card_last4")
                    == ["1000", "1100", "1200", "1300", "-400"].map { "\($0)|EUR|9876" })
        }
    }
}
