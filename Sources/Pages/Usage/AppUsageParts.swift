import Analysis
import Directory
import Storage
import WebSupport

/// The use of one app: the tab of its page.
enum AppUsageParts {
    static func html(_ detail: AppDetail, _ usage: AppUsage, _ visit: Visit) -> HTML {
        let app = detail.app.label
        let hasData = usage.evidence.grade != .none
        let wasSeen = usage.hours.total > 0 || usage.months.contains { $0.signIns ?? 0 > 0 }
        let note: HTML? =
            hasData
            ? nil
            : Part.note(
                .unknown,
                "\(GradeParts.noData) \(usage.evidence.reason) Nobody who has it is called inactive.")
        let months: HTML? =
            hasData || wasSeen
            ? Part.section("Sign-ins by month", UsageBars.draw(app, usage.months, visit)) : nil
        let hours: HTML? =
            hasData || wasSeen
            ? HeatMap.section("Sign-ins to \(app) by weekday and hour", usage.hours, visit) : nil
        return "\(note)\(figures(detail, usage, visit))\(months)\(silence(app, usage))\(evidence(usage, visit))\(hours)"
    }

    private static func figures(_ detail: AppDetail, _ usage: AppUsage, _ visit: Visit) -> HTML {
        let people = visit.to(.app(detail.app.id))
        let isNoData = usage.evidence.grade == .none
        func active(_ count: Int?, _ days: Int64) -> HTML {
            let of: HTML =
                usage.assigned.map { all -> HTML in
                    if isNoData { return "seen, of \(Count.text(all)) assigned" }
                    let share = count.flatMap { Count.share($0, of: all) } ?? "–"
                    return "\(share) of \(Count.text(all)) assigned"
                } ?? (detail.app.implicitAssignment ? "people; everybody may use it" : "people")
            let others = days == 90 ? usage.others ?? 0 : 0
            let more: HTML? =
                others == 0 ? nil : "; \(Count.of(others, "person", "people")) who do not have it signed in too"
            return Part.figure(
                "Active, \(days) days", isNoData && count == 0 ? GradeParts.noData : Part.number(count),
                "\(of)\(Part.usageBegins(days, visit))\(more)",
                usage.assigned == nil || isNoData || days == 60
                    ? nil : people.with([("where", "sign_ins_\(days)d>0")]))
        }
        let whole = usage.months.last { $0.personDays != nil }
        return Part.figures([
            active(usage.active?.thirty, 30), active(usage.active?.sixty, 60), active(usage.active?.ninety, 90),
            Part.figure(
                "Stickiness",
                whole?.stickinessPercent.map { "\($0) %" } ?? (isNoData ? GradeParts.noData : Part.notEvaluated),
                "mean people a day ÷ people of \(whole?.month ?? "a whole month")", nil),
        ])
    }

    private static func silence(_ app: String, _ usage: AppUsage) -> HTML? {
        guard let silence = usage.silence else { return nil }
        return Part.section(
            "Last use",
            SilenceBars.draw(
                app, silence, window: usage.evidence.window(), isCalibrated: usage.evidence.windowDays != nil),
            note: "of the \(Count.text(silence.all)) who have it")
    }

    private static func evidence(_ usage: AppUsage, _ visit: Visit) -> HTML {
        let evidence = usage.evidence
        let when: HTML? = evidence.calibratedOn.map { "worked out on \($0.date)" }
        let window: HTML =
            evidence.grade == .none
            ? HTML()
            : evidence.windowDays == nil
                ? "<p>The default window of \(evidence.window()) days applies.</p>"
                : "<p>Whoever has been silent for \(evidence.window()) days counts as dormant.</p>"
        return Part.section(
            "What sign-ons can tell",
            """
            <p>\(GradeParts.badge(evidence.grade, reason: evidence.reason)) \(evidence.reason)</p>\(window)\
            \(backTests(usage))\(GradeParts.meaning)
            """, note: when ?? HTML())
    }

    private static func backTests(_ usage: AppUsage) -> HTML {
        guard usage.evidence.grade != .none, !usage.backTests.isEmpty else { return HTML() }
        func back(_ count: Int, _ all: Int) -> HTML {
            guard all > 0 else { return Part.none }
            return "\(Count.text(count)) of \(Count.text(all)) (\(Count.share(count, of: all) ?? ""))"
        }
        let rows = usage.backTests.map { test -> [HTML] in
            let mark: HTML? = test.window == usage.evidence.windowDays ? " <b>calibrated</b>" : nil
            return [
                "\(test.window) days\(mark)", back(test.back30, test.dormant30), back(test.back60, test.dormant60),
                back(test.back90, test.dormant90),
            ]
        }
        return Part.table(
            "Back-test of windows",
            [
                ("Window", false), ("Back within 30 days", true), ("within 60", true), ("within 90", true),
            ], rows) + """
                <details class="behind"><summary>How this is counted</summary><p>The window is the shortest silence w from which \
                on P(next use within 30 days | silent for w) = 1 − S(w + 30) ÷ S(w) stays at most 5 %, where S is the \
                Kaplan–Meier estimate over all silences between sign-ons; those still on count as censored, and at least 50 \
                silences have to be known for 30 days behind w. The back-test looks at days in the past, thirty days apart, \
                twelve at most: of everybody whom the window had called dormant on such a day, how many signed in again. A day \
                counts only where as many known days lie before it as the window has, and behind it as the column says; a dash \
                means that none does, or that nobody was dormant.</p></details>
                """
    }
}
