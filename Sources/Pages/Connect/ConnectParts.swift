import Directory
import OktaAPI
import Sync
import WebSupport

/// What a checked tenant answered: step 2 of the connect wizard.
enum ConnectParts {
    static func outcome(_ visit: Visit, _ check: ConnectionCheck, _ key: String) -> HTML {
        let missing = check.probe.entries.count { $0.coverage != .readable }
        let summary =
            missing == 0
            ? Part.note(.good, "Everything Muster asks for can be read.")
            : Part.note(
                .attention,
                "\(Count.of(missing, "part", "parts")) cannot be read. Muster works without, and says “not evaluated” there."
            )
        return """
            \(summary)<div class="columns">\(Part.section("What can be read", matrix(check.probe.entries)))\
            \(Part.section("What the first sync asks", plan(check.plan), note: "about \(minutes(check.plan.minutes))"))</div>
            <form method="post" action="\(Link.connect)" class="sticky-action">\(visit.csrf())\
            <input type="hidden" name="pending" value="\(key)"><button class="primary">Connect and sync now</button>\
            <a href="\(visit.to(.connect))">Use another credential</a></form>
            """
    }

    static func matrix(_ entries: [ProbeMatrix.Entry]) -> HTML {
        Part.table(
            "Probe matrix", [("Part", false), ("State", false), ("What to grant", false)],
            entries.map { entry -> [HTML] in
                [
                    "\(entry.resource.rawValue.replacing("_", with: " "))", coverage(entry.coverage),
                    entry.remedy.isEmpty ? Part.none : "\(entry.remedy)",
                ]
            })
    }

    static func coverage(_ coverage: Coverage) -> HTML {
        switch coverage {
        case .readable: "<span class=\"badge good\">readable</span>"
        case .forbidden(let code): "<span class=\"badge attention\">forbidden</span> <code>\(code)</code>"
        case .unavailable(let code): "<span class=\"badge neutral\">unavailable</span> <code>\(code)</code>"
        case .notTried: "<span class=\"not-evaluated\">not tried</span>"
        }
    }

    static func plan(_ plan: SyncPlan) -> HTML {
        let rows = plan.lines.map { line -> [HTML] in
            [
                "\(line.callClass.replacing("_", with: " "))", "<code>\(line.bucket)</code>",
                "\(Count.text(line.calls))",
                line.minutes > 0 ? "\(minutes(line.minutes))" : Part.none,
            ]
        }
        let total: [HTML] = [
            "<strong>Together</strong>", "in parallel", "<strong>\(Count.text(plan.totalCalls))</strong>",
            "<strong>\(minutes(plan.minutes))</strong>",
        ]
        let notes = plan.notes.map { "<li>\($0)</li>" as HTML }
        return Part.table(
            "Predicted calls", [("Calls for", false), ("Rate limit", false), ("Calls", true), ("Time", true)],
            rows + [total]) + RunParts.choices(plan.choices)
            + (notes.isEmpty ? HTML() : "<ul class=\"muted notes\">\(notes)</ul>")
    }

    static func minutes(_ minutes: Double) -> String {
        let seconds = Int64((minutes * 60).rounded(.up))
        return seconds < 60 ? "under a minute" : When.span(seconds)
    }
}
