import Analysis
import Governance
import Storage
import WebSupport

/// The triage board: the services in the order in which they are worth a look.
struct DiscoveryBoard {
    let triage: Triage
    let visit: Visit

    private var all: Int { triage.services.count }

    func figures() -> HTML {
        let new = triage.services.count { $0.service.isNew(visit.moment) }
        let undecided = triage.count(.discovered)
        let sanctioned = triage.count(.sanctioned)
        let unowned = triage.services.count { $0.state == .sanctioned && $0.owners?.owner == nil }
        let odd = triage.services.count { !$0.contradictions.isEmpty }
        return Part.figures([
            Part.figure("Services", "\(Count.text(all))", "\(Count.text(new)) new within 30 days", link("new=1")),
            Part.figure(
                "Nobody decided", "\(Count.text(undecided))", "of \(Count.of(all, "service", "services"))",
                link("state=discovered")),
            Part.figure(
                "Sanctioned without owner", "\(Count.text(unowned))", "of \(Count.text(sanctioned)) sanctioned",
                visit.to(Link.discovery.with([("where", "state=sanctioned"), ("where", "owner=")]))),
            Part.figure(
                "In contradiction", "\(Count.text(odd))", "decided one way, and otherwise in fact",
                link("contradictions>0")),
        ])
    }

    private func link(_ filter: String) -> Link { visit.to(Link.discovery.with([("where", filter)])) }

    /// What nobody can see here.
    func blind() -> HTML {
        """
        <div class="banner unknown"><strong>Okta shows only what passes through it.</strong> A service that people sign in to \
        with a password of its own, or with another account, is not here. Imported spend tells of those that cost money.\
        <details class="behind"><summary>What Muster looks at, and what it cannot see</summary><p>It looks at the list of \
        apps, at assignments and sign-ins of apps that are gone from the list, at consents people gave to apps, at API \
        tokens and at visits of the admin console. It cannot see sign-ins past Okta, use inside an app, browser \
        extensions, and what happened before the System Log begins (90 days before the first sync).</p></details></div>
        """ + Part.unread(triage.survey.unread, visit)
    }

    func tabs(_ state: ListState) -> HTML {
        let current = state.filters.count == 1 ? state.filters[0].expression : nil
        let states = AppState.allCases.map { one in
            (
                title: one.title, count: Optional(triage.count(one)), link: link("state=\(one.rawValue)"),
                current: current == "state=\(one.rawValue)"
            )
        }
        let first = (title: "All", count: Optional(all), link: visit.to(.discovery), current: state.filters.isEmpty)
        return Part.tabs([first] + states)
    }

    var view: ListView {
        let triage = triage
        var columns = [
            Self.choice, Self.service(triage),
            TableColumn("State", name: "state") { row, _ in
                AppState(rawValue: row.text("state")).map(DiscoveryWords.badge) ?? Part.none
            },
            .number("People, 90 days", "active_90d"), .text("Owner", "owner", minor: true),
            TableColumn("First seen", name: "first_seen_at", minor: true) { row, visit in
                let new: HTML? = row.number("new") == 1 ? " \(Part.tag("new"))" : nil
                return "\(When.ago(row.time("first_seen_at"), now: visit.now, none: Part.none))\(new)"
            },
            Self.contradiction(triage),
        ]
        if visit.moment.asOf != .now { columns.removeFirst() }
        if triage.services.contains(where: { !$0.spend.isEmpty }) {
            columns.insert(.text("Spend, 12 months", "spend", sort: false), at: 2)
        }
        return ListView(
            list: triage.list, name: "services", columns: columns, here: .discovery, exportNoun: "services",
            presets: [
                ("New", ["new=1"]), ("Used, not decided", ["state=discovered", "active_90d>0"]),
                ("Contradictions", ["contradictions>0"]), ("Gone from Okta", ["status=GONE"]),
                ("With consents", ["consents>0"]),
            ],
            one: "service", many: "services", emptyTitle: "No services yet",
            emptyText: "They appear by themselves with the first sync.", sortsByAny: true, unread: [])
    }

    private static let choice = TableColumn("Choose", name: "choose", sort: false) { row, _ in
        """
        <input type="checkbox" name="app" value="\(row.text("id"))" form="chosen" aria-label="Choose \(row.text("name"))">
        """
    }

    private static func service(_ triage: Triage) -> TableColumn {
        TableColumn("Service", name: "name") { row, visit in
            let service = triage.survey.service(row.text("id"))
            let link = service.map { visit.to(DiscoveryLink.governance($0)) } ?? visit.to(.app(row.text("id")))
            let gone: HTML? =
                row.text("status") == "ACTIVE" ? nil : " \(Part.tag(service.map(DiscoveryWords.standing) ?? ""))"
            let label = row.text("label") == row.text("name") ? "" : row.text("label")
            let below = [label, row.text("vendor"), row.text("category")]
            return """
                <a class="row-link" href="\(link)">\(row.text("name"))</a>\(gone)\
                <small class="sub">\(below.filter { !$0.isEmpty }.joined(separator: " · "))</small>
                """
        }
    }

    private static func contradiction(_ triage: Triage) -> TableColumn {
        TableColumn("What contradicts", name: "contradictions") { row, _ in
            let count = row.number("contradictions") ?? 0
            guard count > 0 else { return Part.none }
            let more: HTML? =
                count > 1 ? "<small class=\"how\">and \(Count.of(count - 1, "other", "others"))</small>" : nil
            return "\(row.text("contradiction"))\(more)"
        }
    }

    /// The way from chosen services to a decision.
    func choose() -> HTML? {
        guard visit.moment.asOf == .now, !triage.services.isEmpty else { return nil }
        return """
            <form id="chosen" method="get" action="\(DiscoveryLink.decide)" class="tools"><div class="tools-left">\
            <button class="primary">Decide about the chosen</button><span class="muted">state, owner and department of \
            several services at once</span></div></form>
            """
    }

    /// Programs and administrators that reach the tenant past any app.
    func machines() -> HTML {
        let survey = triage.survey
        let rows = survey.machines.map { one -> [HTML] in
            let owner: HTML =
                one.ownerID.map { id in
                    "<a href=\"\(visit.to(.user(id)))\">\(one.ownerLogin ?? id)</a> \(one.ownerStatus.map(Part.status))"
                } ?? Part.none
            return [
                "\(one.name)", Part.text(one.client), owner, When.ago(one.created, now: visit.now, none: Part.none),
                When.ago(one.lastUsed, now: visit.now, none: Part.noDate(visit)),
            ]
        }
        let table =
            rows.isEmpty
            ? Part.empty("No API tokens", "Nothing speaks to the tenant by a token, as far as Muster could read.")
            : Part.table(
                "Programs with an API token",
                [("Token", false), ("Made by", false), ("Rights of", false), ("Made", false), ("Changed", false)], rows)
        let console = survey.console
        let visits: HTML =
            console.visits == 0
            ? "<p class=\"muted\">The log tells of no visit of Okta's admin console within 90 days.</p>"
            : """
            <p class="muted">\(Count.of(console.people, "person", "people")) opened Okta's admin console \
            \(Count.of(console.visits, "time", "times")) within 90 days, last \
            \(When.ago(console.last, now: visit.now, none: Part.none)).</p>
            """
        return Part.section("Programs and the admin console", table + visits)
    }

    func howCounted() -> HTML {
        let rules = Contradiction.Rule.allCases.map { rule -> HTML in
            "<li><code>\(rule.rawValue)</code> \(rule.explanation) \(rule.isUrgent ? "3 points" : "1 point").</li>"
        }
        return """
            <details class="behind"><summary>How this is counted</summary><p>People are those with a successful sign-in \
            through Okta within the days named, today included. The order is: the largest amount of one currency, then people \
            of 90 days, then risk. Risk is the sum of these points: each contradiction as below; 2 where people let a service \
            use Okta's own API; 1 where people use a service and nobody decided anything.</p><ul>\(rules)</ul></details>
            """
    }
}
