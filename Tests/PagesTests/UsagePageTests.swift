import Analysis
import DatabaseEngine
import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Storage
import Support
import Testing

@Suite("Pages of usage")
struct UsagePageTests {
    @Test(
        "an app that nobody was ever seen to sign in to is no data, and nobody who has it is called unused",
        arguments: TestEngine.available)
    func noData(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 200) { fixture in
            let moment = Moment(now: SampleStore.now)
            let rows = try await fixture.sample.store.list(.usageOfApps(moment), ListRequest(limit: 500)).rows
            let hidden = try #require(
                rows.first { $0.text("grade_reason").hasPrefix("Nobody") && $0.number("assigned") ?? 0 > 0 })
            let page = try await fixture.get("/apps/\(hidden.text("app_id"))/usage").text
            #expect(page.contains("no data") && page.contains("Nobody at all was ever seen to sign in"))
            #expect(!page.contains("<strong>0</strong>") && !page.contains("0 % of"))
            let seen = try #require(rows.first { $0.text("grade") == "C" })
            let other = try await fixture.get("/apps/\(seen.text("app_id"))/usage").text
            for part in [
                "Sign-ins by month", "Last use", "When people sign in", "default window", "What sign-ons can tell",
            ] {
                #expect(other.contains(part), "\(part)")
            }
            let overview = try await fixture.get("/usage").text
            #expect(overview.contains("Active people, 30 days") && !overview.contains("HTML(bytes"))
            let filter = ListFilter(column: "app_id", comparison: .equal, value: hidden.text("app_id"))
            let holders = try await fixture.sample.store.list(
                .assignments(moment), ListRequest(filters: [filter], limit: 1))
            let holder = try #require(holders.rows.first)
            let person = try await fixture.get("/users/\(holder.text("user_id"))/usage?where=use%3Dno+data").text
            #expect(person.contains(hidden.text("app_label")) && person.contains("sign-ons tell nothing"))
            let unused = try await fixture.get("/users/\(holder.text("user_id"))/usage?where=use%3Dnot+used").text
            #expect(!unused.contains("/apps/\(hidden.text("app_id"))/usage\""))
        }
    }

    @Test("what the log does not tell is not evaluated, and never zero", arguments: TestEngine.available)
    func unknown(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            // Before the log begins.
            let day = "as_of=2026-08-01"
            let overview = try await fixture.get("/usage?\(day)").text
            #expect(
                overview.contains("not evaluated") && overview.contains("the System Log that Muster could read begins"))
            #expect(!overview.contains(">0</a></strong>"))
            #expect(try await fixture.get("/departments/IT?\(day)").text.contains("Not evaluated"))
        }
    }

    @Test("an empty store has its usage pages too", arguments: TestEngine.available)
    func empty(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 0) { fixture in
            for path in ["/usage", "/usage/departments", "/usage-apps.csv", "/usage-months.json"] {
                let answer = try await fixture.get(path)
                #expect(answer.status == .ok, "\(path)")
            }
        }
    }

    @Test("the lists of usage are exported as they are filtered", arguments: TestEngine.available)
    func files(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 120) { fixture in
            let moment = try await fixture.sample.store.moment(.now, now: SampleStore.now)
            let headers = [
                "usage-apps": """
                app_id,app_label,sign_on_mode,status,grade,grade_reason,assigned,active_30d,active_60d,active_90d,\
                adoption_percent_30d,others_90d,sign_ins_3m,window_days,window_source,calibrated_at
                """,
                "usage-departments": """
                department,people,active_30d,active_60d,active_90d,apps_used_90d,seats,seats_used_30d,seats_used_60d,\
                seats_used_90d,seats_no_data,adoption_percent_30d
                """,
                "usage-months": """
                app_id,app_label,month,active_people,sign_ins,first_time_sign_ins,repeated_sign_ins,stickiness_percent
                """,
            ]
            let lists: [String: ListDefinition] = [
                "usage-apps": .usageOfApps(moment), "usage-departments": .usageOfDepartments(moment),
                "usage-months": .usageOfMonths(moment),
            ]
            for (noun, header) in headers {
                let lines = try await fixture.get("/\(noun).csv").text.components(separatedBy: "\r\n")
                let list = try #require(lists[noun])
                #expect(lines.first == header)
                let total = try await fixture.sample.store.count(list)
                #expect(lines.count == total + 2 && lines.count > 8, "\(noun)")
                let json = try await fixture.get("/\(noun).json").body
                let rows = try #require(
                    try JSONSerialization.jsonObject(with: Data(json.readableBytesView)) as? [[String: Any]])
                #expect(rows.count == lines.count - 2)
            }
            let none = try await fixture.get("/usage-apps.csv?where=grade%3DD").text.components(separatedBy: "\r\n")
            #expect(none.count > 3 && none.dropFirst().dropLast().allSatisfy { $0.contains(",D,") })
            let person = SampleStore.id(ofPerson: 1)
            let own = try await fixture.get("/usage-person.csv?where=user_id%3D\(person)").text
            #expect(own.components(separatedBy: "\r\n").dropFirst().dropLast().allSatisfy { $0.hasPrefix(person) })
            #expect(try await fixture.get("/usage-person.csv").status == .badRequest)
            #expect(try await fixture.get("/usage-person.csv?where=user_id%3Dnobody").status == .notFound)
        }
    }
}
