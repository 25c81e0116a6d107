import Analysis
import DatabaseEngine
import Directory
import OktaSimulator
import Storage
import Support
import Testing

@Suite("Usage equals what the simulated tenant truly did, now and at dates in the past")
struct UsageTruthTests {
    static let cases: [(TestEngine, UInt64)] = TestEngine.available.flatMap { engine in
        [7, 23, 101].map { (engine, $0) }
    }

    /// The moments that are compared: now, a midnight within a month, and the first of a month.
    private static func moments(_ fixture: UsageFixture) async throws -> [(Moment, UsageTruth)] {
        var moments: [(Moment, UsageTruth)] = []
        for date in [nil, "2026-05-18", "2026-06-01"] {
            let asOf = try date.map { AsOf.at(try #require(Timestamp(iso8601: $0))) } ?? .now
            let moment = try await fixture.store.moment(asOf, now: fixture.now)
            #expect(moment.usageKnown)
            moments.append(
                (
                    moment,
                    try UsageTruth(
                        fixture.simulator, asOf: date.map { "\($0)T00:00:00Z" } ?? UsageFixture.noon,
                        midnight: date != nil)
                ))
        }
        return moments
    }

    @Test("apps: assigned, active in 30, 60 and 90 days, others, months, silences and hours", arguments: cases)
    func apps(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await UsageFixture.with(engine, seed: seed) { fixture in
            try await fixture.store.keepUsage(now: fixture.now)
            for (moment, truth) in try await Self.moments(fixture) {
                let list = ListDefinition.usageOfApps(moment)
                let rows = try await fixture.store.list(list, ListRequest(limit: 500)).rows
                var active: Int64 = 0
                for row in rows {
                    let detail = try await fixture.store.app(row.text("app_id"), moment)
                    let usage = try await fixture.store.usage(of: detail, moment)
                    compare(row, detail, truth, "\(moment.asOf)")
                    compare(usage, detail, truth, moment)
                    // The page and the list are one answer.
                    #expect(usage.active?.ninety == row.number("active_90d").map(Int.init))
                    #expect(usage.evidence.grade.rawValue == row.text("grade"))
                    active += row.number("active_90d") ?? 0
                }
                #expect(rows.count > 20 && active > 50)
                try await compareHours(fixture, truth, moment)
            }
        }
    }

    private func compare(_ row: ListRow, _ detail: AppDetail, _ truth: UsageTruth, _ when: String) {
        let id = detail.app.id
        let users = truth.holders[id]?.map(\.user) ?? []
        let seen = Set(truth.signIns.filter { $0.app == id }.map(\.user))
        func active(_ people: some Sequence<String>, _ days: Int) -> Int64 {
            Int64(people.count { truth.lastDay(id, $0).map { $0 > truth.today - days } ?? false })
        }
        let counted = detail.app.implicitAssignment ? Array(seen) : users
        let found = ["active_30d", "active_60d", "active_90d"].map { row.number($0) }
        #expect(found == [30, 60, 90].map { active(counted, $0) }, "\(when) \(detail.app.label)")
        guard !detail.app.implicitAssignment else { return }
        #expect(row.number("assigned") == Int64(users.count), "\(when) \(detail.app.label)")
        #expect(row.number("others_90d") == active(seen.subtracting(users), 90), "\(when) \(detail.app.label)")
        if users.count > 0, row.text("grade") != "D" {
            let percent = (Double(active(users, 30)) * 100 / Double(users.count)).rounded()
            #expect(row.number("adoption_percent_30d") == Int64(percent))
        } else {
            #expect(row.number("adoption_percent_30d") == nil)
        }
        if seen.isEmpty { #expect(row.text("grade") == "D") }
    }

    private func compare(_ usage: AppUsage, _ detail: AppDetail, _ truth: UsageTruth, _ moment: Moment) {
        let events = truth.signIns.filter { $0.app == detail.app.id }
        var seen: Set<String> = []
        var byMonth: [String: (people: Set<String>, signIns: Int, first: Int, days: Set<String>)] = [:]
        for event in events {
            let month = String(event.at.date.prefix(7))
            byMonth[month, default: ([], 0, 0, [])].people.insert(event.user)
            byMonth[month]?.signIns += 1
            byMonth[month]?.days.insert("\(event.user) \(event.day)")
            if seen.insert(event.user).inserted { byMonth[month]?.first += 1 }
        }
        for month in usage.months where month.signIns != nil {
            let told = byMonth[month.month]
            #expect(month.signIns == told?.signIns ?? 0, "\(detail.app.label) \(month.month)")
            #expect(month.people == told?.people.count ?? 0, "\(detail.app.label) \(month.month)")
            if let first = month.firstTime { #expect(first == told?.first ?? 0, "\(month.month)") }
            if let days = month.personDays { #expect(days == told?.days.count ?? 0, "\(month.month)") }
        }
        #expect(usage.months.last?.signIns != nil && usage.months.last?.firstTime != nil)
        #expect(usage.months.filter { $0.firstTime != nil }.count >= 2)
        guard let silence = usage.silence else { return }
        var told = SilenceHistogram()
        for holder in truth.holders[detail.app.id] ?? [] {
            if let last = truth.lastDay(detail.app.id, holder.user) {
                told.last[min(4, (truth.today - last) / 30)] += 1
            } else if let since = moment.usageSince, let at = holder.assignedAt, at >= since {
                told.never += 1
            } else {
                told.notSinceLog += 1
            }
        }
        #expect(silence == told, "\(detail.app.label)")
        #expect(silence.all == usage.assigned)
    }

    private func compareHours(_ fixture: UsageFixture, _ truth: UsageTruth, _ moment: Moment) async throws {
        var told = [[Int64]](repeating: [Int64](repeating: 0, count: 24), count: 7)
        for event in truth.signIns where event.day > truth.today - 90 {
            // 5 January 1970 was a Monday.
            told[(event.day - 4) % 7][Int(event.at.seconds % 86_400 / 3600)] += 1
        }
        let hours = try await fixture.store.signOnHours(moment)
        #expect(hours.counts == told)
        #expect(hours.most > 1 && hours.counts[0].reduce(0, +) > hours.counts[6].reduce(0, +))
    }

    @Test("departments: active people, apps used, seats and how many of them are used", arguments: cases)
    func departments(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await UsageFixture.with(engine, seed: seed) { fixture in
            try await fixture.store.keepUsage(now: fixture.now)
            for (moment, truth) in try await Self.moments(fixture) {
                let grades = try await fixture.store.usageGrades(moment).values
                let hidden = Set(grades.filter { $0.grade == .none }.map(\.appID))
                let list = ListDefinition.usageOfDepartments(moment)
                let rows = try await fixture.store.list(list, ListRequest(limit: 500)).rows
                let lasts = Dictionary(
                    truth.signIns.map { ("\($0.app) \($0.user)", $0.day) }, uniquingKeysWith: { max($0, $1) })
                for row in rows {
                    let name = row.text("department")
                    let people = truth.departments.filter { $0.value.name == name }
                    let staying = Set(people.filter { !$0.value.hasLeft }.keys)
                    let recent = truth.signIns.filter { $0.day > truth.today - 90 && people[$0.user] != nil }
                    #expect(row.number("people") == Int64(staying.count), "\(name)")
                    let active = Set(recent.filter { $0.day > truth.today - 30 }.map(\.user)).intersection(staying)
                    #expect(row.number("active_30d") == Int64(active.count), "\(name)")
                    #expect(row.number("apps_used_90d") == Int64(Set(recent.map(\.app)).count), "\(name)")
                    var seats = (all: 0, used: 0, hidden: 0)
                    for (app, holders) in truth.holders {
                        for holder in holders where people[holder.user] != nil {
                            if hidden.contains(app) {
                                seats.hidden += 1
                                continue
                            }
                            seats.all += 1
                            if lasts["\(app) \(holder.user)"].map({ $0 > truth.today - 60 }) ?? false {
                                seats.used += 1
                            }
                        }
                    }
                    let found = ["seats", "seats_used_60d", "seats_no_data"].map { row.number($0) }
                    #expect(found == [seats.all, seats.used, seats.hidden].map(Int64.init), "\(name)")
                }
                #expect(rows.count > 5)
            }
        }
    }

    @Test("a person: the apps used, not used and without data, with last use and active days", arguments: cases)
    func people(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await UsageFixture.with(engine, seed: seed) { fixture in
            var states: Set<String> = []
            for (moment, truth) in try await Self.moments(fixture) {
                for person in try await fixture.store.list(.users(moment), ListRequest(limit: 25)).rows {
                    let id = person.text("id")
                    let detail = try await fixture.store.user(id, moment)
                    let list = ListDefinition.usage(ofPerson: detail.key, moment)
                    let rows = try await fixture.store.list(list, ListRequest(limit: 500)).rows
                    let events = truth.signIns.filter { $0.user == id }
                    let held = Set(truth.holders.filter { $0.value.contains { $0.user == id } }.keys)
                    let there = Set(
                        try fixture.simulator.print(
                            "apps", asOf: moment.asOf.time?.iso8601 ?? UsageFixture.noon
                        ).rows.map { $0[0] })
                    #expect(Set(rows.map { $0.text("app_id") }) == held.union(events.map(\.app)).intersection(there))
                    for row in rows {
                        let own = events.filter { $0.app == row.text("app_id") }
                        let days = Set(own.filter { $0.day > truth.today - 90 }.map(\.day)).count
                        #expect(row.number("active_days_90d") == Int64(days))
                        #expect(row.number("sign_ins_90d") == Int64(own.count { $0.day > truth.today - 90 }))
                        #expect(row.time("last_sign_in_at")?.seconds == own.last?.at.seconds)
                        #expect((row.text("assigned") == "yes") == held.contains(row.text("app_id")))
                        let isUsed = own.last.map { $0.day > truth.today - 60 } ?? false
                        let state = row.text("grade") == "D" ? "no data" : isUsed ? "used" : "not used"
                        #expect(row.text("use") == state)
                        states.insert(state)
                    }
                }
            }
            #expect(states == ["used", "not used", "no data"])
        }
    }

    @Test("what is kept of a sync is what is counted without it, and a second sync changes nothing", arguments: cases)
    func kept(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await UsageFixture.with(engine, seed: seed) { fixture in
            let moment = try await fixture.store.moment(.now, now: fixture.now)
            let lists: [ListDefinition] = [.usageOfApps(moment), .usageOfDepartments(moment), .usageOfMonths(moment)]
            func cells() async throws -> [[[String]]] {
                var all: [[[String]]] = []
                for list in lists {
                    let graded = Set(["grade_reason", "calibrated_at"])
                    let names = list.header.filter { !graded.contains($0) }
                    let rows = try await fixture.store.list(list, ListRequest(limit: 5000)).rows
                    all.append(rows.map { row in names.map { "\(row[$0])" } }.sorted { $0.joined() < $1.joined() })
                }
                return all
            }
            let counted = try await cells()
            #expect(counted.allSatisfy { $0.count > 5 })
            #expect(try await fixture.store.usageCountedAt(moment) == nil)
            try await fixture.store.keepUsage(now: fixture.now)
            #expect(try await fixture.store.usageCountedAt(moment) == fixture.now)
            #expect(try await cells() == counted)
            let hours = try await fixture.rows("SELECT * FROM usage_hours ORDER BY 1, 2, 3")
            let tables = ["usage_windows", "usage_backtests", "active_months"]
            var before: [[[Value]]] = []
            for table in tables { before.append(try await fixture.rows("SELECT * FROM \(table) ORDER BY 1, 2, 3, 4")) }
            try await fixture.sync()
            try await fixture.store.calibrateUsage(now: fixture.now)
            #expect(try await fixture.rows("SELECT * FROM usage_hours ORDER BY 1, 2, 3") == hours)
            for (table, rows) in zip(tables, before) {
                #expect(try await fixture.rows("SELECT * FROM \(table) ORDER BY 1, 2, 3, 4") == rows)
            }
            #expect(try await cells() == counted)
        }
    }
}
