extension Truth {
    /// Every service that the list of apps or the log tells of, with who used it.
    func services() -> SimulatorTable {
        let now = Int64(moment) * 1_000 + 999
        var last: [Int: Int64] = [:]
        var recent: [Int: Set<Int32>] = [:]
        var quarter: [Int: Set<Int32>] = [:]
        var consents: [Int: Set<Int32>] = [:]
        for event in company.events where event.succeeded && event.published <= now {
            let app = Int(event.object)
            switch event.type {
            case .sso:
                let daysAgo = now / 86_400_000 - event.published / 86_400_000
                if daysAgo < 30 { recent[app, default: []].insert(event.actor) }
                if daysAgo < 90 { quarter[app, default: []].insert(event.actor) }
            case .consentGrant: consents[app, default: []].insert(event.actor)
            default: continue
            }
            last[app] = max(last[app] ?? 0, event.published)
        }
        let rows = company.apps.indices.compactMap { position -> [String]? in
            let app = company.apps[position]
            let isGone = app.deleted <= moment
            guard company.appExists(position, at: moment) || isGone && app.deleted >= company.windowStart else {
                return nil
            }
            let departments = Set(
                (quarter[position] ?? []).compactMap { number -> Int? in
                    let person = company.people[Int(number)]
                    guard person.exists(at: moment), person.kind != .service else { return nil }
                    return person.department(at: moment)
                })
            return [
                id(.app, position), app.label, isGone ? "GONE" : app.isActive(at: moment) ? "ACTIVE" : "INACTIVE",
                String(recent[position]?.count ?? 0), String(quarter[position]?.count ?? 0), String(departments.count),
                String(consents[position]?.count ?? 0), last[position].map { date(Seconds($0 / 1_000)) } ?? "",
            ]
        }
        return SimulatorTable(
            columns: [
                "id", "label", "status", "active_30d", "active_90d", "departments_90d", "consents", "last_seen_at",
            ], rows: rows)
    }

    /// How many people opened the admin console within 90 days, and how often.
    private func consoleVisits() -> (people: Int, visits: Int) {
        let now = Int64(moment) * 1_000 + 999
        let visits = company.events.filter { event in
            event.type == .adminConsole && event.published <= now
                && now / 86_400_000 - event.published / 86_400_000 < 90
        }
        return (Set(visits.map(\.actor)).count, visits.count)
    }

    /// What is to be discovered: apps that people let act for them, and those that are gone though people signed in.
    func discoveryStories(_ rows: inout [[String]]) {
        let console = consoleVisits()
        if console.visits > 0 {
            rows.append([
                "admin_console", "app", id(.app, 0), company.apps[0].label,
                "\(console.people) people opened it \(console.visits) times within 90 days",
            ])
        }
        let services = services()
        func column(_ name: String, _ row: [String]) -> String {
            services.columns.firstIndex(of: name).map { row[$0] } ?? ""
        }
        for row in services.rows {
            let consents = column("consents", row)
            if consents != "0" {
                rows.append([
                    "oauth_consents", "app", column("id", row), column("label", row),
                    "\(consents) people let it act for them",
                ])
            }
            if column("status", row) == "GONE", !column("last_seen_at", row).isEmpty {
                rows.append([
                    "app_gone", "app", column("id", row), column("label", row),
                    "deleted, \(column("active_90d", row)) people signed in within 90 days",
                ])
            }
        }
    }
}
