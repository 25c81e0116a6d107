/// What is so in the pretended tenant at a moment, told straight from what it was made of: no HTTP, no JSON.
struct Truth {
    let company: Company
    let moment: Seconds

    static let tables = [
        "users", "groups", "apps", "assignments", "memberships", "roles", "usage", "sign-ins", "leavers", "stories",
        "services",
    ]

    func table(_ name: String) -> SimulatorTable? {
        switch name {
        case "users": users()
        case "groups": groups()
        case "apps": apps()
        case "assignments": assignments()
        case "memberships": memberships()
        case "roles": roles()
        case "usage": usage()
        case "sign-ins": signIns()
        case "leavers": leavers()
        case "stories": stories()
        case "services": services()
        default: nil
        }
    }

    func id(_ kind: Identifiers.Kind, _ index: Int) -> String { company.identifiers.text(kind, index) }

    /// A time as lists of Muster write it.
    func date(_ when: Seconds) -> String { when == never || when == 0 ? "" : Calendar.text(when, fraction: true) }

    /// The end of an interval as known at the moment: what has not ended yet has no end.
    func end(_ when: Seconds) -> String { when > moment ? "" : date(when) }

    // MARK: Lists

    private func users() -> SimulatorTable {
        let writer = Renderer(company: company, now: moment, base: "")
        let logins = lastLogins()
        let rows = company.people.indices.filter { company.people[$0].exists(at: moment) }.map { position -> [String] in
            let person = company.people[position]
            let isService = person.kind == .service
            let department = Names.departments[person.department(at: moment)]
            let manager = isService ? nil : company.people.at(Int(person.manager))
            return [
                id(.user, position), person.login, person.login, person.givenName, person.familyName,
                person.status(at: moment).text.description, date(person.created),
                person.activated <= moment ? date(person.activated) : "", date(logins[position]),
                isService ? "" : department.name, isService ? "" : writer.title(person), manager?.displayName ?? "",
                isService ? "" : writer.employeeNumber(person, position),
                isService ? "Service" : person.kind == .contractor ? "Contractor" : "Employee",
                isService ? "" : "Acme Corporation", isService ? "" : department.division,
                isService ? "" : writer.costCenter(person),
            ]
        }
        return SimulatorTable(
            columns: [
                "id", "login", "email", "first_name", "last_name", "status", "created_at", "activated_at",
                "last_login_at",
                "department", "title", "manager", "employee_number", "user_type", "organization", "division",
                "cost_center",
            ], rows: rows)
    }

    /// Everybody's latest sign-in that had happened by the moment.
    private func lastLogins() -> [Seconds] {
        var latest = company.people.indices.map { company.lastLoginBeforeWindow($0) }
        for event in company.events where event.type == .sessionStart && event.succeeded {
            let when = Seconds(event.published / 1_000)
            if when <= moment { latest[Int(event.actor)] = when }
        }
        return latest.map { $0 <= moment ? $0 : 0 }
    }

    private func groups() -> SimulatorTable {
        let writer = Renderer(company: company, now: moment, base: "")
        let rows = company.groups.indices.filter { company.groups[$0].exists(at: moment) }.map { position in
            let group = company.groups[position]
            return [
                id(.group, position), group.name, group.description ?? "", group.type.description,
                String(company.memberCount(position, at: moment)), String(writer.apps(ofGroup: position).count),
            ]
        }
        return SimulatorTable(columns: ["id", "name", "description", "type", "members", "apps"], rows: rows)
    }

    private func apps() -> SimulatorTable {
        let rows = company.apps.indices.filter { company.appExists($0, at: moment) }.map { position in
            let app = company.apps[position]
            let users = company.assignments.ofLeft(position) { $0.holds(at: moment) }.count
            let groups = company.appGroups.filter { $0.app == position && $0.from <= moment && moment < $0.to }.count
            return [
                id(.app, position), app.key, app.label, app.mode.text?.description ?? "",
                app.isActive(at: moment) ? "ACTIVE" : "INACTIVE",
                date(app.created), String(users), String(groups), "", "",
            ]
        }
        return SimulatorTable(
            columns: [
                "id", "name", "label", "sign_on_mode", "status", "created_at", "assigned_users", "assigned_groups",
                "owner",
                "state",
            ], rows: rows)
    }

    private func memberships() -> SimulatorTable {
        let rows = company.memberships.rows.filter { $0.holds(at: moment) }.map { link in
            [
                id(.group, Int(link.left)), company.groups[Int(link.left)].name, id(.user, Int(link.right)),
                company.people[Int(link.right)].login, date(link.from), end(link.to),
            ]
        }
        return SimulatorTable(
            columns: ["group_id", "group_name", "user_id", "login", "valid_from", "valid_to"], rows: rows)
    }

    private func roles() -> SimulatorTable {
        var rows: [[String]] = []
        for grant in company.roles where grant.holds(at: moment) {
            let interval = [date(grant.from), end(grant.to)]
            switch grant.holder {
            case .person(let person):
                rows.append([id(.user, person), company.people[person].login, grant.type.text, "USER", ""] + interval)
            case .group(let group):
                for row in company.memberships.ofLeft(group) where company.memberships.rows[row].holds(at: moment) {
                    let link = company.memberships.rows[row]
                    let person = Int(link.right)
                    rows.append([
                        id(.user, person), company.people[person].login, grant.type.text, "GROUP",
                        company.groups[group].name,
                        date(max(link.from, grant.from)), end(min(link.to, grant.to)),
                    ])
                }
            case .client: break
            }
        }
        return SimulatorTable(
            columns: ["user_id", "login", "role", "assignment_type", "via_group", "valid_from", "valid_to"], rows: rows)
    }
}
