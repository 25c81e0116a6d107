import DatabaseEngine
import Directory
public import Problems
public import Storage

extension Store {
    /// Every app with its licences at a moment, in order of apps: what is bought, who has it, in which buckets.
    ///
    /// Takes one pass over people, and for each app one over who has it and one over who uses it. Two apps are read at a
    /// time.
    public func licences(
        _ moment: Moment, _ decisions: SeatDecisions, evidence: [Int64: SeatEvidence]
    ) async throws(Problem) -> [Licence] {
        let reader = try await licenceReader(moment, decisions, evidence)
        let apps = reader.apps
        do {
            return try await withThrowingTaskGroup(of: (Int, [Licence]).self) { group in
                var found = [[Licence]](repeating: [], count: apps.count)
                var next = 0
                func add() {
                    guard next < apps.count else { return }
                    let position = next
                    next += 1
                    group.addTask { (position, try await self.licences(of: apps[position], reader)) }
                }
                add()
                add()
                while let (position, licences) = try await group.next() {
                    found[position] = licences
                    add()
                }
                return found.flatMap { $0 } + reader.withoutApp
            }
        } catch {
            throw Problem.from(error)
        }
    }

    /// The licences of one app at a moment, by its Okta id; empty when there is no such app.
    public func licences(
        of app: String, _ moment: Moment, _ decisions: SeatDecisions, evidence: [Int64: SeatEvidence]
    ) async throws(Problem) -> [Licence] {
        let reader = try await licenceReader(moment, decisions, evidence)
        guard let app = reader.apps.first(where: { $0.id == app }) else { return [] }
        return try await licences(of: app, reader)
    }

    /// Every assigned seat of one app at a moment, in order of people's keys.
    public func seats(
        of app: String, _ moment: Moment, _ decisions: SeatDecisions, evidence: [Int64: SeatEvidence],
        where keep: @escaping @Sendable (Seat) -> Bool = { _ in true }
    ) async throws(Problem) -> [Seat] {
        let reader = try await licenceReader(moment, decisions, evidence)
        guard let app = reader.apps.first(where: { $0.id == app }) else { return [] }
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var seats: [Seat] = []
            _ = try reader.read(app, connection, workspaceID) { if keep($0) { seats.append($0) } }
            return seats
        }
    }

    /// Every assigned seat of every app, an app at a time, with the app's licences.
    public func eachSeat(
        _ moment: Moment, _ decisions: SeatDecisions, evidence: [Int64: SeatEvidence],
        _ body: (_ licences: [Licence], _ seats: [Seat]) async throws -> Void
    ) async throws {
        let reader = try await licenceReader(moment, decisions, evidence)
        let workspaceID = workspaceID
        for app in reader.apps {
            let (licences, seats) = try await engine.read { connection in
                var seats: [Seat] = []
                let licences = try reader.read(app, connection, workspaceID) { seats.append($0) }
                return (licences, seats)
            }
            try await body(licences, seats)
        }
    }

    private func licences(of app: SeatApp, _ reader: LicenceReader) async throws(Problem) -> [Licence] {
        let workspaceID = workspaceID
        return try await engine.read { connection in try reader.read(app, connection, workspaceID) { _ in } }
    }

    private func licenceReader(
        _ moment: Moment, _ decisions: SeatDecisions, _ evidence: [Int64: SeatEvidence]
    ) async throws(Problem) -> LicenceReader {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try LicenceReader(connection, workspaceID, moment, decisions, evidence)
        }
    }
}

/// What the licences of all apps are worked out with: read once.
struct LicenceReader: Sendable {
    let apps: [SeatApp]
    private let moment: Moment
    private let decisions: SeatDecisions
    private let evidence: [Int64: SeatEvidence]
    private let people: PeopleFacts
    private let protected: [String: Set<Int64>]
    /// Who uses each app of a category that has others.
    private var users: [Int64: (category: String, seen: SeenKeys)] = [:]

    init(
        _ connection: Connection, _ workspaceID: Int64, _ moment: Moment, _ decisions: SeatDecisions,
        _ evidence: [Int64: SeatEvidence]
    ) throws {
        self.moment = moment
        self.decisions = decisions
        self.evidence = evidence
        apps = try SeatApp.all(connection, workspaceID, moment.asOf)
        people = try PeopleFacts(connection, workspaceID, moment.asOf)
        var keys: [String: Set<Int64>] = [:]
        for (app, ids) in decisions.protected {
            for id in ids {
                guard let key = try Objects.key(connection, workspaceID, oktaID: id) else { continue }
                keys[app, default: []].insert(key)
            }
        }
        protected = keys
        for app in apps {
            guard let category = decisions.categories[app.id], isShared(category) else { continue }
            let uses = try SeatUses(connection, workspaceID, app: app.key, moment, byMonth: false)
            users[app.key] = (
                category, uses.within(judge(app, decisions.policy(app: app.id, product: "")).windowDays, of: moment)
            )
        }
    }

    private func isShared(_ category: String) -> Bool {
        !category.isEmpty && apps.count { decisions.categories[$0.id] == category } > 1
    }

    private func evidence(of app: SeatApp) -> SeatEvidence {
        evidence[app.key] ?? SeatEvidence(.none, reason: "Nothing is known of how people sign in to it.")
    }

    private func judge(_ app: SeatApp, _ policy: SeatPolicy, months: Bool = false) -> SeatJudge {
        SeatJudge(moment, policy, evidence(of: app), months: months)
    }

    /// Lines in force whose app Okta does not have.
    var withoutApp: [Licence] {
        let known = Set(apps.map(\.id))
        let day = CalendarDay(moment.time)
        let ids = Set(decisions.lines.filter { $0.covers(day) }.compactMap(\.appID)).subtracting(known)
        return ids.sorted().flatMap { id in
            decisions.products(of: id, on: day).map { product in
                Licence(
                    appKey: nil, appID: id, appLabel: id, product: product.product, day: day, lines: product.lines,
                    policy: decisions.policy(app: id, product: product.product),
                    evidence: SeatEvidence(.none, reason: "Okta has no such app."), buckets: nil)
            }
        }
    }

    /// The licences of an app, and each of its seats.
    func read(
        _ app: SeatApp, _ connection: Connection, _ workspaceID: Int64, _ seat: (Seat) throws -> Void
    ) throws -> [Licence] {
        var products = try AppProducts(app, decisions, moment, connection, workspaceID)
        // In which months seats were used takes a pass over every day of use: only where seats are paid for.
        let byMonth = products.licences.contains { !$0.lines.isEmpty } && evidence(of: app).isObservable
        let judges = products.licences.map { judge(app, $0.policy, months: byMonth) }
        let isTold = !app.isOpenToAll && !app.isUnread
        var buckets = [SeatBuckets](repeating: SeatBuckets(), count: judges.count)
        var monthCounts = [[Int]](repeating: [], count: judges.count)
        if isTold {
            let uses = try SeatUses(connection, workspaceID, app: app.key, moment, byMonth: byMonth)
            let walk = SeatWalk(
                connection: connection, workspaceID: workspaceID, moment: moment, people: people, protected: protected)
            let others = users.filter { $0.key != app.key && $0.value.category == decisions.categories[app.id] }
            try walk.each(
                app, &products, judges, uses,
                usedElsewhere: { user in others.contains { $0.value.seen.contains(user) } }
            ) { one in
                buckets[one.licence][one.bucket] += 1
                try seat(one)
            }
            monthCounts = judges.map { _ in uses.monthCounts }
        }
        return try products.licences.indices.compactMap { index in
            let (product, lines, policy) = products.licences[index]
            // Seats that no line is for are a licence only where there are some, or where nothing is bought at all.
            if product.isEmpty, lines.isEmpty, products.licences.count > 1, buckets[index].all == 0 { return nil }
            var licence = Licence(
                appKey: app.key, appID: app.id, appLabel: app.label, product: product, day: CalendarDay(moment.time),
                lines: lines, policy: policy, evidence: evidence(of: app), windowDays: judges[index].windowDays,
                isOpenToAll: app.isOpenToAll, buckets: isTold ? buckets[index] : nil)
            if Self.isWhole(lines) { licence.peakActive = monthCounts[index].max() }
            licence.period = isTold ? try period(licence, products, connection, workspaceID) : nil
            return licence
        }
    }

    private static func isWhole(_ lines: [LicenceLine]) -> Bool {
        lines.contains { $0.kind == .seats && $0.selector == .all }
    }

    private func period(
        _ licence: Licence, _ products: AppProducts, _ connection: Connection, _ workspaceID: Int64
    ) throws -> Licence.AssignedPeriod? {
        guard let line = licence.lines.first(where: { $0.trueUp != nil }), let clause = line.trueUp,
            clause.measure != .atDate, let term = line.term(on: licence.day), let app = licence.appKey
        else { return nil }
        func selectors(_ lines: [LicenceLine]) -> [SeatSelector] { lines.filter { $0.kind == .seats }.map(\.selector) }
        let days = AssignedDays(connection: connection, workspaceID: workspaceID, moment: moment)
        let others = products.licences.filter { $0.product != licence.product }.flatMap { selectors($0.lines) }
        return try days.period(
            from: clause.begin(of: licence.day, in: term), app: app, selectors(licence.lines), others: others,
            now: licence.assigned ?? 0)
    }
}
