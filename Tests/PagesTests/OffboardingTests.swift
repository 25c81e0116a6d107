import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Pages
import Storage
import Support
import Testing
import WebSupport

extension PagesFixture {
    /// One address of each page about leavers.
    var offboardingExamples: [String] {
        let (leaver, active) = (SampleStore.id(ofPerson: 7), SampleStore.id(ofPerson: 8))
        return [
            "/offboarding", "/offboarding?as_of=2026-10-01", "/offboarding?where=holds_access%3Dyes&sort=-apps_now",
            "/offboarding/upcoming", "/offboarding/transfers", "/offboarding/rehires", "/offboarding/absences",
            "/offboarding/shared", "/roster", "/roster?as_of=2026-10-01", "/offboarding/\(leaver)",
            "/offboarding/\(leaver)?as_of=2026-11-01", "/offboarding/\(active)",
        ]
    }
}

@Suite("Pages about leavers")
struct OffboardingPageTests {
    private let leaver = SampleStore.id(ofPerson: 7)

    private func roster(_ fixture: PagesFixture, _ text: String, csrf: String? = nil) async throws -> TestResponse {
        let body = """
            --X\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\(csrf ?? fixture.csrf)\r\n--X\r\n\
            Content-Disposition: form-data; name="file"; filename="hr.csv"\r\n\r\n\(text)\r\n--X--\r\n
            """
        return try await fixture.client.executeRequest(
            uri: "/roster/files", method: .post,
            headers: [.cookie: fixture.cookie, .contentType: "multipart/form-data; boundary=X"],
            body: ByteBuffer(string: body))
    }

    @Test(
        "the list counts leavers with their denominators, and its files hold the same rows",
        arguments: TestEngine.available)
    func list(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine) { fixture in
            let page = try await fixture.get("/offboarding").text
            #expect(page.contains("Left within 90 days") && page.contains("3 leavers in all"))
            #expect(page.contains("/offboarding/\(leaver)"))
            #expect(page.contains("not evaluated"), "what they had before the log is never none")
            let file = try await fixture.get("/offboarding.csv").text
            let lines = file.split(separator: "\r\n")
            #expect(lines.count == 4)
            #expect(
                lines[0].hasPrefix(
                    "user_id,login,deactivated_at,apps_then,apps_now,roles,api_tokens,manual_items,open_items,"
                        + "last_removal_at,hours_to_last_removal,activity_after"))
            let none = try await fixture.get("/offboarding.json?where=apps_now%3D0&where=holds_access%3Dyes").text
            #expect(!none.contains("user_id"))
            for noun in ["upcoming-leavers", "transfers", "rehires", "absences", "shared-accounts", "roster"] {
                #expect(try await fixture.get("/\(noun).csv").status == .ok, "\(noun)")
            }
        }
    }

    @Test(
        "items are closed, noted and opened again, and a wrong form keeps what was typed",
        arguments: TestEngine.available)
    func items(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine) { fixture in
            let here = "/offboarding/\(leaver)"
            let page = try await fixture.get(here).text
            let item = try #require(page.firstMatch(of: #/name="item" value="(app:[^"]+)"/#)).output.1
            let token = [(name: "csrf", value: fixture.csrf), (name: "item", value: String(item))]
            let refused = try await fixture.post(
                "\(here)/items", token + [(name: "do", value: "close"), (name: "owner", value: "Ada <IT>")])
            #expect(refused.text.contains("Say how you know that it is done"))
            #expect(refused.text.contains("value=\"Ada &lt;IT&gt;\"") && refused.text.contains("checked"))
            let date = try await fixture.post("\(here)/items", token + [("do", "save"), ("due", "tomorrow")])
            #expect(date.text.contains("“tomorrow” is not a day"))
            let closed = try await fixture.post(
                "\(here)/items",
                token + [
                    ("do", "close"), ("owner", "Ada"), ("due", "2026-12-01"), ("evidence", "https://help/1?a=<b>"),
                ])
            #expect(closed.status == .seeOther && closed.headers[.location] == here)
            let after = try await fixture.get(here).text
            #expect(after.contains("href=\"https://help/1?a=&lt;b&gt;\"") && after.contains("due 2026-12-01"))
            #expect(after.contains("What people did"))
            let file = try await fixture.get("\(here)/checklist.csv")
            #expect(file.text.contains("closed,") && file.headers[.contentType]?.contains("text/csv") == true)
            #expect(try await fixture.get("\(here)/record.csv").status == .notFound)
            _ = try await fixture.post("\(here)/case", [("csrf", fixture.csrf), ("do", "close"), ("note", "accepted")])
            #expect(try await fixture.get(here).text.contains("Open the case again"))
            #expect(try await fixture.get("\(here)/record.csv").text.hasPrefix("kind,subject_id,name"))
            let javascript = try await fixture.post(
                "\(here)/items", token + [("do", "save"), ("evidence", "javascript:alert(1)")])
            #expect(javascript.status == .seeOther)
            #expect(!(try await fixture.get(here).text).contains("href=\"javascript"))
        }
    }

    @Test("a case is opened by hand, and the person's page leads to a leaver's case")
    func byHand() async throws {
        try await PagesFixture.with { fixture in
            let active = SampleStore.id(ofPerson: 8)
            #expect(try await fixture.get("/offboarding/\(active)").text.contains("Open a case by hand"))
            let opened = try await fixture.post("/offboarding/\(active)/open", [("csrf", fixture.csrf)])
            #expect(opened.status == .seeOther)
            #expect(try await fixture.get("/offboarding/\(active)").text.contains("opened by hand"))
            #expect(try await fixture.get("/users/\(leaver)").text.contains("/offboarding/\(leaver)"))
            #expect(!(try await fixture.get("/users/\(active)").text).contains("/offboarding/\(active)"))
            #expect(try await fixture.get("/offboarding/00unobody").status == .notFound)
        }
    }

    @Test("the hours allowed are set on the page, and only sensible ones")
    func hours() async throws {
        try await PagesFixture.with { fixture in
            #expect(try await fixture.get("/offboarding").text.contains("over 24 hours"))
            for wrong in ["0", "-3", "x", "100000"] {
                #expect(
                    try await fixture.post("/offboarding", [("csrf", fixture.csrf), ("hours", wrong)]).status
                        == .badRequest)
            }
            _ = try await fixture.post("/offboarding", [("csrf", fixture.csrf), ("hours", "72")])
            #expect(try await fixture.get("/offboarding").text.contains("over 72 hours"))
        }
    }

    @Test("a roster is looked at, imported and undone; a mass flip has to be typed", arguments: TestEngine.available)
    func roster(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine) { fixture in
            #expect(try await roster(fixture, "Email,Status\n", csrf: "wrong").status == .forbidden)
            let broken = try await roster(fixture, "Name\nAda\n")
            let preview = try await fixture.get(try #require(broken.headers[.location]))
            #expect(preview.text.contains("not the header of a roster"))

            let lines = (1...120).map { "E\(10_000 + $0),\($0 <= 40 ? "Left" : "Active")\n" }.joined()
            let handed = try await roster(fixture, "Employee ID,Status\n\(lines),Active\n")
            let place = try #require(handed.headers[.location])
            let shown = try await fixture.get(place).text
            #expect(
                shown.contains("Type 39 to confirm") && shown.contains("New leavers") && shown.contains("Bad lines"))
            #expect(try await fixture.get("\(place)/errors").text.contains("neither an employee id"))
            let unconfirmed = try await fixture.post(place, [("csrf", fixture.csrf)])
            #expect(unconfirmed.text.contains("would make leavers of 39"))
            #expect(try await fixture.get("/roster").text.contains("No roster yet"))
            let done = try await fixture.post(place, [("csrf", fixture.csrf), ("confirm", "39")])
            #expect(done.headers[.location] == "/roster")
            #expect(try await fixture.get("/roster").text.contains("of 120"))
            #expect(try await fixture.get("/offboarding").text.contains("42 leavers in all"))
            let undone = try await fixture.post("/roster/undo", [("csrf", fixture.csrf), ("import", "1")])
            #expect(undone.status == .seeOther)
            #expect(try await fixture.get("/offboarding").text.contains("3 leavers in all"))
        }
    }
}
