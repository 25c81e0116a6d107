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

    @Test("a date of the first year is one like any other: every place answers")
    func firstDate() async throws {
        try await PagesFixture.with(people: 20) { fixture in
            for date in ["0001-01-01", "0001-03-01T00:00:00Z", "1969-12-31T23:59:59.999999Z"] {
                for path in ["/", "/users", "/apps", "/groups", "/departments", "/roles", "/integrations", "/changes"] {
                    let answer = try await fixture.get("\(path)?as_of=\(date)")
                    #expect(answer.status == .ok, "\(path) \(date)")
                }
                for file in ["users", "apps", "assignments", "changes"] {
                    let answer = try await fixture.get("/\(file).csv?as_of=\(date)&believed=\(date)")
                    #expect(answer.status == .ok, "\(file) \(date)")
                }
            }
        }
    }

    @Test("before the System Log begins nothing is said of usage: no number, no app that nobody uses")
    func beforeTheLog() async throws {
        try await PagesFixture.with { fixture in
            let home = try await fixture.get("/?as_of=2026-08-01").text
            let figure = try #require(home.components(separatedBy: "<dt>Sign-ins").dropFirst().first).prefix(300)
            #expect(figure.contains("not evaluated"))
            #expect(!home.contains("nobody signed in to"))
            let moment = Moment(now: SampleStore.now)
            let app = try #require(try await fixture.sample.store.list(.apps(moment), ListRequest()).rows.first)
            let day = "as_of=2026-08-23T12:00:00Z"
            let page = try await fixture.get("/apps/\(app.text("id"))?\(day)").text
            let used = try #require(page.components(separatedBy: "<dt>Signed in, 90 days").dropFirst().first).prefix(
                200)
            #expect(used.contains("not evaluated"))
            #expect(page.contains("begins on 2026-08-23"))
        }
    }

    @Test("a window that reaches back before the log says since when it counts, and no hint rests on it")
    func cutWindows() async throws {
        try await PagesFixture.with { fixture in
            let moment = Moment(now: SampleStore.now)
            let app = try #require(try await fixture.sample.store.list(.apps(moment), ListRequest()).rows.first)
            let person = try #require(try await fixture.sample.store.list(.users(moment), ListRequest()).rows.first)
            for path in ["/apps/\(app.text("id"))", "/users/\(person.text("id"))"] {
                #expect(try await fixture.get("\(path)?as_of=2026-10-01").text.contains("since 2026-08-23"), "\(path)")
                #expect(try await !fixture.get(path).text.contains("since 2026-08-23"), "\(path)")
            }
            let home = try await fixture.get("/?as_of=2026-10-01").text
            #expect(!home.contains("nobody signed in to"))
            #expect(try await fixture.get("/").text.contains("nobody signed in to"))
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
