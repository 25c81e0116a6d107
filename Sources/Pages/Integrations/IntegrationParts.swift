import Directory
import OktaAPI
import Storage
import WebSupport

/// The parts of an integration's page.
enum IntegrationParts {
    static func credential(_ kind: String) -> String {
        switch kind {
        case "apiToken", "API token": "API token"
        case "privateKey": "service app"
        case "clientSecret": "API service integration"
        default: kind
        }
    }

    /// What Okta had deleted of its System Log before Muster read it.
    static func gaps(_ gaps: [LogGap]) -> HTML {
        HTML(
            gaps.map { gap in
                Part.note(
                    .attention,
                    """
                    <strong>The System Log has a gap</strong> \(When.span(gap.to.seconds - gap.from.seconds)) long, from \
                    \(When.full(gap.from)) to \(When.full(gap.to)). Okta keeps its log for 90 days and had deleted these \
                    before Muster came back: sign-ins and changes of that time are not known, and no figure counts them.
                    """)
            })
    }

    /// What stands in the way, and how long the token lives.
    ///
    /// - Parameter next: when it is synced next without anybody asking; nil when it is not.
    static func state(_ integration: Integration, next: Timestamp?, _ visit: Visit) -> HTML {
        var notes = HTML()
        if integration.disconnectedAt != nil {
            notes += Part.note(
                .unknown,
                """
                Disconnected \(When.ago(integration.disconnectedAt, now: visit.now, none: HTML())). Its data stays \
                readable. <a href="\(visit.to(.connect))">Connect it again</a>
                """)
        }
        if let problem = integration.problem {
            notes += Part.note(
                .danger,
                "<strong>\(problem.title).</strong> \(problem.remedy) <span class=\"muted\">\(problem.id)</span>")
        }
        let days = integration.tokenDaysLeft(at: visit.now)
        let life: HTML? = days.map { days in
            "token dies in \(Count.of(days, "day", "days")) unless used"
        }
        return notes
            + Part.figures([
                Part.figure(
                    "Credential", "\(credential(integration.credentialKind))", life ?? "does not expire by idling", nil),
                Part.figure(
                    "Okta answered", When.ago(integration.lastCallAt, now: visit.now, none: "never"), "last call", nil),
                Part.figure(
                    "Connected", When.ago(integration.createdAt, now: visit.now),
                    integration.contact.map { "contact \($0)" } ?? "no contact named", nil),
                Part.figure(
                    "Next sync",
                    next.map { $0 <= visit.now ? "now" : When.ago($0, now: visit.now) } ?? "when you ask",
                    schedule(integration.schedule), visit.to(.integration(integration.name, tab: "settings"))),
            ])
    }

    private static func schedule(_ schedule: SyncSchedule) -> HTML {
        switch schedule {
        case .usual: "as often as the server usually does"
        case .every(let minutes): "every \(When.span(Int64(minutes) * 60))"
        case .onRequest: "no schedule"
        }
    }

    private static func scheduleForm(_ integration: Integration, _ visit: Visit) -> HTML {
        var choices = ["usual", "15m", "30m", "1h", "6h", "12h", "1d", "on-request"]
        if !choices.contains(integration.schedule.text) { choices.insert(integration.schedule.text, at: 1) }
        let options = choices.compactMap { try? SyncSchedule(parsing: $0) }.map { choice -> HTML in
            let selected: HTML = choice == integration.schedule ? " selected" : ""
            let words: HTML =
                switch choice {
                case .usual: "As often as the server usually does"
                case .every(let minutes): "Every \(When.span(Int64(minutes) * 60))"
                case .onRequest: "Only when somebody asks"
                }
            return "<option value=\"\(choice.text)\"\(selected)>\(words)</option>"
        }
        return Part.section(
            "Schedule",
            """
            <form method="post" action="\(Link.integration(integration.name, tab: "schedule"))" class="form">\
            \(visit.csrf())<label>Sync this tenant<select name="every">\(HTML(options))</select></label>\
            <button class="primary">Save</button></form>
            <p class="muted">A sync that an outage interrupts goes on by itself: after a minute, then after as long as Okta was silent, \
            up to an hour. An API token is used at least once in three weeks, so that it does not die.</p>
            """)
    }

    static func syncButton(_ integration: Integration, _ visit: Visit, isBusy: Bool) -> HTML {
        let path = Link.integration(integration.name, tab: "sync")
        return """
            <form method="post" action="\(path)">\(visit.csrf())\
            <button class="primary"\(isBusy ? " disabled" : "" as HTML)>\(isBusy ? "Syncing" : "Sync now")</button></form>
            """
    }

    static func runs(_ runs: [RunRecord], _ integration: Integration, _ visit: Visit) -> HTML {
        guard !runs.isEmpty else {
            return Part.empty("No runs yet", "Press “Sync now” to read this tenant for the first time.")
        }
        return Part.table(
            "Runs",
            [
                ("Run", false), ("Status", false), ("Began", false), ("Took", false), ("Calls", true),
                ("Predicted", true), ("Retries", true), ("What ended it", false),
            ],
            runs.map { run -> [HTML] in
                [
                    "<a class=\"row-link\" href=\"\(visit.to(.run(integration.name, run.id)))\">Run \(run.id)</a>",
                    Part.status(run.status.rawValue), When.ago(run.startedAt, now: visit.now),
                    run.finishedAt.map { "\(When.span($0.seconds - run.startedAt.seconds))" } ?? Part.none,
                    "\(Count.text(run.totalCalls))", run.predictedCalls.map { "\(Count.text($0))" } ?? Part.none,
                    "\(Count.text(run.retries))", run.problem.map { "\($0.title)" } ?? Part.none,
                ]
            })
    }

    /// The address of a question to the log names dozens of types of events: it is opened by whoever wants to see it all.
    private static func request(_ call: CallRecord) -> HTML {
        guard call.path.count > longestPath else { return "<code>\(call.method) \(call.path)</code>" }
        return """
            <details><summary><code>\(call.method) \(call.path.prefix(longestPath))…</code></summary>\
            <code>\(call.path)</code></details>
            """
    }
    private static let longestPath = 90

    static func calls(_ calls: [CallRecord], total: Int, _ integration: Integration, _ visit: Visit) -> HTML {
        guard !calls.isEmpty else {
            return Part.empty("No calls yet", "Every request Muster sends to Okta is written down here.")
        }
        let rows = calls.map { call -> [HTML] in
            [
                "\(Count.text(call.position))", When.ago(call.calledAt, now: visit.now),
                request(call),
                "<span class=\"badge \(call.status < 400 ? "good" : call.status == 429 ? "attention" : "danger")\">\(call.status)</span>",
                call.items.map { "\(Count.text($0))" } ?? Part.none, "\(Count.text(call.bytes / 1024)) kB",
                "\(Count.text(call.durationMicroseconds / 1000)) ms", "<code>\(call.requestID)</code>",
            ]
        }
        let here = Link.integration(integration.name, tab: "calls")
        func file(_ format: String) -> Link { visit.to(.integration(integration.name, tab: "calls.\(format)")) }
        let older: HTML? = calls.last.flatMap { last in
            last.position > 1
                ? "<a class=\"button\" rel=\"next\" href=\"\(visit.to(here.with([("before", "\(last.position)")])))\">Older calls</a>"
                : nil
        }
        let table = Part.table(
            "Call ledger",
            [
                ("No.", true), ("When", false), ("Request", false), ("Answer", false), ("Items", true), ("Size", true),
                ("Took", true), ("Okta request id", false),
            ], rows)
        return """
            <p class="muted">Every request Muster sent to this tenant, newest first. Each line is chained to the one \
            before by its hash, so that none can be taken out unseen.</p>\(table)
            <nav class="pager" aria-label="Pages"><span class="tabular">\(Count.of(total, "call", "calls")) in all</span>\
            <span><span class="muted">Export, with hashes</span> <a href="\(file("csv"))">CSV</a> \
            <a href="\(file("json"))">JSON</a></span><span>\(older)</span></nav>
            """
    }

    static func limits(_ gauges: [RateGauge], _ visit: Visit) -> HTML {
        guard !gauges.isEmpty else {
            return Part.empty("No limits known yet", "Muster learns them from the headers of Okta's answers.")
        }
        return Part.section("Rate limits", self.gauges(gauges, visit), note: "as Okta's headers last told")
    }

    /// One bar for each bucket: what Muster used of what it allows itself.
    static func gauges(_ gauges: [RateGauge], _ visit: Visit) -> HTML {
        let rows = gauges.map { gauge -> [HTML] in
            let allowed = max(gauge.allowed, 1)
            let width = min(200, gauge.used * 200 / allowed)
            let bar: HTML = """
                <svg class="gauge" viewBox="0 0 200 8" width="200" height="8" role="img" \
                aria-label="\(gauge.used) of \(gauge.allowed) used"><rect class="track" width="200" height="8" rx="4"/>\
                <rect class="fill" width="\(width)" height="8" rx="4"/></svg>
                """
            return [
                "<code>\(gauge.bucket)</code>", bar, "\(Count.text(gauge.used)) of \(Count.text(gauge.allowed))",
                "\(Count.text(gauge.limit))", "\(Count.text(gauge.remaining))",
                When.ago(gauge.resetsAt, now: visit.now),
            ]
        }
        return Part.table(
            "Rate limits",
            [
                ("Bucket", false), ("Muster's share", false), ("Used", true), ("Okta's limit", true),
                ("Remaining for all", true), ("Resets", false),
            ], rows)
    }

    static func coverage(_ entries: [ResourceCoverage], _ integration: Integration, _ visit: Visit) -> HTML {
        guard !entries.isEmpty else {
            return Part.empty("Not checked yet", "A check or a sync finds out what this credential may read.")
        }
        let rows = entries.map { entry -> [HTML] in
            [
                "\(entry.resource.rawValue.replacing("_", with: " "))", ConnectParts.coverage(entry.coverage),
                "\(entry.resource.remedy(entry.coverage, isToken: integration.credentialKind == "apiToken"))",
                When.ago(entry.checkedAt, now: visit.now),
            ]
        }
        let recheck: HTML =
            integration.disconnectedAt != nil
            ? HTML()
            : """
            <form method="post" action="\(Link.integration(integration.name, tab: "recheck"))">\(visit.csrf())\
            <button>Check again</button></form>
            """
        return Part.section(
            "What this credential may read",
            Part.table(
                "Coverage", [("Part", false), ("State", false), ("What to do", false), ("Checked", false)], rows)
                + recheck)
    }

    static func settings(_ integration: Integration, _ hook: HTML, _ visit: Visit) -> HTML {
        let facts = Part.section(
            "About",
            Part.facts([
                ("Address", "<code>\(integration.baseURL)</code>"),
                ("Okta org id", "<code>\(integration.orgID)</code>"),
                (
                    "Engine",
                    integration.pipeline == "idx" ? "Identity" : integration.pipeline == "v1" ? "Classic" : "unknown"
                ),
                ("Credential", "\(credential(integration.credentialKind)), sealed"),
                ("Contact", Part.text(integration.contact)),
            ]))
        guard integration.disconnectedAt == nil else { return facts }
        return facts + scheduleForm(integration, visit) + hook
            + Part.section(
                "Disconnect",
                """
                <p>Muster forgets the credential at once and stops reading. Nothing changes in Okta.</p>
                <form method="post" action="\(Link.integration(integration.name, tab: "disconnect"))" class="form danger-zone">\
                \(visit.csrf())<fieldset><legend>What happens to the data</legend>
                <label class="line"><input type="radio" name="data" value="keep" checked> Keep it readable, history included</label>
                <label class="line"><input type="radio" name="data" value="erase"> Erase it: people, groups, apps, \
                assignments, sign-ins and all history. This cannot be undone</label></fieldset>
                <label>Type <strong>\(integration.name)</strong> to confirm<input name="confirm" required \
                autocomplete="off" spellcheck="false"></label><button class="danger">Disconnect</button></form>
                """)
    }
}
