import DatabaseEngine
import Directory
import Storage

/// Reads what is known of leavers, one after the other, each by a few steps into indexes.
struct LeaverReader {
    private let connection: Connection
    private let workspaceID: Int64
    private let moment: Moment
    private let statements: LeaverStatements
    let surroundings: LeaverSurroundings
    private let roster: RosterReader
    private let reports: ReportReader

    /// How many people a server is asked about at once.
    static let together = 200

    init(_ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        self.connection = connection
        self.workspaceID = workspaceID
        self.moment = moment
        statements = try LeaverStatements(connection, workspaceID, moment)
        surroundings = try LeaverSurroundings(connection, workspaceID, moment)
        roster = try RosterReader(connection, workspaceID, moment)
        reports = try ReportReader(connection, workspaceID, moment)
    }

    /// Tells a server of everybody who is asked about next.
    func expect(_ keys: some Sequence<Int64>) throws { try statements.expect(keys) }

    /// Everything of one person who has left; nil for somebody who has not, unless somebody says since when they have.
    ///
    /// - Parameter opened: when somebody opened a case by hand.
    func facts(of key: Int64, opened: Timestamp? = nil) throws -> LeaverFacts? {
        var stretches: [AccountStretch] = []
        var person: LeaverPerson?
        var integration: Int64 = 0
        try statements.each(statements.versions, key) { row in
            stretches.append(
                AccountStretch(
                    from: row.integer(0), to: row.optionalInteger(1),
                    how: Evidence(rawValue: row.integer(2)) ?? .firstSight, status: row.text(3)))
            person = Self.person(key, row)
            integration = row.integer(14)
        }
        guard var person, let last = stretches.last else { return nil }
        if last.to != nil { person.status = "" }
        let left = try roster.lastDay(of: person, by: moment.time)
        let end: LeaverEnd? =
            LeaverEnd(stretches)?.with(rosterDay: left) ?? left.map { LeaverEnd(roster: $0) }
            ?? opened.map { LeaverEnd(openedBy: $0) }
        guard let end else { return nil }
        return try facts(of: person, integration, end)
    }

    private func facts(of person: LeaverPerson, _ integration: Int64, _ end: LeaverEnd) throws -> LeaverFacts {
        let key = person.key
        var (apps, activity) = try apps(of: key, end)
        if !surroundings.isRead(.assignments, integration) { apps.removeAll() }
        let groups = try groups(of: key, end)
        let own = try roles(of: key, end)
        let through = groups.flatMap { rolesThrough($0.key, $0.holding, own, end) }
        let deeds = try statements.events.firstTime(workspaceID, key)
        for time in [person.lastLogin, deeds] { activity.add(time, after: end.mayActUntil) }
        for app in surroundings.implicitApps {
            statements.implicitUse.bind([.integer(workspaceID), .integer(key), .integer(app)])
            activity.add(try statements.implicitUse.first { $0.time(0) } ?? nil, after: end.mayActUntil)
        }
        let isRead = { surroundings.isRead($0, integration) }
        let known = end.at.rawValue - LeaverRules.lead
        return LeaverFacts(
            person: person, end: end, isPastKnown: surroundings.isKnown(at: known, integration),
            isPresentKnown: surroundings.isKnown(at: moment.time.rawValue, integration),
            apps: apps, unreadApps: surroundings.unreadApps, groups: isRead(.memberships) ? groups.map(\.holding) : nil,
            roles: isRead(.roles) ? own + through : nil,
            tokens: isRead(.apiTokens) && surroundings.isSeen(at: moment.time.rawValue, integration)
                ? tokens(of: key, end) : nil,
            reports: try reports.reports(to: person), owned: owned(by: person), activityAfter: activity.last,
            isActivityKnown: isRead(.logs))
    }

    private static func person(_ key: Int64, _ row: Row) -> LeaverPerson {
        LeaverPerson(
            key: key, id: row.text(4), login: row.text(5), email: row.optionalText(6), firstName: row.optionalText(7),
            lastName: row.optionalText(8), status: row.text(3), department: row.optionalText(9),
            title: row.optionalText(10), manager: row.optionalText(11), employeeNumber: row.optionalText(12),
            lastLogin: row.time(13))
    }

    // MARK: apps

    private struct Activity {
        var last: Timestamp?

        mutating func add(_ time: Timestamp?, after end: Timestamp) {
            guard let time, time > end else { return }
            last = max(last ?? time, time)
        }
    }

    /// The apps that count: had within the hour before the end, or since.
    private func apps(of key: Int64, _ end: LeaverEnd) throws -> ([LeaverApp], Activity) {
        var apps: [LeaverApp] = []
        var activity = Activity()
        try statements.each(statements.assignments, key) { row in
            let lastUse = row.time(6)
            activity.add(lastUse, after: end.mayActUntil)
            let ended = row.time(2)
            let from = Timestamp(rawValue: row.integer(1))
            let appKey = row.integer(0)
            guard let kind = surroundings.apps[appKey], Self.counts(ended, end) else { return }
            var app = LeaverApp(
                key: appKey, id: kind.id, label: kind.label, signOnMode: kind.signOnMode, way: kind.way, why: kind.why,
                scope: row.integer(5) == 1 ? "USER" : row.integer(5) == 2 ? "GROUP" : "", from: from,
                hadThen: from < end.at, endedAt: ended,
                endEvidence: ended.flatMap { _ in Evidence(rawValue: row.integer(3)) },
                endRun: ended.flatMap { _ in row.optionalInteger(4) }, lastUse: lastUse)
            // Several stretches of one app are one app: the last tells how it stands, any whether they had it.
            if let before = apps.last, before.key == appKey {
                app.hadThen = app.hadThen || before.hadThen
                apps.removeLast()
            }
            apps.append(app)
        }
        return (apps, activity)
    }

    /// Whether something that ended then, or has not, was there when the person left, or since.
    private static func counts(_ ended: Timestamp?, _ end: LeaverEnd) -> Bool {
        ended.map { $0.rawValue > end.at.rawValue - LeaverRules.lead } ?? true
    }

    // MARK: the rest

    private func groups(of key: Int64, _ end: LeaverEnd) throws -> [(key: Int64, holding: LeaverHolding)] {
        var groups: [(key: Int64, holding: LeaverHolding)] = []
        try statements.each(statements.memberships, key) { row in
            let ended = row.time(2)
            guard let kind = surroundings.groups[row.integer(0)], !kind.isBuiltIn, Self.counts(ended, end) else {
                return
            }
            if groups.last?.key == row.integer(0) { groups.removeLast() }
            groups.append(
                (
                    row.integer(0),
                    LeaverHolding(
                        id: kind.id, label: kind.name,
                        detail: kind.isFilledByApp ? "An app fills it: end it there" : nil,
                        from: row.time(1), endedAt: ended,
                        endEvidence: ended.flatMap { _ in Evidence(rawValue: row.integer(3)) },
                        endRun: ended.flatMap { _ in row.optionalInteger(4) })
                ))
        }
        return groups
    }

    private func roles(of key: Int64, _ end: LeaverEnd) throws -> [LeaverHolding] {
        var roles: [LeaverHolding] = []
        try statements.each(statements.roles, key) { row in
            let ended = row.time(5)
            guard Self.counts(ended, end) else { return }
            let role = LeaverHolding(
                id: "\(row.text(1)):\(row.text(0))", label: row.text(2),
                detail: row.text(3) == "GROUP" ? "through a group" : nil, from: row.time(4), endedAt: ended,
                endEvidence: ended.flatMap { _ in Evidence(rawValue: row.integer(6)) },
                endRun: ended.flatMap { _ in row.optionalInteger(7) })
            if roles.last?.id == role.id { roles.removeLast() }
            roles.append(role)
        }
        return roles
    }

    /// The roles that a group gives, as long as the person is in it, unless Okta lists them among the person's own.
    private func rolesThrough(
        _ group: Int64, _ member: LeaverHolding, _ own: [LeaverHolding], _ end: LeaverEnd
    ) -> [LeaverHolding] {
        (surroundings.groupRoles[group] ?? []).compactMap { role in
            let isListed = own.contains {
                $0.detail != nil && $0.isPresent && $0.id.hasPrefix("\(role.type):")
            }
            let ends = [role.to.map(Timestamp.init(rawValue:)), member.endedAt].compactMap(\.self)
            let ended = ends.min()
            let began = max(member.from?.rawValue ?? role.from, role.from)
            // Given after the person had left the group, or taken before the person left.
            let isReal = ended.map({ $0.rawValue > began }) ?? !isListed
            guard isReal, Self.counts(ended, end) else { return nil }
            return LeaverHolding(
                id: "\(role.type):\(role.id):\(member.id)", label: role.label, detail: "through \(member.label)",
                from: Timestamp(rawValue: began), endedAt: ended,
                endEvidence: ended.flatMap { _ in member.endEvidence ?? .betweenSyncs },
                endRun: ended.flatMap { _ in member.endRun })
        }
    }

    private func tokens(of key: Int64, _ end: LeaverEnd) -> [LeaverHolding] {
        (surroundings.tokens[key] ?? []).filter { Self.counts($0.endedAt, end) }
    }

    private func owned(by person: LeaverPerson) -> [LeaverHolding] {
        guard !surroundings.owned.isEmpty else { return [] }
        let names = Set([person.id, person.login, person.email ?? "", person.name].map { $0.lowercased() })
        return names.subtracting([""]).sorted().flatMap { surroundings.owned[$0] ?? [] }
    }
}

extension Statement {
    /// The one time that a question about one person answers.
    fileprivate func firstTime(_ workspaceID: Int64, _ key: Int64) throws -> Timestamp? {
        bind([.integer(workspaceID), .integer(key)])
        return try first { $0.time(0) } ?? nil
    }
}
