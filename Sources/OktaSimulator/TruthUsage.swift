extension Truth {
    /// How often one person used one app, counted from the log.
    private struct Use {
        var last: Int64 = 0
        var recent = 0
        var quarter = 0
    }

    private func uses() -> [Int64: Use] {
        let now = Int64(moment) * 1_000 + 999
        var uses: [Int64: Use] = [:]
        for event in company.events where event.type == .sso && event.succeeded && event.published <= now {
            let key = Int64(event.object) << 32 | Int64(event.actor)
            uses[key, default: Use()].last = event.published
            // Whole days of UTC, today included.
            let daysAgo = now / 86_400_000 - event.published / 86_400_000
            if daysAgo < 30 { uses[key, default: Use()].recent += 1 }
            if daysAgo < 90 { uses[key, default: Use()].quarter += 1 }
        }
        return uses
    }

    func assignments() -> SimulatorTable {
        let uses = uses()
        let writer = Renderer(company: company, now: moment, base: "")
        var rows: [[String]] = []
        for (row, link) in company.assignments.rows.enumerated() where link.holds(at: moment) {
            let person = Int(link.right)
            let app = Int(link.left)
            guard company.appExists(app, at: moment) else { continue }
            let use = uses[Int64(app) << 32 | Int64(person)] ?? Use()
            rows.append([
                id(.user, person), company.people[person].login, id(.app, app), company.apps[app].label,
                link.via >= 0 ? "GROUP" : "USER", link.via >= 0 ? id(.group, Int(link.via)) : "",
                link.via >= 0 ? company.groups[Int(link.via)].name : "", writer.status(of: row), date(link.from),
                "okta",
                date(link.from), end(link.to), use.last == 0 ? "" : date(Seconds(use.last / 1_000)), String(use.recent),
                String(use.quarter),
            ])
        }
        return SimulatorTable(
            columns: [
                "user_id", "login", "app_id", "app_label", "scope", "group_id", "group_name", "status", "assigned_at",
                "assigned_at_source", "valid_from", "valid_to", "last_sign_in_at", "sign_ins_30d", "sign_ins_90d",
            ], rows: rows)
    }

    /// Successful sign-ins by app, person and calendar month.
    func usage() -> SimulatorTable {
        struct Key: Hashable {
            var app: Int32
            var person: Int32
            var month: Int
        }
        var counts: [Key: (count: Int, last: Int64)] = [:]
        let now = Int64(moment) * 1_000 + 999
        for event in company.events where event.type == .sso && event.succeeded && event.published <= now {
            let civil = Calendar.civil(days: Int(event.published / 86_400_000))
            let key = Key(app: event.object, person: event.actor, month: civil.year * 100 + civil.month)
            counts[key] = ((counts[key]?.count ?? 0) + 1, event.published)
        }
        let ordered = counts.sorted {
            ($0.key.app, $0.key.person, $0.key.month) < ($1.key.app, $1.key.person, $1.key.month)
        }
        let rows = ordered.map { key, value in
            let month = key.month % 100
            return [
                id(.app, Int(key.app)), company.apps[Int(key.app)].label, id(.user, Int(key.person)),
                company.people[Int(key.person)].login, "\(key.month / 100)-\(month < 10 ? "0" : "")\(month)",
                String(value.count),
                date(Seconds(value.last / 1_000)),
            ]
        }
        return SimulatorTable(
            columns: ["app_id", "app_label", "user_id", "login", "month", "sign_ins", "last_sign_in_at"], rows: rows)
    }

    /// Each successful sign-in by itself, in the order it happened.
    func signIns() -> SimulatorTable {
        let now = Int64(moment) * 1_000 + 999
        let events = company.events.filter { $0.type == .sso && $0.succeeded && $0.published <= now }
        let rows = events.sorted { $0.published < $1.published }.map { event in
            [
                id(.app, Int(event.object)), id(.user, Int(event.actor)), date(Seconds(event.published / 1_000)),
            ]
        }
        return SimulatorTable(columns: ["app_id", "user_id", "signed_in_at"], rows: rows)
    }

    /// Who left, and what they still hold.
    func leavers() -> SimulatorTable {
        var rows: [[String]] = []
        for (position, person) in company.people.enumerated()
        where person.exists(at: moment) && person.status(at: moment) == .deprovisioned {
            let apps = company.assignments.ofRight(position).filter { company.assignments.rows[$0].holds(at: moment) }
            let roles = company.roles.filter { $0.holder == .person(position) && $0.holds(at: moment) }
            let tokens = company.tokens.filter { $0.owner == position && $0.created <= moment && moment < $0.to }
            rows.append([
                id(.user, position), person.login, date(person.deactivated), String(apps.count), String(roles.count),
                String(tokens.count),
                apps.map { company.apps[Int(company.assignments.rows[$0].left)].label }.joined(separator: "; "),
            ])
        }
        return SimulatorTable(
            columns: ["user_id", "login", "deactivated_at", "apps", "roles", "api_tokens", "app_labels"], rows: rows)
    }

    // MARK: Stories

    /// What was put into the company on purpose, for whoever checks that it is found.
    func stories() -> SimulatorTable {
        var rows: [[String]] = []
        func person(_ story: String, _ position: Int, _ detail: String) {
            guard let person = company.people.at(position), person.exists(at: moment) else { return }
            rows.append([story, "user", id(.user, position), person.login, detail])
        }
        if company.people.count > Cast.end {
            person(
                "dormant_super_admin", Cast.dormantSuperAdmin,
                "SUPER_ADMIN, last sign-in \(date(company.people[Cast.dormantSuperAdmin].lastLogin))")
            for position in Cast.weakAdmins {
                person("weak_mfa_admin", position, "administrator with a text message as only factor")
            }
            if company.people[Cast.leaverWithAccess].deactivated <= moment {
                person(
                    "leaver_with_access", Cast.leaverWithAccess,
                    "deactivated, still holds apps, APP_ADMIN and an API token")
            }
        }
        for position in company.people.indices where position > Cast.leaverWithAccess {
            let apps = company.assignments.ofRight(position).filter { company.assignments.rows[$0].holds(at: moment) }
            if company.people[position].status(at: moment) == .deprovisioned, !apps.isEmpty {
                person("leaver_with_access", position, "deactivated, still holds \(apps.count) apps")
            }
        }
        appStories(&rows)
        discoveryStories(&rows)
        return SimulatorTable(columns: ["story", "subject_type", "subject_id", "subject", "detail"], rows: rows)
    }

    private func appStories(_ rows: inout [[String]]) {
        let unapproved = App.unapprovedPosition
        if company.appExists(unapproved, at: moment) {
            let count = company.assignments.ofLeft(unapproved) { $0.holds(at: moment) }.count
            rows.append([
                "unapproved_app", "app", id(.app, unapproved), company.apps[unapproved].label,
                "spread to \(count) people",
            ])
        }
        let uses = uses()
        for (position, app) in company.apps.enumerated()
        where app.kind == .product && app.isActive(at: moment) && company.appExists(position, at: moment) {
            let held = company.assignments.ofLeft(position) { $0.holds(at: moment) }
            let used = held.filter {
                (uses[Int64(position) << 32 | Int64(company.assignments.rows[$0].right)]?.quarter ?? 0) > 0
            }
            if held.count >= 20, used.count * 10 <= held.count {
                rows.append([
                    "unused_licences", "app", id(.app, position), app.label,
                    "\(held.count) assigned, \(used.count) signed in within 90 days",
                ])
            }
        }
    }
}
