import Analysis
import DatabaseEngine
import Directory
import Foundation
import Governance
import Logging
import OktaAPI
import OktaSimulator
import Problems
import Storage
import Support
import Sync
import Testing

/// Buckets and counts of a synced tenant, against what the simulator says was true: worked out here from its tables, by
/// the definition and with none of the code that is tested.
@Suite("Seats of a simulated tenant, against what was true") struct LicenceTruthTests {
    private static let now = "2026-06-15T12:00:00Z"
    private static let day: Int64 = 86_400_000_000

    @Test(
        "every seat of every app is in the one bucket that the truth puts it in, now and at past dates",
        arguments: TestEngine.available, [UInt64(3), 11, 29])
    func buckets(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await SimulatedCompany.with(engine, seed: seed, now: Self.now) { store, simulator in
            var kinds: Set<String> = []
            for date in [Self.now, "2026-06-01T00:00:00Z", "2026-05-04T00:00:00Z"] {
                let time = try #require(Timestamp(iso8601: date))
                let asOf: AsOf = date == Self.now ? .now : .at(time)
                let moment = try await store.moment(asOf, now: time)
                var decisions = SeatDecisions(policy: SeatPolicy(windowDays: 30, underusedPercent: 0))
                let protected = try Self.someone(simulator, date)
                decisions.protected[""] = [protected]
                let reader = try await store.licenceReader(
                    moment, decisions, evidence: try await store.seatEvidence(moment))
                let truth = try Self.truth(
                    simulator, date, since: try #require(moment.usageSince), protected: protected)
                var found: Set<String> = []
                for app in store.apps(reader) {
                    guard let (licences, seats) = try await store.seats(of: app, reader) else { continue }
                    let rows = try await store.seatRows(licences, seats, moment)
                    for row in ListDefinition.seats(rows).texts(["app_id", "user_id", "bucket"], rows) {
                        found.insert(row)
                    }
                    let licence = try #require(licences.first)
                    #expect(licence.buckets.map { $0.all == seats.count } ?? true)
                }
                #expect(found == truth, "\(date): \(found.symmetricDifference(truth).sorted().prefix(12))")
                for line in truth { kinds.insert(String(line.split(separator: "|").last ?? "")) }
            }
            // Not every small company has a leaver who still has an app.
            let needed =
                ["protected", "new", "no_data", "never_used", "inactive", "active"] + (seed == 3 ? ["leaver"] : [])
            #expect(kinds.isSuperset(of: needed), "\(kinds)")
        }
    }

    @Test(
        "a licence for a group has exactly the people of the group who have the app, the rest all others",
        arguments: TestEngine.available)
    func products(_ engine: TestEngine) async throws {
        try await SimulatedCompany.with(engine, seed: 7, now: Self.now) { store, simulator in
            let held = try simulator.print("assignments", asOf: Self.now)
            let members = try simulator.print("memberships", asOf: Self.now)
            let app = try #require(Self.largest(held, "app_id"))
            let users = Set(held.rows.filter { $0[2] == app }.map { $0[0] })
            let groups = Dictionary(grouping: members.rows, by: { $0[0] }).mapValues { Set($0.map { $0[2] }) }
            let group = try #require(
                groups.filter { !$0.value.intersection(users).isEmpty && !users.isSubset(of: $0.value) }.keys.min())
            let inside = users.intersection(groups[group] ?? []).count
            var contract = Contract(
                vendor: "Vendor", title: "Agreement", startsOn: CalendarDay(year: 2026, month: 1, day: 1),
                endsOn: CalendarDay(year: 2027, month: 1, day: 1), currency: try #require(Currency("EUR")))
            contract.lines = [
                ContractLine(product: "Pro", appID: app, selector: .group(group), seats: inside + 5, unitPrice: 100),
                ContractLine(
                    product: "Basic", appID: app, selector: .rest, seats: 1, unitPrice: 100,
                    trueUp: TrueUpClause(measure: .peak, every: .quarter)),
            ]
            let now = try #require(Timestamp(iso8601: Self.now))
            _ = try await store.add(contract, by: "test", at: now)
            let moment = try await store.moment(.now, now: now)
            let licences = try await store.licences(moment).filter { $0.appID == app }
            #expect(licences.map(\.product) == ["Basic", "Pro"])
            #expect(licences.map(\.assigned) == [users.count - inside, inside])
            #expect(licences[1].shelf == 5 && licences[0].overage == max(0, users.count - inside - 1))
            // The most at any midnight since 1 April, the quarter of the term, and now.
            let period = try #require(licences[0].period)
            #expect(period.begins.text == "2026-04-01" && period.days == 76)
            var peak = users.count - inside
            var sum = 0
            for offset in 0..<76 {
                let date = CalendarDay(year: 2026, month: 4, day: 1).adding(days: Int64(offset)).text
                let then = Set(
                    try simulator.print("assignments", asOf: date).rows.filter { $0[2] == app }.map { $0[0] })
                let taken = Set(
                    try simulator.print("memberships", asOf: date).rows.filter { $0[0] == group }.map { $0[2] })
                peak = max(peak, then.subtracting(taken).count)
                sum += then.subtracting(taken).count
            }
            #expect(period.peak == peak && Int(period.personDays) == sum, "\(period) \(peak) \(sum)")
        }
    }

    // MARK: the truth

    private static func largest(_ table: SimulatorTable, _ column: String) -> String? {
        guard let place = table.columns.firstIndex(of: column) else { return nil }
        return Dictionary(grouping: table.rows, by: { $0[place] }).max {
            ($0.value.count, $0.key) < ($1.value.count, $1.key)
        }?.key
    }

    /// Somebody who works here and has apps.
    private static func someone(_ simulator: Simulator, _ date: String) throws -> String {
        let active = Set(try simulator.print("users", asOf: date).rows.filter { $0[5] == "ACTIVE" }.map { $0[0] })
        return try #require(simulator.print("assignments", asOf: date).rows.map { $0[0] }.first { active.contains($0) })
    }

    /// `app|person|bucket` of every seat, by the definition alone.
    private static func truth(
        _ simulator: Simulator, _ date: String, since: Timestamp, protected: String
    ) throws -> Set<String> {
        let now = try #require(Timestamp(iso8601: date)).rawValue
        let month = CalendarDay(Timestamp(rawValue: now - 30 * day)).start.rawValue + now % day
        let users = try people(simulator, date)
        let before = try people(simulator, Timestamp(rawValue: month).iso8601Seconds)
        let apps = try simulator.print("apps", asOf: date).rows
        let used = Set(try simulator.print("usage", asOf: date).rows.map { $0[0] })
        let observable = Set(
            apps.filter { app in
                ["SAML_2_0", "SAML_1_1", "OPENID_CONNECT", "WS_FEDERATION"].contains(app[3]) && used.contains(app[0])
                    && app[1] != "saasure" && !app[1].hasPrefix("okta_")
            }.map { $0[0] })
        return Set(
            try simulator.print("assignments", asOf: date).rows.map { row in
                let (user, app) = (row[0], row[2])
                let assigned = Timestamp(iso8601: row[8])?.rawValue ?? 0
                let lastUse = Timestamp(iso8601: row[12])?.rawValue
                let owner = users[user]
                let bucket: String
                if owner == nil || owner?.status == "DEPROVISIONED" {
                    bucket = "leaver"
                } else if owner?.status == "SUSPENDED" {
                    bucket = "suspended"
                } else if ["STAGED", "PROVISIONED"].contains(owner?.status), before[user]?.status == owner?.status {
                    bucket = "suspended"
                } else if user == protected {
                    bucket = "protected"
                } else if assigned > now - 30 * day || owner?.created ?? 0 > now - 30 * day {
                    bucket = "new"
                } else if !observable.contains(app) {
                    bucket = "no_data"
                } else if let lastUse {
                    bucket = now / day - lastUse / day >= 30 ? "inactive" : "active"
                } else if assigned >= since.rawValue {
                    bucket = "never_used"
                } else {
                    bucket = since.rawValue <= (now / day - 29) * day ? "inactive" : "no_data"
                }
                return "\(app)|\(user)|\(bucket)"
            })
    }

    private static func people(
        _ simulator: Simulator, _ date: String
    ) throws -> [String: (status: String, created: Int64)] {
        Dictionary(
            try simulator.print("users", asOf: date).rows.map { row in
                (row[0], (status: row[5], created: Timestamp(iso8601: row[6])?.rawValue ?? 0))
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension ListDefinition {
    /// Some columns of rows that were worked out, a line for each.
    fileprivate func texts(_ names: [String], _ rows: [[Value]]) -> [String] {
        let places = names.compactMap { name in columns.firstIndex { $0.name == name } }
        return rows.map { row in
            places.map { place in if case .text(let text) = row[place] { text } else { "" } }.joined(separator: "|")
        }
    }
}

/// A simulated tenant, synced into a store of its own.
private enum SimulatedCompany {
    struct OpenVault: SecretVault {
        func seal(_ secret: [UInt8], purpose: String) throws(Problem) -> [UInt8] { secret }
        func open(_ sealed: [UInt8], purpose: String) throws(Problem) -> [UInt8] { sealed }
    }

    static func with(
        _ kind: TestEngine, seed: UInt64, now: String,
        _ body: @Sendable @escaping (Store, Simulator) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-seats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        configuration.people = 110
        configuration.apps = 30
        configuration.groups = 40
        configuration.days = 90
        configuration.seed = seed
        configuration.now = now
        configuration.limits = .none
        let simulator = try Simulator(configuration)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let engine = try await kind.open(in: folder)
        let store = try await Store.open(engine, workspace: "default", now: .now)
        var settings = Integrations.Configuration(lockFolder: folder.path)
        settings.okta.rateShare = 1
        settings.okta.retryBaseSeconds = 0.01
        let integrations = Integrations(
            store: store, vault: OpenVault(), configuration: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await simulator.run { port in
                    continuation.yield(port)
                    continuation.finish()
                }
            }
            for await port in ports {
                let domain = try OktaDomain(pasted: "http://127.0.0.1:\(port)")
                let integration = try await integrations.connect(
                    name: "acme", contact: nil, domain: domain, credential: .apiToken(simulator.token)
                ).0
                let status = try await integrations.sync(integration).run.status
                #expect(status == .complete)
                try await body(store, simulator)
                break
            }
            group.cancelAll()
        }
        try engine.close()
    }
}
