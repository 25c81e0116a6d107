import DatabaseEngine
import Directory
import Foundation
import OktaSimulator
import Storage
import Support
import Testing

@testable import Sync

@Suite("Usage and people at dates in the past, against what was true then")
struct TimeTravelUsageTests {
    private static let now = "2026-06-15T12:00:00Z"

    @Test("at midnights usage is what the simulator counts, and within a day nothing later is ever counted")
    func usage() async throws {
        try await Self.connected { fixture, simulator in
            for day in ["2026-04-01", "2026-05-01", "2026-05-18", "2026-06-01", "2026-06-15"] {
                let time = try #require(Timestamp(iso8601: day))
                let moment = try await fixture.store.moment(.at(time), now: .now)
                let report = try await Self.report(moment, fixture)
                let told = try simulator.truth("usage", Self.reported, day)
                #expect(!told.isEmpty)
                #expect(report == told, "\(day): \(differences(report.sorted(), told.sorted()))")
                let columns = ["app_id", "user_id", "last_sign_in_at", "sign_ins_30d", "sign_ins_90d"]
                let rows = try await Self.rows(.assignments(moment), columns, fixture)
                let truth = try simulator.truth("assignments", columns, day)
                #expect(rows == truth, "\(day): \(differences(rows.sorted(), truth.sorted()))")
            }
            let noon = try #require(Timestamp(iso8601: "2026-05-18T12:00:00Z"))
            let moment = try await fixture.store.moment(.at(noon), now: .now)
            let told = try simulator.truth("usage", Self.reported, noon.iso8601)
            let counts = { (rows: Set<String>) in
                rows.reduce(0) { $0 + (Int($1.split(separator: "|", omittingEmptySubsequences: false)[3]) ?? 0) }
            }
            let report = try await Self.report(moment, fixture)
            #expect(counts(report) <= counts(told) && counts(report) > counts(told) * 9 / 10)
            let lasts = try await Self.rows(.assignments(moment), ["last_sign_in_at"], fixture)
            #expect(lasts.count > 5 && lasts.allSatisfy { $0 <= "2026-05-18T12:00:00Z" })
        }
    }

    @Test("the months of an app and of a person end with the moment, and so do the sums of whole months")
    func months() async throws {
        try await Self.connected { fixture, simulator in
            let day = "2026-05-18"
            let time = try #require(Timestamp(iso8601: day))
            let moment = try await fixture.store.moment(.at(time), now: .now)
            let truth = try simulator.print("usage", asOf: day)
            func sum(_ column: Int, _ id: String, _ months: [String]) -> Int {
                truth.rows.filter { $0[column] == id && months.contains($0[4]) }.reduce(0) { $0 + (Int($1[5]) ?? 0) }
            }
            var total = 0
            for row in try await fixture.store.list(.apps(moment), ListRequest(limit: 500)).rows {
                let app = try await fixture.store.app(row.text("id"), moment)
                #expect(app.months.last?.count ?? 0 == sum(0, app.app.id, ["2026-05"]), "\(app.app.label)")
                #expect(app.months.dropLast().last?.count ?? 0 == sum(0, app.app.id, ["2026-04"]))
                let months = ["2026-02", "2026-03", "2026-04"]
                #expect(row.number("sign_ins_3m").map(Int.init) == sum(0, app.app.id, months), "\(app.app.label)")
                total += app.months.last?.count ?? 0
            }
            #expect(total > 0)
            for row in try await fixture.store.list(.users(moment), ListRequest(limit: 20)).rows {
                let user = try await fixture.store.user(row.text("id"), moment)
                #expect(user.months.last?.count ?? 0 == sum(2, user.user.id, ["2026-05"]))
            }
        }
    }

    @Test("no date of Okta's is shown, sorted or filtered by that is later than the moment")
    func datesOfOkta() async throws {
        try await Self.connected { fixture, simulator in
            let day = "2026-05-18"
            let time = try #require(Timestamp(iso8601: day))
            let moment = try await fixture.store.moment(.at(time), now: .now)
            let columns = ["id", "last_login_at", "activated_at"]
            let rows = try await Self.rows(.users(moment), columns, fixture)
            let truth = try simulator.truth("users", columns, day)
            let logins = Dictionary(
                uniqueKeysWithValues: truth.map { row in
                    let cells = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
                    return (cells[0], (cells[1], cells[2]))
                })
            var known = 0
            for row in rows {
                let cells = row.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
                let (login, activated) = try #require(logins[cells[0]])
                #expect(cells[1].isEmpty || cells[1] == login, "\(cells[0])")
                #expect(cells[2] == activated, "\(cells[0])")
                if !cells[1].isEmpty { known += 1 }
            }
            #expect(known > 0)
        }
    }

    @Test("before the log begins usage is not known, and everybody whom Okta had is there, of a status nobody knows")
    func beforeTheLog() async throws {
        try await Self.connected { fixture, simulator in
            let day = "2026-02-01"
            let time = try #require(Timestamp(iso8601: day))
            let moment = try await fixture.store.moment(.at(time), now: .now)
            #expect(!moment.usageKnown)
            let uses = try await Self.rows(
                .assignments(moment), ["last_sign_in_at", "sign_ins_30d", "sign_ins_90d"], fixture)
            #expect(uses == ["||"])
            let gone = try simulator.truth("users", ["id"], day)
                .subtracting(simulator.truth("users", ["id"], Self.now))
            let people = try await Self.rows(.users(moment), ["id"], fixture)
            #expect(try people == simulator.truth("users", ["id"], day).subtracting(gone))
            let statuses = try await Self.rows(.users(moment), ["id", "status"], fixture)
            let truth = try simulator.truth("users", ["id", "status"], day)
            let unknown = statuses.filter { $0.hasSuffix("|UNKNOWN") }
            #expect(!unknown.isEmpty && statuses.subtracting(unknown).isSubset(of: truth))
            let names = try await Self.rows(.assignments(moment), ["login", "app_label"], fixture)
            #expect(names.count > 10)
            #expect(names.allSatisfy { !$0.hasPrefix("|") && !$0.hasSuffix("|") })
            let one = try #require(unknown.sorted().first?.split(separator: "|").first.map(String.init))
            let person = try await fixture.store.user(one, moment)
            #expect(person.user.status.rawValue == "UNKNOWN" && person.signIns90 == nil)
            let login = try #require(person.user.attributes.login)
            let same = try await fixture.store.user(login, moment)
            #expect(same.user.id == one)
            let filtered = try await fixture.store.list(
                .users(moment),
                ListRequest(filters: [try ListFilter(parsing: "status=UNKNOWN", for: .users(moment))], limit: 500))
            #expect(filtered.total == unknown.count && filtered.rows.count == unknown.count)
            let totals = try await fixture.store.totals(moment, apps: .apps(moment))
            #expect(totals.people == people.count)
        }
    }

    // MARK: what is compared

    private static let reported = ["app_id", "user_id", "month", "sign_ins", "last_sign_in_at"]

    private static func connected(
        _ body: @escaping @Sendable (TenantFixture, Simulator) async throws -> Void
    ) async throws {
        let fixture = try await TenantFixture(okta: TenantFixture.eager)
        defer { fixture.remove() }
        try await withSimulator(people: 110, apps: 30, groups: 40, days: 90, now: now) { simulator, port in
            let integration = try await fixture.connect(port: port, token: simulator.token)
            #expect(try await fixture.integrations.sync(integration).run.status == .complete)
            try await body(fixture, simulator)
        }
    }

    private static func report(_ moment: Moment, _ fixture: TenantFixture) async throws -> Set<String> {
        var found: Set<String> = []
        try await fixture.store.eachUsageRow(moment) { rows in
            for row in rows { found.insert(line(row, ListDefinition.usage, reported)) }
        }
        return found
    }

    private static func rows(
        _ list: ListDefinition, _ columns: [String], _ fixture: TenantFixture
    ) async throws -> Set<String> {
        var found: Set<String> = []
        try await fixture.store.each(list, ListRequest()) { rows in
            for row in rows { found.insert(line(row, list, columns)) }
        }
        return found
    }

    /// The cells of some columns; times to the second, since the truth knows no more.
    private static func line(_ row: ListRow, _ list: ListDefinition, _ columns: [String]) -> String {
        columns.map { name in
            switch row[name] {
            case .text(let text): text
            case .integer(let number):
                list.column(name)?.kind == .time
                    ? Timestamp(seconds: number / 1_000_000).iso8601 : String(number)
            default: ""
            }
        }.joined(separator: "|")
    }
}
