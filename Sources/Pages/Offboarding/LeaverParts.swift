import Analysis
import Directory
import Governance
import Problems
import Storage
import WebSupport

/// The parts of a leaver's page.
struct LeaverParts {
    let found: OffboardingCase
    let deeds: LeaverDeeds
    let visit: Visit
    /// The fields of a form that was refused.
    let typed: FormData

    var person: LeaverPerson { found.facts.person }
    var end: LeaverEnd { found.facts.end }

    static func banner(_ problem: Problem?) -> HTML {
        problem.map {
            Part.note(.danger, "<strong>\($0.title).</strong> \($0.explanation) \($0.remedy)")
        } ?? HTML()
    }

    var sentence: HTML {
        let when = When.ago(end.at, now: visit.now)
        switch end.source {
        case .okta: return "Deactivated in Okta \(when)."
        case .gone: return "Gone from Okta's list \(when)."
        case .roster: return "Let go by the roster \(when), and still \(Part.status(person.status)) in Okta."
        case .person: return "A case was opened by hand \(when); \(Part.status(person.status)) in Okta."
        }
    }

    /// What cannot be told, and what must not be overlooked.
    var notes: HTML {
        var notes: [HTML] = []
        if !found.facts.isPastKnown {
            notes.append(
                Part.note(
                    .unknown,
                    """
                    \(Part.notEvaluated) What they had when they left: neither the System Log nor a sync reaches back to \
                    \(end.at.date). The checklist has what is seen since.
                    """))
        }
        let unread = found.facts.unreadApps
        if !unread.isEmpty {
            let more = unread.count > 10 ? ", and \(unread.count - 10) more" : ""
            notes.append(
                Part.note(
                    .unknown,
                    """
                    \(Part.notEvaluated) Whether they had \(unread.prefix(10).joined(separator: ", "))\(more): nobody could \
                    read who has \(unread.count == 1 ? "it" : "them").
                    """))
        }
        if end.source == .roster {
            notes.append(Part.note(.danger, "The last day is over, and the account is not deactivated in Okta."))
        }
        if let acted = found.facts.activityAfter {
            notes.append(Part.note(.danger, "They acted after the end, last \(When.ago(acted, now: visit.now))."))
        }
        if deeds.failures > 0 {
            notes.append(
                Part.note(
                    .danger, "Okta failed to end \(Count.of(deeds.failures, "account", "accounts")) in apps: see below."
                ))
        }
        return HTML(notes)
    }

    var figures: HTML {
        let facts = found.facts
        let leaver = facts.apps.filter(\.hadThen).count
        let now = facts.apps.count(where: \.isPresent)
        let byHand = facts.apps.filter { $0.way == .manual }.count
        let vouched = found.items.count { one in
            if case .closed = one.state { one.item.key.kind == .app && !one.item.isProof } else { false }
        }
        return Part.figures([
            Part.figure(
                "Apps then", facts.isPastKnown ? "\(Count.text(leaver))" : Part.notEvaluated,
                "assigned just before \(end.at.date)", nil),
            Part.figure(
                "Apps now", facts.isPresentKnown ? "\(Count.text(now))" : Part.notEvaluated, "still assigned",
                visit.to(.user(person.id))),
            Part.figure(
                "By hand", facts.isPastKnown ? "\(Count.text(byHand))" : Part.notEvaluated,
                "which Okta cannot prove; \(Count.text(vouched)) vouched for", nil),
            Part.figure(
                "Open", "\(Count.text(found.openItems))", "of \(Count.of(found.items.count, "item", "items"))", nil),
            Part.figure("Last removal", lastRemoval, "\(found.slaHours) hours are allowed", nil),
        ])
    }

    private var lastRemoval: HTML {
        if Leaver.holdsAccess(found.facts) {
            let late = visit.moment.time.seconds - end.at.seconds > Int64(found.slaHours) * 3600
            return late ? "<span class=\"badge danger\">late</span> still held" : "still held"
        }
        guard let last = found.facts.lastRemovalAt else { return Part.none }
        let seconds = max(0, last.seconds - end.at.seconds)
        let late = seconds > Int64(found.slaHours) * 3600
        return "\(late ? "<span class=\"badge danger\">late</span> " : "" as HTML)\(When.span(seconds))"
    }

    var facts: HTML {
        let record = found.record
        let last = end.mayActUntil == end.at ? nil : "\(end.mayActUntil.date)" as HTML
        var facts: [(String, HTML)] = [
            ("Person", "<a href=\"\(visit.to(.user(person.id)))\">\(person.name)</a>"),
            ("Login", "\(person.login)"),
            ("Status in Okta", person.status.isEmpty ? "gone from the list" : Part.status(person.status)),
            ("Department", Part.text(person.department)), ("Title", Part.text(person.title)),
            ("Manager", Part.text(person.manager)),
            ("Left", "\(When.full(end.at)) \(end.source == .okta ? Part.evidence(end.evidence) : HTML())"),
        ]
        if let last { facts.append(("Last day over, by the roster", last)) }
        if let returned = end.returnedAt { facts.append(("Had come back", "\(When.full(returned))")) }
        facts += [
            ("Last sign-in to Okta", When.ago(person.lastLogin, now: visit.now, none: Part.noDate(visit))),
            ("Looked after by", Part.text(record?.owner)),
            ("Due", Part.text(record?.dueOn.map { Timestamp(day: $0).date })),
        ]
        if let note = record?.note { facts.append(("Note", "\(note)")) }
        if let closedAt = record?.closedAt {
            facts.append(
                (
                    "Closed",
                    """
                    by \(record?.closedBy), \(When.full(closedAt)), with \(Count.text(record?.closedOpen ?? 0)) open \
                    <a href="\(visit.to(.below(.below(.offboarding, person.id), "record.csv")))">as it was then</a>
                    """
                ))
        }
        return Part.section("About", Part.facts(facts))
    }

    var activity: HTML {
        let own: HTML =
            !found.facts.isActivityKnown
            ? Part.empty("Not evaluated", "The System Log could not be read, so nobody can tell what they did.")
            : deeds.own.isEmpty
                ? Part.empty("Nothing seen", "No success of theirs is known after \(When.full(end.mayActUntil)).")
                : table("What they did after the end", deeds.own)
        let provisioning: HTML? =
            deeds.provisioning.isEmpty
            ? nil : Part.section("What Okta did in apps", table("Accounts ended by Okta", deeds.provisioning))
        return Part.section("After the end", own) + (provisioning ?? HTML())
    }

    private func table(_ caption: String, _ deeds: [LeaverDeeds.Deed]) -> HTML {
        Part.table(
            caption, [("When", false), ("What", false), ("Of", false), ("Times", true)],
            deeds.map { deed -> [HTML] in
                let failed: HTML = deed.result == "FAILURE" ? " <span class=\"badge danger\">failed</span>" : ""
                return [
                    When.ago(deed.at, now: visit.now), "\(deed.what)\(failed)", Part.text(deed.subject),
                    "\(Count.text(deed.count))",
                ]
            })
    }

    var history: HTML {
        guard !found.events.isEmpty else { return HTML() }
        let items = found.events.map { event -> HTML in
            let of: HTML? = event.label.map { " <strong>\($0)</strong>" }
            let detail: HTML? = event.detail.map { "<span class=\"sub\">\($0)</span>" }
            return """
                <li><span class="dot" aria-hidden="true"></span><div>\(event.actor) \(Self.word(event.action))\(of)\(detail)\
                <small class="how">\(When.full(event.at))</small></div></li>
                """
        }
        return Part.section("What people did", "<ol class=\"timeline\">\(items)</ol>", note: "newest first")
    }

    private static func word(_ action: String) -> String {
        switch action {
        case "open": "opened the case"
        case "close": "closed"
        case "reopen": "opened again"
        case "close-case": "closed the case"
        case "reopen-case": "opened the case again"
        default: "noted"
        }
    }
}
