import Directory
import Foundation
import Governance
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Storage
import Support
import Testing
import WebSupport

@Suite("The pages of spend")
struct SpendPageTests {
    static let file = """
        Posting date,Number,Payee,Text,Amount,Currency
        2026-10-01,1,"Slack Technologies, Inc.",plan,120.00,EUR
        2026-10-02,2,<b>Tiny</b> Agency,site,80.00,EUR
        2026-10-03,3,Tiny Agency,site,80.00,USD
        2026-10-04,4,Figma,design,x,EUR

        """

    /// Hands a file in as a browser does, and gives the address it is sent on to.
    static func handIn(_ fixture: PagesFixture, _ text: String) async throws -> String {
        let boundary = "----muster"
        let body =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\(fixture.csrf)\r\n"
            + "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cards.csv\"\r\n"
            + "Content-Type: text/csv\r\n\r\n\(text)\r\n--\(boundary)--\r\n"
        let response = try await fixture.client.executeRequest(
            uri: "/spend/imports", method: .post,
            headers: [.cookie: fixture.cookie, .contentType: "multipart/form-data; boundary=\(boundary)"],
            body: ByteBuffer(string: body))
        #expect(response.status == .seeOther, "\(response.text)")
        return response.headers[.location] ?? ""
    }

    /// The fields of the form on a page that imports.
    static func fields(_ html: String, csrf: String) -> [(name: String, value: String)] {
        guard let start = html.range(of: "<form method=\"post\" action=\"/spend/imports/new\"") else { return [] }
        let form = html[start.lowerBound...].prefix { _ in true }
        let end = form.range(of: "</form>")?.lowerBound ?? form.endIndex
        return form[..<end].matches(of: #/name="([a-z0-9_]+)" value="([^"]*)"/#).map {
            (name: String($0.output.1), value: String($0.output.2))
        }
    }

    @Test("a file is handed in, looked at, imported and taken back", arguments: TestEngine.available)
    func journey(_ kind: TestEngine) async throws {
        try await PagesFixture.with(kind) { fixture in
            let address = try await Self.handIn(fixture, Self.file)
            #expect(address.hasPrefix("/spend/imports/new?file="))
            let preview = try await fixture.get(address).text
            #expect(
                preview.contains("$80.00") && preview.contains("is not a number")
                    && preview.contains("Import 4 lines"))
            #expect(try await fixture.get("/spend").text.contains("No spend yet"))
            let done = try await fixture.post("/spend/imports/new", Self.fields(preview, csrf: fixture.csrf))
            #expect(done.status == .seeOther && done.headers[.location] == "/spend/imports/1", "\(done.text)")
            let page = try await fixture.get("/spend/imports/1").text
            #expect(page.contains("1 line could not be read") && page.contains("Undo this import"))
            let errors = try await fixture.get("/spend/imports/1/errors")
            #expect(errors.text.contains("5,the amount “x” is not a number,2026-10-04,4,Figma,design,x,EUR"))
            #expect(errors.headers[.contentDisposition]?.contains("import-1-errors.csv") == true)
            let queue = try await fixture.get("/spend/unmatched").text
            #expect(queue.contains("tiny agency") && !queue.contains("slack"))
            let again = try await Self.handIn(fixture, Self.file)
            let same = try await fixture.post(
                "/spend/imports/new", Self.fields(try await fixture.get(again).text, csrf: fixture.csrf))
            #expect(same.headers[.location] == "/spend/imports/1?old=1")
            #expect(try await fixture.get("/spend/imports/1?old=1").text.contains("imported before"))
            let undone = try await fixture.post("/spend/imports/1/undo", [("csrf", fixture.csrf)])
            #expect(undone.status == .seeOther)
            #expect(try await fixture.get("/spend/imports/1").status == .notFound)
        }
    }

    @Test("what cannot be known is asked, and what was chosen stays", arguments: TestEngine.available)
    func asks(_ kind: TestEngine) async throws {
        try await PagesFixture.with(kind, people: 40) { fixture in
            let address = try await Self.handIn(fixture, "Date,Vendor,Amount\n01/02/2026,Zoom,\"1,234\"\n")
            let html = try await fixture.get(address).text
            #expect(html.contains("day and month cannot be told apart") && !html.contains("Import 1 line"))
            let said = try await fixture.get(address + "&dates=mdy&decimal=comma&all_currency=EUR").text
            #expect(said.contains("more than 2 digits") && !said.contains("€1,234.00"))
            let exact = try await fixture.get(address + "&dates=mdy&decimal=point&all_currency=EUR").text
            #expect(exact.contains("2026-01-02") && exact.contains("€1,234.00") && exact.contains("Import 1 line"))
        }
    }

    /// A store with some spend, a rule and a decision.
    static func fill(_ fixture: PagesFixture) async throws {
        let address = try await handIn(fixture, file)
        _ = try await fixture.post(
            "/spend/imports/new", fields(try await fixture.get(address).text, csrf: fixture.csrf))
        _ = try await fixture.post(
            "/spend/lines/2/decide", [("csrf", fixture.csrf), ("what", "match"), ("vendor", "Tiny")])
        _ = try await fixture.post(
            "/spend/rules",
            [
                ("csrf", fixture.csrf), ("name", "sites"), ("joining", "all"), ("field_1", "description"),
                ("compare_1", "contains"), ("value_1", "site"), ("action", "match"), ("vendor", "Sites & Co"),
            ])
    }

    static let examples = [
        "/spend", "/spend?currency=USD", "/spend/transactions", "/spend/transactions?where=state%3Dmatched",
        "/spend/unmatched",
        "/spend/vendors", "/spend/checks", "/spend/rules", "/spend/rules?edit=1", "/spend/imports",
        "/spend/imports/new",
        "/spend/imports/1", "/spend/lines/2", "/spend/vendors/tiny", "/spend/vendors/salesforce",
        "/spend?as_of=2026-10-02",
        "/spend/rules?name=x&joining=any&field_1=vendor&compare_1=contains&value_1=a&action=ignore",
    ]

    @Test("every page answers with 0 and with some rows, escaped, in under 150 kB", arguments: TestEngine.available)
    func pages(_ kind: TestEngine) async throws {
        try await PagesFixture.with(kind) { fixture in
            for path in Self.examples.prefix(11) {
                let page = try await fixture.get(path)
                #expect(page.status == .ok, "\(path): \(page.text.prefix(200))")
            }
            try await Self.fill(fixture)
            for path in Self.examples {
                let page = try await fixture.get(path)
                #expect(page.status == .ok, "\(path): \(page.text.prefix(200))")
                #expect(page.text.utf8.count < 150_000 && !page.text.contains("<b>Tiny"), "\(path)")
            }
            for noun in ["transactions", "unmatched", "vendors", "spend-imports", "spend-checks"] {
                for format in ["csv", "json"] {
                    #expect(try await fixture.get("/\(noun).\(format)").status == .ok, "\(noun)")
                }
            }
            let vendor = try await fixture.get("/spend/vendors/sites").text
            #expect(vendor.contains("$80.00") && vendor.contains("Sites &amp; Co"))
        }
    }

    @Test("a name is taught with one press, taken back, and a payment decided alone", arguments: TestEngine.available)
    func decides(_ kind: TestEngine) async throws {
        try await PagesFixture.with(kind, people: 40) { fixture in
            let address = try await Self.handIn(fixture, Self.file)
            _ = try await fixture.post(
                "/spend/imports/new", Self.fields(try await fixture.get(address).text, csrf: fixture.csrf))
            let taught = try await fixture.post(
                "/spend/teach", [("csrf", fixture.csrf), ("payee", "tiny agency"), ("target", "- Tiny")])
            #expect(taught.status == .seeOther)
            #expect(try await fixture.get("/spend/vendors/tiny").text.contains("tiny agency"))
            let none = try await fixture.post("/spend/teach", [("csrf", fixture.csrf), ("vendor", "x")])
            #expect(none.status == .badRequest)
            _ = try await fixture.post("/spend/lines", [("csrf", fixture.csrf), ("line", "1"), ("what", "ignore")])
            #expect(try await fixture.get("/spend/lines/1").text.contains("Take the last change back"))
            _ = try await fixture.post("/spend/lines/1/take-back", [("csrf", fixture.csrf)])
            #expect(try await fixture.get("/spend/lines/1").text.contains("Slack"))
            _ = try await fixture.post("/spend/forget", [("csrf", fixture.csrf), ("payee", "tiny agency")])
            #expect(try await fixture.get("/spend/unmatched").text.contains("tiny agency"))
            for path in [
                "/spend/lines/999", "/spend/vendors/nobody", "/spend/imports/9", "/spend/nothing", "/spend/lines/x",
            ] {
                #expect(try await fixture.get(path).status == .notFound, "\(path)")
            }
        }
    }
}
