import Analysis
import Directory
import Storage
import WebSupport

/// The parts of Offboarding's front page.
enum OffboardingParts {
    static func tabs(_ current: String, _ visit: Visit) -> HTML {
        Part.tabs(
            OffboardingTab.all.map { ($0.title, nil, visit.to($0.link), $0.id == current) })
    }

    static func rule(_ tab: OffboardingTab, _ closings: OffboardingClosings) -> HTML {
        let sla: HTML? =
            tab.id.isEmpty
            ? """
             <b>Late</b>: the last removal came, or has not come yet, more than \(closings.slaHours) hours after the end; \
            24 unless somebody sets it below.
            """ : nil
        return "<details class=\"behind\"><summary>How this is counted</summary><p>\(tab.rule)\(sla)</p></details>"
    }

    /// The four numbers: each out of those who left within ninety days, but for access, which is never too old.
    static func figures(_ population: LeaverPopulation, _ closings: OffboardingClosings, _ visit: Visit) -> HTML {
        let all = population.leavers
        let begin = visit.moment.time.advanced(bySeconds: -90 * 86_400)
        let recent = all.filter { $0.end.at > begin }
        let holding = all.count(where: \.hasAccess)
        let known = all.count { $0.appsNow != nil }
        let acted = all.count { $0.activityAfter != nil }
        let late = recent.count { $0.isPast(sla: closings.slaHours, at: visit.moment.time) }
        func rows(_ filters: [String]) -> Link {
            visit.to(Link.offboarding.with(filters.map { ("where", $0) }))
        }
        let isKnown = visit.moment.usageKnown
        return Part.figures([
            Part.figure(
                "Left within 90 days", "\(Count.text(recent.count))",
                "\(Count.of(all.count, "leaver", "leavers")) in all", rows(["days_since_end<=90"])),
            Part.figure(
                "Still hold access", known == 0 && !all.isEmpty ? Part.notEvaluated : "\(Count.text(holding))",
                "apps, roles or tokens, of \(Count.of(known, "leaver", "leavers"))", rows(["holds_access=yes"])),
            Part.figure(
                "Acted after the end", isKnown ? "\(Count.text(acted))" : Part.notEvaluated,
                "of \(Count.of(all.count, "leaver", "leavers"))\(Part.usageBegins(90, visit))",
                rows(["activity_after!="])),
            Part.figure(
                "Past their time", "\(Count.text(late))",
                "over \(closings.slaHours) hours to the last removal, of \(Count.text(recent.count)) within 90 days",
                rows(["past_sla=yes", "days_since_end<=90"])),
        ])
    }

    /// Leavers by week, those with something left to do in the lighter part of the bar.
    static func picture(_ population: LeaverPopulation, _ closings: OffboardingClosings, _ visit: Visit) -> HTML {
        let weeks = 13
        var counts = [(all: Int, open: Int)](repeating: (0, 0), count: weeks)
        for leaver in population.leavers {
            let age = (visit.moment.time.seconds - leaver.end.at.seconds) / (7 * 86_400)
            guard (0..<Int64(weeks)).contains(age) else { continue }
            counts[weeks - 1 - Int(age)].all += 1
            if closings.isOpen(leaver, seenAt: population.seenAt) { counts[weeks - 1 - Int(age)].open += 1 }
        }
        let most = counts.map(\.all).max() ?? 0
        guard most > 0 else { return HTML() }
        let first = visit.moment.time.advanced(bySeconds: -Int64(weeks * 7 - 1) * 86_400)
        let bars = counts.enumerated().map { position, count -> HTML in
            let x = position * 46 + 4
            let height = count.all * 96 / most
            let open = count.open * 96 / most
            let day = first.advanced(bySeconds: Int64(position * 7) * 86_400).date
            let label: HTML? =
                count.all == 0 ? nil : "<text class=\"value\" x=\"\(x + 18)\" y=\"\(106 - height)\">\(count.all)</text>"
            return """
                <rect class="track" x="\(x)" y="\(112 - height)" width="36" height="\(height)"/>\
                <rect class="bar" x="\(x)" y="\(112 - open)" width="36" height="\(open)">\
                <title>Week from \(day): \(count.all) left, \(count.open) open</title></rect>\(label)\
                <text class="axis" x="\(x + 18)" y="128">\(day.dropFirst(5))</text>
                """
        }
        let rows = counts.enumerated().map { position, count -> [HTML] in
            let day = first.advanced(bySeconds: Int64(position * 7) * 86_400).date
            return ["\(day)", "\(count.all)", "\(count.open)"]
        }
        return Part.section(
            "Leavers by week",
            """
            <figure class="chart"><svg viewBox="0 0 600 134" preserveAspectRatio="xMinYMid" role="img" \
            aria-labelledby="weeks-title weeks-desc"><title id="weeks-title">Leavers by week</title>\
            <desc id="weeks-desc">Thirteen weeks; the dark part of each bar are those with something left to do.</desc>\
            <line class="base" x1="0" y1="112.5" x2="600" y2="112.5"/>\(bars)</svg></figure>\
            <details class="behind"><summary>Show the numbers</summary>\
            \(Part.table("Leavers by week", [("Week from", false), ("Left", true), ("Open", true)], rows))</details>
            """, note: "grey: all; dark: something left to do")
    }

    /// The way from the page of somebody who has left to their case.
    static func way(to id: String, _ visit: Visit) -> HTML {
        "<p><a href=\"\(visit.to(.below(.offboarding, id)))\">What they had when they left, and what became of it</a></p>"
    }

    static func slaForm(_ closings: OffboardingClosings, _ visit: Visit) -> HTML {
        Part.section(
            "Time allowed",
            """
            <form method="post" action="\(Link.offboarding)" class="form">\(visit.csrf())
            <label>Hours from the end to the last removal<input type="number" name="hours" min="1" max="8760" required \
            value="\(closings.slaHours)"></label><button>Save</button></form>
            """, note: "24 hours unless somebody says otherwise")
    }
}
