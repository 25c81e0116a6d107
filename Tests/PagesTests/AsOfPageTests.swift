import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@Suite struct AsOfPageTests {
    @Test("a date that has not come yet is refused as the command line refuses it")
    func future() async throws {
        try await PagesFixture.with { fixture in
            for path in ["/users?as_of=2099-01-01", "/?believed=2099-01-01", "/users.csv?as_of=2099-01-01"] {
                let answer = try await fixture.get(path)
                #expect(answer.status == .badRequest, "\(path)")
                #expect(answer.text.contains("2099-01-01” has not come yet"), "\(path)")
            }
            #expect(try await fixture.get("/users?as_of=2026-11-21").status == .ok)
        }
    }
    @Test("a date later than the one that is looked at is not shown, and nobody is called dormant by one")
    func laterDates() async throws {
        try await PagesFixture.with { fixture in
            let list = try await fixture.get("/users?as_of=2026-10-01").text
            #expect(list.contains("not known at that date"))
            let rows = try #require(list.components(separatedBy: "<tbody>").last)
            #expect(!rows.contains("datetime=\"2026-11") && !list.contains("Never signed in"))
            let now = try await fixture.get("/users").text
            #expect(!now.contains("not known at that date") && now.contains("Never signed in"))
            let person = try #require(
                try await fixture.sample.store.list(
                    .users(Moment(now: SampleStore.now)), ListRequest(sort: "last_login_at", descending: true)
                ).rows.first)
            let page = try await fixture.get("/users/\(person.text("id"))?as_of=2026-10-01").text
            #expect(page.contains(#/Okta itself: <span[^>]*>not known at that date/#))
        }
    }
}
