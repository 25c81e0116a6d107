import Analysis
import Directory
import Storage
import WebSupport

/// One list of Offboarding: its address, its rule in words, and how its rows look.
struct OffboardingTab: Sendable {
    /// The last part of its address; empty for the leavers themselves.
    let id: String
    let title: String
    /// What its files are called.
    let noun: String
    /// How rows come into the list, in words.
    let rule: HTML

    var link: Link {
        switch id {
        case "": .offboarding
        case "roster": .roster
        default: .below(.offboarding, id)
        }
    }

    static let all = [
        OffboardingTab(
            id: "", title: "Leavers", noun: "offboarding",
            rule: """
                Leavers are people whom Okta has deactivated (status DEPROVISIONED), who are gone from Okta's list, or whom \
                the roster has let go: last day over, or a status such as “terminated”. Somebody on leave is no leaver. \
                <b>Apps then</b>: assigned just before the end, with what ended within the hour before it. <b>By hand</b>: \
                those among them (or assigned since) that Okta does not deactivate by itself. <b>Open</b>: what is still \
                there, and what was done by hand and nobody has vouched for. <b>Hours</b>: from the end to the last app, \
                role or token seen to end. <b>Acted after</b>: the last success of theirs that the log knows after the end, \
                sign-ins included. Where the log does not reach back to the end, what they had then is not evaluated.
                """),
        OffboardingTab(
            id: "upcoming", title: "Upcoming", noun: "upcoming-leavers",
            rule: "People whose last day in the roster is today or within the next 90 days, and who are not on leave."),
        OffboardingTab(
            id: "transfers", title: "Transfers", noun: "transfers",
            rule: """
                People whose department changed, as syncs saw it (the System Log does not tell departments). An app counts \
                as <b>kept</b> when it was assigned before the move, is assigned still 14 days after it, and at most 20 % \
                of the people of the new department who are not deactivated have it.
                """),
        OffboardingTab(
            id: "rehires", title: "Rehires", noun: "rehires",
            rule: """
                People whose account was deactivated and is in use again. <b>Older apps</b> were assigned before the return \
                and never ended: they came back by themselves.
                """),
        OffboardingTab(
            id: "absences", title: "Absences", noun: "absences",
            rule:
                "People who are suspended in Okta, or on leave by the roster. They are not leavers, and keep what they have."
        ),
        OffboardingTab(
            id: "shared", title: "Shared and service accounts", noun: "shared-accounts",
            rule: """
                Accounts that seem to be nobody's own, judged by the profile alone: the user type, words in the login that \
                are not the person's name, and an e-mail address that several accounts have. Whether one login is used from \
                many places is not evaluated: Muster keeps no addresses of sign-ins.
                """),
        OffboardingTab(
            id: "roster", title: "Roster", noun: "roster",
            rule: "Everybody as the company's own list has them, by the latest import that says something of them."),
    ]

    func list(_ moment: Moment) -> ListDefinition {
        switch id {
        case "upcoming": .upcomingLeavers(moment)
        case "transfers": .transfers(moment)
        case "rehires": .rehires(moment)
        case "absences": .absences(moment)
        case "shared": .sharedAccounts(moment)
        default: .roster(moment)
        }
    }

    func view(_ list: ListDefinition, _ visit: Visit) -> ListView {
        let (columns, presets) = shown
        let (one, many) = words
        let empty = empty(visit)
        return ListView(
            list: list, name: noun, columns: columns, here: link, exportNoun: noun, presets: presets, one: one,
            many: many,
            emptyTitle: empty.0, emptyText: empty.1, sortsByAny: id != "roster")
    }

    private var words: (String, String) {
        switch id {
        case "": ("leaver", "leavers")
        case "shared": ("account", "accounts")
        default: ("person", "people")
        }
    }

    private func empty(_ visit: Visit) -> (String, HTML) {
        switch id {
        case "": ("Nobody has left", "Whoever is deactivated in Okta, or let go by the roster, is listed here.")
        case "upcoming":
            (
                "Nobody is about to leave",
                "A <a href=\"\(visit.to(.roster))\">roster</a> with end dates fills this list."
            )
        case "roster": ("No roster yet", "Import one above: a CSV file with a header line.")
        case "transfers": ("Nobody has moved", "Moves are seen between two syncs.")
        case "rehires": ("Nobody came back", "Whoever is active again after a deactivation is listed here.")
        case "absences": ("Nobody is away", "Suspended people, and people on leave by the roster, are listed here.")
        default: ("No such accounts", "No profile looks like that of a service or of several people.")
        }
    }

    private var shown: ([TableColumn], [(title: String, filters: [String])]) {
        switch id {
        case "": (Self.leavers, Self.leaverPresets)
        case "upcoming": (Self.upcoming, [])
        case "transfers": (Self.transfers, [("Kept apps", ["kept_apps>0"]), ("Too early to tell", ["kept_apps="])])
        case "rehires": (Self.rehires, [("With older apps", ["older_apps>0"])])
        case "absences":
            (Self.absences, [("Suspended", ["status=SUSPENDED"]), ("On leave and active", ["status=ACTIVE"])])
        case "shared":
            (Self.shared, [("Services", ["kind=service"]), ("Shared", ["kind=shared"]), ("With roles", ["roles>0"])])
        default:
            (
                Self.roster,
                [("Left", ["standing=left"]), ("Leaving", ["standing=leaving"]), ("On leave", ["standing=on leave"])]
            )
        }
    }

    private static let leaverPresets: [(title: String, filters: [String])] = [
        ("Still hold access", ["holds_access=yes"]), ("Open", ["case_status=open"]),
        ("Acted after the end", ["activity_after!="]), ("Past their time", ["past_sla=yes"]),
        ("Last 90 days", ["days_since_end<=90"]), ("Active in Okta", ["ended_by=roster"]),
        ("Not evaluated", ["apps_then="]),
    ]

    /// A person of a list: their case, with the way to their page.
    private static let leaver = TableColumn("Person", name: "login") { row, visit in
        let name = "\(row.text("first_name")) \(row.text("last_name"))"
        let login = row.text("login")
        let id = row.text("user_id")
        return """
            <a class="row-link" href="\(visit.to(.below(.offboarding, id)))">\(name == " " ? (login.isEmpty ? id : login) : name)\
            </a><small class="sub">\(login)</small>
            """
    }

    private static let leavers: [TableColumn] = [
        leaver,
        TableColumn("Left", name: "ended_at") { row, visit in
            let by: HTML =
                switch row.text("ended_by") {
                case "roster": "by the roster; active in Okta"
                case "gone": "gone from Okta"
                default: "deactivated"
                }
            return
                "\(When.ago(row.time("ended_at"), now: visit.now, none: Part.none))<small class=\"how\">\(by)</small>"
        },
        .number("Apps then", "apps_then"), .number("Apps now", "apps_now"), .number("Roles", "roles", minor: true),
        .number("Tokens", "api_tokens", minor: true), .number("By hand", "manual_items", minor: true),
        .number("Open", "open_items"),
        TableColumn("Hours", name: "hours_to_last_removal", number: true, minor: true) { row, _ in
            let hours: HTML =
                row.text("holds_access") == "yes"
                ? "still held" : row.number("hours_to_last_removal").map { "\(Count.text($0))" } ?? Part.none
            return row.text("past_sla") == "yes" ? "<span class=\"badge danger\">late</span> \(hours)" : hours
        },
        TableColumn("Acted after", name: "activity_after", minor: true) { row, visit in
            When.ago(row.time("activity_after"), now: visit.now, none: "<span class=\"muted\">none seen</span>")
        },
    ]

    private static func person(_ name: String) -> TableColumn {
        TableColumn("Person", name: "login") { row, visit in
            let id = row.text("user_id")
            let shown = row.text(name).isEmpty ? row.text("login") : row.text(name)
            guard !id.isEmpty else { return "\(shown)<small class=\"sub\">not in Okta</small>" }
            return PersonCell.html(id: id, name: shown, login: row.text("login"), visit)
        }
    }

    private static let upcoming: [TableColumn] = [
        person("name"), .text("Department", "department", minor: true), .text("Manager", "manager", minor: true),
        TableColumn("Last day", name: "ends_on") { row, _ in Part.text(row.time("ends_on")?.date) },
        .number("Days left", "days_left"), .number("Apps", "apps"), .number("Roles", "roles", minor: true),
    ]

    private static let transfers: [TableColumn] = [
        .person,
        TableColumn("Moved", name: "moved_at") { row, visit in
            AccessPath.since(row.time("moved_at"), how: row.text("moved_source"), visit)
        },
        .text("From", "from_department"), .text("To", "to_department"),
        TableColumn("Kept apps", name: "kept_apps", number: true) { row, _ in
            row.number("kept_apps").map { "\(Count.text($0))" }
                ?? ((row.number("days_since_move") ?? 0) < TransferRule.graceDays
                    ? "<span class=\"muted\">too early</span>" : Part.notEvaluated)
        },
        .text("Which", "kept_app_labels", minor: true),
    ]

    private static let rehires: [TableColumn] = [
        person("name"), .status("Status", "status"),
        TableColumn("Returned", name: "returned_at") { row, visit in
            AccessPath.since(row.time("returned_at"), how: row.text("returned_source"), visit)
        },
        .number("Apps", "apps"), .number("Older apps", "older_apps"), .number("Roles", "roles", minor: true),
    ]

    private static let absences: [TableColumn] = [
        person("name"), .status("Status", "status"), .text("Roster", "roster_status"), .text("Why", "why", minor: true),
        .number("Apps", "apps"), .number("Roles", "roles", minor: true),
        .time("Last sign-in", "last_login_at", minor: true, kept: true),
    ]

    private static let shared: [TableColumn] = [
        person("name"),
        TableColumn("Seems to be", name: "kind") { row, _ in
            Part.tag(row.text("kind") == "service" ? "of a service" : "shared")
        },
        .text("Because", "evidence"), .number("Apps", "apps"), .number("Roles", "roles", minor: true),
        .time("Last sign-in", "last_login_at", minor: true, kept: true),
    ]

    private static let roster: [TableColumn] = [
        TableColumn("Person", name: "name", sort: false) { row, _ in
            let name = row.text("name").isEmpty ? row.text("email") : row.text("name")
            return "\(name.isEmpty ? row.text("employee_id") : name)<small class=\"sub\">\(row.text("email"))</small>"
        },
        .text("Employee id", "employee_id", sort: false, minor: true), .text("Standing", "standing", sort: false),
        .text("Status there", "status", sort: false, minor: true),
        TableColumn("Last day", name: "ends_on", sort: false) { row, _ in Part.text(row.time("ends_on")?.date) },
        .text("Department", "department", sort: false, minor: true),
        .text("Manager", "manager", sort: false, minor: true),
    ]
}
