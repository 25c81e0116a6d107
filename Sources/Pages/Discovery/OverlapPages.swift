import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    func overlapPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let triage = try await triage(visit)
        let parts = OverlapParts(triage: triage, visit: visit)
        return try await page(
            visit, .discovery,
            PageContent(
                title: "Where services overlap",
                sentence: "Categories in which at least one person uses two services or more.",
                crumb: ("Discovery", visit.to(.discovery)), body: parts.all()))
    }

    func comparePage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let triage = try await triage(visit)
        var ids: [String] = []
        for id in request.query.all("app") where !ids.contains(id) { ids.append(id) }
        let chosen = ids.prefix(5).compactMap(triage.service)
        let parts = OverlapParts(triage: triage, visit: visit)
        guard chosen.count > 1 else {
            return try await page(
                visit, .discovery,
                PageContent(
                    title: "Compare services", crumb: ("Where services overlap", visit.to(DiscoveryLink.overlap)),
                    body: Part.empty(
                        "Two services are needed",
                        "<a href=\"\(visit.to(DiscoveryLink.overlap))\">Choose two to five of a category</a>.")))
        }
        let shared = try await store.peopleSharing(chosen.map(\.service), triage.survey)
        var months: [String: [MonthCount]] = [:]
        for one in chosen where one.service.standing != .gone {
            months[one.id] = try await apps.app(one.id, store, visit.moment).months
        }
        return try await page(
            visit, .discovery,
            PageContent(
                title: chosen.map(\.name).joined(separator: ", "),
                sentence: "Who uses which of them, and who would have to move.",
                crumb: ("Where services overlap", visit.to(DiscoveryLink.overlap)),
                body: parts.sideBySide(chosen) + parts.pairs(chosen) + parts.months(chosen, months)
                    + parts.people(shared, chosen) + parts.howCounted()))
    }
}

/// The parts of the pages about overlap.
struct OverlapParts {
    let triage: Triage
    let visit: Visit

    private func name(_ service: DiscoveredService) -> HTML {
        let name = triage.service(service.id)?.name ?? service.label
        return "<a class=\"row-link\" href=\"\(visit.to(DiscoveryLink.governance(service)))\">\(name)</a>"
    }

    private func state(_ service: DiscoveredService) -> HTML {
        DiscoveryWords.badge(triage.service(service.id)?.state ?? .discovered)
    }

    func all() -> HTML {
        guard visit.moment.usageKnown else {
            return Part.empty("Not evaluated", "The System Log could not be read, so nobody can tell who uses what.")
        }
        let overlaps = triage.overlaps
        guard !overlaps.isEmpty else {
            return Part.empty(
                "No overlap found", "Nobody used two services of one category within 90 days.") + howCounted()
        }
        return HTML(overlaps.map(category)) + howCounted()
    }

    private func category(_ overlap: Overlap) -> HTML {
        let services = overlap.services.prefix(12).map { service -> [HTML] in
            let people = service.active90 ?? 0
            return [
                name(service), state(service),
                Part.text(triage.service(service.id)?.owners?.owner?.name),
                bar(people, of: overlap.people), "\(Count.text(people))",
            ]
        }
        let compare = """
            <p><a href="\(visit.to(DiscoveryLink.compare(Array(overlap.services.prefix(5)))))">Compare \
            \(Count.of(min(5, overlap.services.count), "service", "services")) side by side</a></p>
            """ as HTML
        return Part.section(
            overlap.category.title,
            Part.table(
                "Services for \(overlap.category.title)",
                [
                    ("Service", false), ("State", false), ("Owner", false), ("Share of these people", false),
                    ("People, 90 days", true),
                ], Array(services))
                + table(Array(overlap.pairs.prefix(10)), overlap.category.title) + compare,
            note:
                "\(Count.of(overlap.services.count, "service", "services")), used by \(Count.of(overlap.people, "person", "people"))"
        )
    }

    private func bar(_ part: Int, of whole: Int) -> HTML {
        let width = whole > 0 ? part * 120 / whole : 0
        return """
            <svg class="gauge" viewBox="0 0 120 5" width="120" height="5" aria-hidden="true">\
            <rect class="track" width="120" height="5" rx="2"/><rect class="fill" width="\(width)" height="5" rx="2"/></svg>
            """
    }

    private func table(_ pairs: [Overlap.Pair], _ category: String) -> HTML {
        let rows = pairs.map { pair -> [HTML] in
            [
                "\(name(pair.first)) and \(name(pair.second))", "\(Count.text(pair.both))",
                "\(Int((pair.share * 100).rounded())) %", "\(Count.text(pair.onlyFirst))",
                "\(Count.text(pair.onlySecond))",
            ]
        }
        return Part.table(
            "Who uses both of two services: \(category)",
            [
                ("Two services", false), ("Use both", true), ("Of the smaller", true), ("Only the first", true),
                ("Only the second", true),
            ], rows)
    }

    func howCounted() -> HTML {
        """
        <details class="behind"><summary>How this is counted</summary><p>Somebody uses a service who signed in to it through \
        Okta within the last 90 days. Of two services a and b: <em>use both</em> = people of a ∩ people of b; <em>of the \
        smaller</em> = use both ÷ min(people of a, people of b); <em>only the second</em> = people of b − use both: who would \
        have to move if b went. Bookmarks, directories and Okta's own consoles are never compared: who opens them tells \
        nothing about a choice.</p></details>
        """
    }

    // MARK: side by side

    func sideBySide(_ chosen: [TriagedService]) -> HTML {
        let header = [("", false)] + chosen.map { ($0.name, false) }
        func row(_ title: HTML, _ cell: (TriagedService) -> HTML) -> [HTML] { [title] + chosen.map(cell) }
        let only = chosen.map { one -> Int in
            let own = triage.survey.active(one.service)
            return own.count - triage.survey.shared(own, with: chosen.filter { $0.id != one.id }.map(\.service))
        }
        var rows = [
            row("State") { DiscoveryWords.badge($0.state) },
            row("Owner") { Part.text($0.owners?.owner?.name) },
            row("Department") { Part.text($0.owners?.department) },
            row("Category") { Part.text($0.category?.title) },
            row("Assigned") { $0.service.isForEveryone ? "everyone" : Part.number($0.service.assigned) },
            row("Signed in, 90 days") { Part.number($0.service.active90) },
            row("Signed in, 30 days") { Part.number($0.service.active30) },
            ["Use none of the others"] + only.map { "\(Count.text($0))" as HTML },
        ]
        if chosen.contains(where: { !$0.spend.isEmpty }) {
            rows.append(
                row("Spend, 12 months") { one in
                    one.spend.isEmpty ? Part.none : "\(Amount.sums(one.spend))"
                })
        }
        return Part.section("Side by side", Part.table("Services side by side", header, rows))
    }

    func pairs(_ chosen: [TriagedService]) -> HTML {
        Part.section("Two by two", table(triage.survey.pairs(chosen.map(\.service)), "side by side"))
    }

    func months(_ chosen: [TriagedService], _ months: [String: [MonthCount]]) -> HTML {
        let names = months.values.first?.map(\.month) ?? []
        guard !names.isEmpty else { return HTML() }
        let known = names.indices.filter { position in
            months.values.contains { $0.indices.contains(position) && $0[position].count != nil }
        }
        let rows = known.map { position -> [HTML] in
            ["\(names[position])"]
                + chosen.map { one in
                    guard let counts = months[one.id], counts.indices.contains(position) else { return Part.none }
                    return Part.number(counts[position].count)
                }
        }
        return Part.section(
            "Sign-ins by month",
            Part.table("Sign-ins by month", [("Month", false)] + chosen.map { ($0.name, true) }, rows))
    }

    func people(_ shared: (people: [SharedPerson], count: Int), _ chosen: [TriagedService]) -> HTML {
        guard shared.count > 0 else {
            return Part.section("Who uses several", Part.empty("Nobody", "Nobody uses more than one of them."))
        }
        let rows = shared.people.map { person -> [HTML] in
            [PersonCell.html(id: person.id, name: person.name, login: person.login, visit)]
                + chosen.map { person.services.contains($0.id) ? "yes" : Part.none }
        }
        let note: HTML =
            shared.count > shared.people.count
            ? "the first \(Count.text(shared.people.count)) of \(Count.text(shared.count))"
            : "\(Count.of(shared.count, "person", "people"))"
        return Part.section(
            "Who uses several",
            Part.table("People who use several", [("Person", false)] + chosen.map { ($0.name, false) }, rows),
            note: note)
    }
}
