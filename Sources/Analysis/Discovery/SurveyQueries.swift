import DatabaseEngine
import Directory
import Storage

/// Reads what a survey is made of: each table once, in the order of its key.
struct SurveyQueries {
    let connection: Connection
    let workspaceID: Int64
    let moment: Moment

    private var workspace: [Value] { [.integer(workspaceID)] }

    func survey(unread: [Unread]) throws -> Survey {
        let uses = moment.usageKnown ? try uses() : Uses()
        let consents = try consents()
        let listed = try listed()
        let names = try unlisted(Set(uses.last.keys).union(consents.keys).subtracting(listed.keys))
        let assigned = moment.asOf == .now ? [:] : try assigned()
        var services: [DiscoveredService] = []
        for (key, app) in listed {
            // Of one that is long gone nobody needs to decide anything, unless somebody used it.
            services.append(try service(key, app, uses, consents[key], assigned))
        }
        for (key, name) in names {
            let app = ListedApp(
                id: name.id, name: "", label: name.label, status: "", holds: false, began: name.seen, ended: nil)
            services.append(try service(key, app, uses, consents[key], assigned))
        }
        services.sort { ($0.label.lowercased(), $0.id) < ($1.label.lowercased(), $1.id) }
        return Survey(
            services: services, machines: try machines(), console: try console(), unread: unread,
            active: uses.sets, people: uses.people)
    }

    // MARK: apps

    struct ListedApp {
        let id: String
        let name: String
        let label: String
        let status: String
        var mode: String?
        var created: Int64?
        let holds: Bool
        var began: Int64
        var ended: Int64?
        var users: Int?
        var isForEveryone = false
    }

    /// Every app that a list had shown by the moment: as it was then, else as it was last.
    private func listed() throws -> [Int64: ListedApp] {
        var apps: [Int64: ListedApp] = [:]
        try connection.each(
            """
            SELECT p.app_key, p.okta_id, p.name, p.label, p.status, p.sign_on_mode, p.created_at, p.valid_from,
                \(moment.asOf.endUntil("p")), p.users_count, p.implicit_assignment,
                CASE WHEN \(moment.asOf.holds("p")) THEN 1 ELSE 0 END
            FROM apps p WHERE p.workspace_id = $1 AND \(moment.asOf.began("p")) ORDER BY p.app_key, p.valid_from
            """, workspace
        ) { row in
            var app = ListedApp(
                id: row.text(1), name: row.text(2), label: row.text(3), status: row.text(4),
                mode: row.optionalText(5), created: row.optionalInteger(6), holds: row.flag(11),
                began: row.integer(7), ended: row.optionalInteger(8), users: row.optionalInteger(9).map(Int.init),
                isForEveryone: row.flag(10))
            if let former = apps[row.integer(0)] {
                app.began = min(app.began, former.began)
                app.created = app.created ?? former.created
                app.mode = app.mode ?? former.mode
            }
            apps[row.integer(0)] = app
            return true
        }
        return apps
    }

    /// The names of apps that only the log tells of.
    private func unlisted(_ keys: Set<Int64>) throws -> [Int64: (id: String, label: String, seen: Int64)] {
        var names: [Int64: (id: String, label: String, seen: Int64)] = [:]
        let find = try connection.prepare(
            """
            SELECT o.okta_id, n.name, (SELECT min(d.day) FROM usage_daily d
                WHERE d.workspace_id = $1 AND d.app_key = o.object_key)
            FROM objects o LEFT JOIN log_names n ON n.workspace_id = o.workspace_id AND n.object_key = o.object_key
            WHERE o.workspace_id = $1 AND o.object_key = $2
            """)
        for key in keys.sorted() {
            find.bind(workspace + [.integer(key)])
            let found = try find.first { row in
                (row.text(0), row.optionalText(1) ?? row.text(0), row.optionalInteger(2))
            }
            guard let (id, label, day) = found else { continue }
            let seen = day.map { Timestamp(day: Int32($0)).rawValue } ?? .max
            names[key] = (id: id, label: label, seen: seen)
        }
        return names
    }

    private func assigned() throws -> [Int64: Int] {
        var counts: [Int64: Int] = [:]
        try connection.each(
            """
            SELECT a.app_key, count(*) FROM assignments a WHERE a.workspace_id = $1 AND \(moment.asOf.holds("a"))
            GROUP BY a.app_key
            """, workspace
        ) { row in
            counts[row.integer(0)] = Int(row.integer(1))
            return true
        }
        return counts
    }

    private func service(
        _ key: Int64, _ app: ListedApp, _ uses: Uses, _ consents: DiscoveredService.Consents?, _ assigned: [Int64: Int]
    ) throws -> DiscoveredService {
        let match = Catalogue.match(oktaKey: app.name, label: app.label)
        let last = uses.last[key]
        let hadAssignments = try app.holds ? false : hadAssignments(key)
        var sources: [DiscoveredService.Source] = app.holds ? [.list] : []
        let users = moment.asOf == .now ? app.users : assigned[key] ?? 0
        if hadAssignments || (app.holds && (users ?? 0) > 0) { sources.append(.assignments) }
        if last != nil { sources.append(.signIns) }
        if consents != nil { sources.append(.consents) }
        let began = [app.created, app.began == .max ? nil : app.began, consents?.first.rawValue].compactMap(\.self)
            .min()
        let seen = [last, consents?.last.rawValue].compactMap(\.self).max()
        // A bookmark is opened, and a directory synced, without anybody signing in.
        let isSilent = (app.mode == nil || app.mode == "BOOKMARK") && app.holds && last == nil
        let isKnown = moment.usageKnown && !isSilent
        let standing: DiscoveredService.Standing =
            !app.holds ? .gone : app.status == "ACTIVE" ? .active : .inactive
        return DiscoveredService(
            id: app.id, key: key, label: app.label.isEmpty ? app.id : app.label, oktaName: app.name,
            signOnMode: app.mode, standing: standing, isForEveryone: app.isForEveryone, entry: match?.entry,
            method: match?.how, firstSeen: began.map(Timestamp.init(rawValue:)),
            lastSeen: seen.map(Timestamp.init(rawValue:)),
            goneSince: app.holds ? nil : app.ended.map(Timestamp.init(rawValue:)),
            assigned: app.holds ? users : 0,
            active30: isKnown ? uses.thirty[key] ?? 0 : nil, active90: isKnown ? uses.sets[key]?.count ?? 0 : nil,
            departments90: isKnown ? uses.departments[key]?.count ?? 0 : nil, consents: consents, sources: sources)
    }

    private func hadAssignments(_ key: Int64) throws -> Bool {
        try connection.first(
            """
            SELECT 1 FROM assignments a WHERE a.workspace_id = $1 AND a.app_key = $2 AND \(moment.asOf.began("a"))
            LIMIT 1
            """, workspace + [.integer(key)], { _ in true }) ?? false
    }
}

// MARK: who used what

extension SurveyQueries {
    struct Uses {
        /// The last sign-in to each app.
        var last: [Int64: Int64] = [:]
        var thirty: [Int64: Int] = [:]
        var sets: [Int64: PersonSet] = [:]
        var departments: [Int64: Set<Int>] = [:]
        var people: [Int64] = []
    }

    private func uses() throws -> Uses {
        let departments = try departments()
        var uses = Uses()
        var numbers: [Int64: Int] = [:]
        let month = (moment.today - 29) * Self.day
        let quarter = (moment.today - 89) * Self.day
        // Now, one row for each person and app that was ever used; of the past, as many as its ninety days have.
        let sql =
            moment.asOf.time == nil
            ? "SELECT l.app_key, l.user_key, l.last_at FROM last_uses l WHERE l.workspace_id = $1"
            : """
            SELECT d.app_key, d.user_key, max(d.last_at) FROM usage_daily d
            WHERE d.workspace_id = $1 AND d.day > \(moment.today - 90) AND \(moment.counts("d"))
            GROUP BY d.app_key, d.user_key
            """
        try connection.each(sql, workspace) { row in
            let app = row.integer(0)
            let at = row.integer(2)
            uses.last[app] = max(uses.last[app] ?? .min, at)
            guard at >= quarter else { return true }
            if at >= month { uses.thirty[app, default: 0] += 1 }
            let user = row.integer(1)
            let number = numbers[user] ?? uses.people.count
            if number == uses.people.count {
                numbers[user] = number
                uses.people.append(user)
            }
            uses.sets[app, default: PersonSet()].insert(number)
            if let department = departments[user] { uses.departments[app, default: []].insert(department) }
            return true
        }
        return uses
    }

    private static let day: Int64 = 86_400_000_000

    /// The number of each person's department; those without one have none.
    private func departments() throws -> [Int64: Int] {
        var names: [String: Int] = [:]
        var departments: [Int64: Int] = [:]
        try connection.each(
            """
            SELECT u.user_key, u.department FROM users u
            WHERE u.workspace_id = $1 AND \(moment.asOf.holds("u")) AND u.department IS NOT NULL
            """, workspace
        ) { row in
            let name = row.text(1)
            let number = names[name] ?? names.count
            names[name] = number
            departments[row.integer(0)] = number
            return true
        }
        return departments
    }
}

// MARK: grants, tokens and the console

extension SurveyQueries {
    // As the partial index of them says it, or it would not be used.
    private static let grants = """
        e.event_type IN ('app.oauth2.as.consent.grant', 'app.oauth2.consent.grant',
            'app.oauth2.admin.consent.grant', 'user.session.access_admin_app')
        """

    private func consents() throws -> [Int64: DiscoveredService.Consents] {
        var people: [Int64: Set<Int64>] = [:]
        var found: [Int64: DiscoveredService.Consents] = [:]
        try connection.each(
            """
            SELECT e.app_key, coalesce(e.user_key, e.actor_key), e.event_type, e.published_at, e.detail
            FROM log_events e
            WHERE e.workspace_id = $1 AND \(Self.grants) AND e.event_type <> 'user.session.access_admin_app'
                AND e.app_key IS NOT NULL AND e.published_at <= $2 AND (e.result IS NULL OR e.result = 'SUCCESS')
            ORDER BY e.event_type, e.published_at, e.uuid
            """, workspace + [.integer(moment.time.rawValue)]
        ) { row in
            let app = row.integer(0)
            let time = Timestamp(rawValue: row.integer(3))
            var one =
                found[app]
                ?? DiscoveredService.Consents(people: 0, byAdmin: false, scopes: [], first: time, last: time)
            one.first = min(one.first, time)
            one.last = max(one.last, time)
            if row.text(2) == "app.oauth2.admin.consent.grant" {
                one.byAdmin = true
            } else if let person = row.optionalInteger(1) {
                people[app, default: []].insert(person)
            }
            for scope in row.text(4).split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
            where !one.scopes.contains(scope) && one.scopes.count < 100 {
                one.scopes.append(scope)
            }
            found[app] = one
            return true
        }
        for (app, some) in people { found[app]?.people = some.count }
        for app in Array(found.keys) { found[app]?.scopes.sort() }
        return found
    }

    private func console() throws -> ConsoleVisits {
        try connection.first(
            """
            SELECT count(DISTINCT e.actor_key), count(*), max(e.published_at) FROM log_events e
            WHERE e.workspace_id = $1 AND \(Self.grants) AND e.event_type = 'user.session.access_admin_app'
                AND e.published_at <= $2 AND e.published_at >= $3
            """,
            workspace + [
                .integer(moment.time.rawValue), .integer((moment.today - 89) * Self.day),
            ]
        ) { row in
            ConsoleVisits(
                people: Int(row.integer(0)), visits: Int(row.integer(1)),
                last: row.optionalInteger(2).map(Timestamp.init(rawValue:)))
        } ?? ConsoleVisits(people: 0, visits: 0, last: nil)
    }

    private func machines() throws -> [MachineClient] {
        try connection.query(
            """
            SELECT t.okta_id, t.name, t.client_name, o.okta_id, u.login, u.status, t.created_at, t.last_updated_at
            FROM api_tokens t
            LEFT JOIN objects o ON o.workspace_id = t.workspace_id AND o.object_key = t.user_key
            LEFT JOIN users u ON u.workspace_id = t.workspace_id AND u.user_key = t.user_key
                AND \(moment.asOf.holds("u"))
            WHERE t.workspace_id = $1 AND \(moment.asOf.holds("t")) ORDER BY lower(t.name), t.okta_id
            """, workspace
        ) { row in
            MachineClient(
                id: row.text(0), name: row.text(1), client: row.optionalText(2), ownerID: row.optionalText(3),
                ownerLogin: row.optionalText(4), ownerStatus: row.optionalText(5),
                created: row.optionalInteger(6).map(Timestamp.init(rawValue:)),
                lastUsed: moment.told(row.optionalInteger(7).map(Timestamp.init(rawValue:))))
        }
    }
}
