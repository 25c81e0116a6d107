import Analysis
import Directory
import Governance
import Storage
import WebSupport

/// What the company decided about one service: its state and owners, what does not agree with them, what else there is for the
/// same, and the record.
struct GovernanceParts {
    let one: TriagedService
    let triage: Triage
    let decisions: [AppDecision]
    let owners: [AppOwners]
    let visit: Visit

    /// Everything; what else there is to see of the service stands before the forms.
    func html(besides more: HTML = HTML()) -> HTML {
        let forms: HTML =
            visit.moment.asOf == .now
            ? changes()
            : Part.note(.unknown, "This is what had been decided by that date. Decisions are made about today.")
        return contradictions() + state() + consents() + others() + more + record() + forms
    }

    private func contradictions() -> HTML {
        HTML(
            one.contradictions.map { found in
                Part.note(
                    found.rule.isUrgent ? .danger : .attention,
                    "<strong>\(found.sentence)</strong> <a href=\"\(visit.to(rows(found)))\">See the rows</a>")
            })
    }

    private func rows(_ found: Contradiction) -> Link {
        switch found.rows {
        case .people:
            one.service.standing == .gone ? DiscoveryLink.service(one.id) : .app(one.id)
        case .decisions: DiscoveryLink.governance(one.service)
        case .person(let id): .user(id)
        case .contract(let id): .contract(id)
        case .service(let id):
            triage.survey.service(id).map(DiscoveryLink.governance) ?? .discovery
        }
    }

    private func state() -> HTML {
        var facts: [(String, HTML)] = [
            ("State", "\(DiscoveryWords.badge(one.state)) <small class=\"how\">\(one.state.meaning)</small>")
        ]
        if let decision = one.decision {
            facts.append(
                (
                    "Why",
                    "\(decision.reason)<small class=\"how\">\(decision.actor), \(When.ago(decision.from, now: visit.now))</small>"
                ))
            if let alternative = decision.alternative { facts.append(("Use instead", name(of: alternative))) }
        }
        facts.append(("Owner", person(one.owners?.owner)))
        facts.append(("Backup owner", person(one.owners?.backup)))
        facts.append(("Finance owner", person(one.owners?.finance)))
        facts.append(("Department", Part.text(one.owners?.department)))
        let source =
            one.facts.category != nil
            ? "as people say here" : one.service.entry.map { "from the catalogue: \($0.name), \($0.vendor)" } ?? ""
        facts.append(
            ("Category", "\(Part.text(one.category?.title))<small class=\"how\">\(source)</small>"))
        facts.append(("First seen", When.ago(one.service.firstSeen, now: visit.now, none: Part.none)))
        facts.append(("Last seen", When.ago(one.service.lastSeen, now: visit.now, none: Part.none)))
        if !one.spend.isEmpty {
            let amounts = Amount.sums(one.spend)
            facts.append(("Spend, 12 months", Part.text(amounts)))
        }
        if let note = one.facts.note { facts.append(("Note", "\(note)")) }
        return Part.section("Decided", Part.facts(facts))
    }

    private func name(of id: String) -> HTML {
        guard let other = triage.service(id) else { return "\(id)" }
        return "<a href=\"\(visit.to(DiscoveryLink.governance(other.service)))\">\(other.name)</a>"
    }

    private func person(_ owner: AppOwners.Owner?) -> HTML {
        guard let owner else { return Part.none }
        guard let id = owner.id else { return "\(owner.name)" }
        return "<a href=\"\(visit.to(.user(id)))\">\(owner.name)</a>"
    }

    private func consents() -> HTML {
        guard let consents = one.service.consents else { return HTML() }
        let scopes = consents.scopes.map { "<li><code>\($0)</code></li>" as HTML }
        let admin: HTML? = consents.byAdmin ? ", and an administrator did for everybody" : nil
        return Part.section(
            "Consents",
            """
            <p>\(Count.of(consents.people, "person", "people")) let it act for them\(admin): first \
            \(When.ago(consents.first, now: visit.now)), last \(When.ago(consents.last, now: visit.now)).</p>\
            <ul class="codes">\(scopes)</ul>
            """, note: "from the System Log")
    }

    private func others() -> HTML {
        guard let category = one.category, one.service.canOverlap else { return HTML() }
        let own = triage.survey.active(one.service)
        let others = triage.services.filter {
            $0.id != one.id && $0.category == category && $0.service.canOverlap
        }
        guard !others.isEmpty else { return HTML() }
        let rows = others.prefix(10).map { other -> [HTML] in
            let both = own.shared(with: triage.survey.active(other.service))
            return [
                "<a class=\"row-link\" href=\"\(visit.to(DiscoveryLink.governance(other.service)))\">\(other.name)</a>",
                DiscoveryWords.badge(other.state), Part.number(other.service.active90), "\(Count.text(both))",
            ]
        }
        let compared = [one.service] + others.prefix(4).map(\.service)
        return Part.section(
            "Others for the same",
            Part.table(
                "Services of this category",
                [("Service", false), ("State", false), ("People, 90 days", true), ("Use both", true)], Array(rows))
                + "<p><a href=\"\(visit.to(DiscoveryLink.compare(compared)))\">Compare them</a></p>",
            note: "\(category.title)")
    }

    // MARK: the record

    private func record() -> HTML {
        let decided = decisions.map { one -> (Int64, HTML) in
            let instead: HTML? = one.alternative.map { ", use \(name(of: $0)) instead" }
            return (
                one.from.rawValue,
                item(DiscoveryWords.badge(one.state), "\(one.reason)\(instead)", one.actor, one.from)
            )
        }
        let owned = owners.map { one -> (Int64, HTML) in
            let all = one.all.map { "\($0.role) \($0.owner.name)" } + [one.department].compactMap(\.self)
            return (
                one.from.rawValue,
                item(
                    Part.tag("owners"), all.isEmpty ? "nobody" : "\(all.joined(separator: ", "))", one.actor, one.from)
            )
        }
        let items = (decided + owned).sorted { $0.0 > $1.0 }.map(\.1)
        guard !items.isEmpty else {
            return Part.section("Record", "<p class=\"muted\">Nobody has decided anything about it yet.</p>")
        }
        return Part.section("Record", "<ol class=\"timeline\">\(items)</ol>", note: "the latest first")
    }

    private func item(_ badge: HTML, _ text: HTML, _ actor: String, _ time: Timestamp) -> HTML {
        """
        <li><span>\(badge)</span><span>\(text)<small class="how">\(actor), \(When.ago(time, now: visit.now)) \
        (\(time.date))</small></span></li>
        """
    }

    private func changes() -> HTML {
        let forms = GovernanceForms(
            chosen: [one], triage: triage, typed: FormData(), change: nil, problem: nil, visit: visit)
        return forms.decide() + forms.own() + forms.describe()
    }

    // MARK: numbers

    static func figures(_ service: DiscoveredService, _ visit: Visit) -> HTML {
        let gone: HTML = service.goneSince.map { "gone since \($0.date)" } ?? "never in Okta's list"
        return Part.figures([
            Part.figure(
                "Assigned", Part.number(service.assigned), service.standing == .gone ? gone : "people", nil),
            Part.figure(
                "Signed in, 90 days", Part.number(service.active90), "people\(Part.usageBegins(90, visit))", nil),
            Part.figure(
                "Signed in, 30 days", Part.number(service.active30), "people\(Part.usageBegins(30, visit))", nil),
            Part.figure("Departments", Part.number(service.departments90), "of those of 90 days", nil),
        ])
    }
}
