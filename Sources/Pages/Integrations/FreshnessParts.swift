import Directory
import Storage
import WebSupport

/// How soon changes in Okta are seen here.
enum FreshnessParts {
    /// What keeps the log from being followed, and the figures of following it.
    ///
    /// - Parameter drift: what the newest finished full sync found besides, where that was measured.
    static func section(
        _ tail: TailHealth, drift: RunRecord?, _ integration: Integration, _ visit: Visit
    ) -> HTML {
        guard integration.disconnectedAt == nil else { return HTML() }
        var note = HTML()
        if let problem = tail.problem {
            note = Part.note(
                .attention,
                """
                <strong>The System Log is not followed: \(problem.title).</strong> \(problem.remedy) Muster tries again by \
                itself; until then changes are seen at the next full sync. <span class="muted">\(problem.id)</span>
                """)
        }
        guard tail.askedAt != nil else { return note }
        return note
            + Part.section(
                "Freshness",
                Part.figures([
                    followed(tail, visit), arrival(tail), waiting(tail, visit), calls(tail),
                    self.drift(drift, integration, visit),
                ]) + table(tail), note: "what the System Log tells is read again within seconds")
    }

    private static func followed(_ tail: TailHealth, _ visit: Visit) -> HTML {
        Part.figure(
            "System Log asked", When.ago(tail.askedAt, now: visit.now, none: "never"),
            tail.eventAt.map { "newest event \(When.ago($0, now: visit.now))" } ?? "no event yet", nil)
    }

    private static func arrival(_ tail: TailHealth) -> HTML {
        let count = Count.of(tail.day.changeCount, "change", "changes")
        guard tail.day.changeCount > 0 else {
            return Part.figure("Changes arrive", Part.none, "none in the last 24 hours", nil)
        }
        let half: HTML = tail.day.medianBound.map { "half within \($0) s" } ?? "half later than a minute"
        return Part.figure("Changes arrive", half, "of \(count) in the last 24 hours", nil)
    }

    private static func waiting(_ tail: TailHealth, _ visit: Visit) -> HTML {
        Part.figure(
            "To be read again", "\(Count.text(tail.waiting))",
            tail.waitingSince.map { "the oldest of \(When.ago($0, now: visit.now))" } ?? "nothing waits", nil)
    }

    private static func calls(_ tail: TailHealth) -> HTML {
        let hours = max(1, tail.hour.seconds)
        let perHour = (tail.hour.logCalls + tail.hour.otherCalls) * 3600 / Int(hours)
        return Part.figure(
            "Calls an hour", "\(Count.text(perHour))",
            "\(Count.text(tail.hour.logCalls)) asked the log, \(Count.text(tail.hour.otherCalls)) read what it told of",
            nil)
    }

    private static func drift(_ run: RunRecord?, _ integration: Integration, _ visit: Visit) -> HTML {
        guard let run, let drift = run.drift else {
            return Part.figure("Drift", Part.none, "measured by the next full sync", nil)
        }
        return Part.figure(
            "Drift", "\(Count.text(drift))",
            drift == 0 ? "changes the log had not told of" : "changes the log had not told of; see the run",
            visit.to(.run(integration.name, run.id)))
    }

    private static func table(_ tail: TailHealth) -> HTML {
        guard tail.day.changeCount > 0 else { return HTML() }
        var rows: [[HTML]] = []
        var sum = 0
        for (index, count) in tail.day.changes.enumerated() {
            sum += count
            let name: HTML =
                index < TailFigures.bounds.count ? "within \(TailFigures.bounds[index]) s" : "later"
            rows.append([
                name, "\(Count.text(count))", "\(sum * 100 / tail.day.changeCount) %",
            ])
        }
        return """
            <details><summary>How long changes took in the last 24 hours</summary>\
            \(Part.table(
                "From Okta's event to the row here", [("Arrived", false), ("Changes", true), ("Together", true)], rows))\
            <p class="muted">Counted from the time Okta gives its event to the time the row was written here. Two clocks \
            are compared: where they differ, so does the figure.</p></details>
            """
    }
}
