import Directory
import Problems
import Storage
import WebSupport

/// What began and ended of a person, a group or an app, newest first, with how and in which run Muster learned of it.
enum TimelineParts {
    static func html(
        _ subject: Difference.Subject, _ store: Store, here: Link, _ visit: Visit
    ) async throws(Problem) -> HTML {
        let cursor = visit.request.query.filled("after")
        let page = try await store.timeline(of: subject, visit.moment, after: cursor)
        guard !page.events.isEmpty else {
            return Part.empty("Nothing known yet", "What begins and ends is written here from the first sync on.")
        }
        let start: HTML? =
            cursor == nil ? nil : "<a rel=\"first\" href=\"\(visit.to(here))\">Newest</a>"
        let next: HTML? = page.next.map { cursor in
            "<a rel=\"next\" class=\"button\" href=\"\(visit.to(here.with([("after", cursor)])))\">Older</a>"
        }
        let pager: HTML? =
            start == nil && next == nil
            ? nil
            : "<nav class=\"pager\" aria-label=\"Pages\"><span></span><span class=\"pages\">\(start)\(next)</span></nav>"
        return Part.section("What began and ended", days(page.events, visit), note: "Newest first") + (pager ?? HTML())
    }

    private static func days(_ events: [TimelineEvent], _ visit: Visit) -> HTML {
        var html = HTML()
        var day: String?
        for event in events {
            if event.at.date != day {
                if day != nil { html += "</ol>" }
                day = event.at.date
                html += "<h3>\(event.at.date)</h3><ol class=\"timeline\">"
            }
            html += item(event, visit)
        }
        return html + "</ol>"
    }

    private static func item(_ event: TimelineEvent, _ visit: Visit) -> HTML {
        let look: HTML =
            switch event.edge {
            case .began: event.evidence.isLowerBound ? "unknown" : "good"
            case .ended: "danger"
            case .changed: "attention"
            }
        let run: HTML? = event.run.map { run in
            """
            , learnt in <a href="\(visit.to(.run(run.integration, run.id)))">run \(run.id)</a> \
            \(When.ago(run.startedAt, now: visit.now))
            """
        }
        let notes: HTML? =
            event.notes.isEmpty ? nil : "<span class=\"sub\">\(event.notes.joined(separator: "; "))</span>"
        return """
            <li class="\(look)"><span class="dot" aria-hidden="true"></span><div>\(words(event, visit))\(notes)\
            <small class="how"><time datetime="\(event.at.iso8601Seconds)">\(When.full(event.at).dropFirst(11))</time>, \
            \(Part.how(event.evidence.text))\(run)</small></div></li>
            """
    }

    private static func words(_ event: TimelineEvent, _ visit: Visit) -> HTML {
        let other = other(event.other, visit)
        let path: HTML? = event.path.map { " <span class=\"path\">\($0)</span>" }
        // What was there when Muster first looked did not begin then.
        let isOld = event.evidence.isLowerBound && event.edge == .began
        switch (event.kind, event.edge) {
        case (.membership, .began) where isOld: return "Already in: \(other)"
        case (.appGroup, .began) where isOld: return "Already given: \(other)"
        case (.assignment, .began) where isOld: return "Already assigned: \(other)\(path)"
        case (.role, .began) where isOld: return "Already held: <strong>\(event.word)</strong>\(path)"
        case (.membership, .began): return "Joined: \(other)"
        case (.membership, .ended): return "Left: \(other)"
        case (.membership, .changed): return "Still a member: \(other)"
        case (.appGroup, .ended): return "No longer given: \(other)"
        case (.appGroup, .began): return "Given: \(other)"
        case (.appGroup, .changed): return "Given with another priority: \(other)"
        case (.assignment, .began): return "Assigned: \(other)\(path)"
        case (.assignment, .ended): return "Taken away: \(other)\(path)"
        case (.assignment, .changed):
            let before: HTML? = event.before.map { ", before that <span class=\"path\">\($0)</span>" }
            return "Assignment changed: \(other)\(path)\(before)"
        case (.role, .ended): return "Role ended: <strong>\(event.word)</strong>\(path)"
        case (.role, _): return "Role given: <strong>\(event.word)</strong>\(path)"
        case (.version, .began): return "Known from here on \(shown(event.word))"
        case (.version, .ended): return "Gone from Okta \(shown(event.word))"
        case (.version, .changed):
            guard let before = event.before else { return "Changed" }
            return "\(shown(before)) → \(shown(event.word))"
        }
    }

    /// A status as a badge, a name as it is.
    private static func shown(_ word: String?) -> HTML {
        guard let word, !word.isEmpty else { return HTML() }
        let isStatus = word.utf8.allSatisfy { (65...90).contains($0) || $0 == 95 }
        return isStatus ? Part.status(word) : "<strong>\(word)</strong>"
    }

    private static func other(_ name: TimelineName?, _ visit: Visit) -> HTML {
        guard let name else { return HTML() }
        let link: Link =
            switch name.noun {
            case "user": .user(name.id)
            case "group": .group(name.id)
            default: .app(name.id)
            }
        return "<a class=\"row-link\" href=\"\(visit.to(link))\">\(name.name)</a>"
    }
}
