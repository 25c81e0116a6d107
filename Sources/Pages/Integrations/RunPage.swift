import Accounts
import Directory
import Hummingbird
import Problems
import Storage
import Sync
import WebSupport

extension PagesApplication {
    func runPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let integration = try await connected(request)
        let run = try await run(request, of: integration)
        let held = try await store.heldClosures(in: run.id)
        let quarantined = try await store.quarantined(in: run.id)
        let changes = try await store.changes(in: run.id)
        let body =
            RunParts.problem(run) + RunParts.figures(run, visit) + RunParts.held(held, run, integration, visit)
            + "<div class=\"columns\">\(RunParts.counts(run))\(RunParts.calls(run))</div>"
            + RunParts.coverage(run, integration, visit) + RunParts.quarantine(quarantined) + RunParts.changes(changes)
        return try await page(
            visit, .integrations,
            PageContent(
                title: "Run \(run.id)",
                sentence: run.isTail
                    ? "What following the System Log learnt within a minute, from \(When.full(run.startedAt))"
                    : "\(Part.status(run.status.rawValue)) \(run.kind) sync, began \(When.full(run.startedAt))",
                crumb: (integration.name, visit.to(.integration(integration.name))), body: body))
    }

    private func run(_ request: WebRequest, of integration: Integration) async throws(Problem) -> RunRecord {
        if let id = Int64(request.part("run")), let run = try await store.run(id), run.integrationID == integration.id {
            return run
        }
        throw Problem(
            id: "run.unknown", kind: .notFound, title: "There is no such run",
            explanation: "\(integration.name) has no run of this number.", remedy: "See the list of its runs.")
    }

    func acceptHeld(_ request: WebRequest) async throws -> Response {
        let integration = try await connected(request)
        let run = try await run(request, of: integration)
        try await integrations.acceptHeld(run: run.id)
        try await audit.record(
            actor: request.session?.name ?? "", action: "accept-held", subject: integration.name,
            detail: "run \(run.id)")
        return redirect(.run(integration.name, run.id), after: request)
    }
}

/// The parts of a run's page.
enum RunParts {
    static func problem(_ run: RunRecord) -> HTML {
        run.problem.map {
            Part.note(.danger, "<strong>\($0.title).</strong> \($0.remedy) <span class=\"muted\">\($0.id)</span>")
        } ?? HTML()
    }

    static func figures(_ run: RunRecord, _ visit: Visit) -> HTML {
        let predicted: HTML =
            run.predictedCalls.map { "\(Count.text($0)) predicted" } ?? "nothing predicted"
        let end = run.finishedAt ?? run.heartbeatAt
        return Part.figures([
            Part.figure("Calls", "\(Count.text(run.totalCalls))", predicted, nil),
            Part.figure(
                "Took", "\(When.span(end.seconds - run.startedAt.seconds))",
                run.attempts > 1 ? "in \(run.attempts) attempts" : "in one go", nil),
            Part.figure(
                "Retries", "\(Count.text(run.retries))", "\(Count.text(run.rateLimited)) refused by rate limits", nil),
            run.drift.map { drift in
                Part.figure(
                    "Drift", "\(Count.text(drift))", "changes the System Log had not told of", nil)
            } ?? HTML(),
            Part.figure("Set aside", "\(Count.text(run.quarantined))", "records Muster did not understand", nil),
        ])
    }

    static func held(_ held: [HeldClosure], _ run: RunRecord, _ integration: Integration, _ visit: Visit) -> HTML {
        guard !held.isEmpty else { return HTML() }
        let waiting = held.filter { $0.acceptedAt == nil }
        let table = Part.table(
            "Held closures",
            [("List", false), ("Of", false), ("Open now", true), ("Would end", true), ("Decision", false)],
            held.map { closure -> [HTML] in
                [
                    "\(closure.title)", subject(closure, visit), "\(Count.text(closure.openRows))",
                    "\(Count.text(closure.wouldClose))",
                    closure.acceptedAt.map { "accepted \(When.ago($0, now: visit.now))" } ?? "waits",
                ]
            })
        let total = waiting.reduce(0) { $0 + $1.wouldClose }
        let form: HTML? =
            waiting.isEmpty
            ? nil
            : """
            <form method="post" action="\(Link.acceptHeld(integration.name, run.id))">\(visit.csrf())\
            <button class="danger">End \(Count.of(total, "row", "rows")) at the next sync</button></form>
            """
        return Part.section(
            "Held for you",
            "<p>This sync found far fewer rows than were open. If that is right, accept it; if not, look at Okta first.</p>\(table)\(form)"
        )
    }

    /// The group, app or person whose list is held, by name.
    private static func subject(_ closure: HeldClosure, _ visit: Visit) -> HTML {
        guard let id = closure.subjectID else { return "<span class=\"muted\">the whole tenant</span>" }
        let name = closure.subjectName ?? id
        let link: Link? =
            switch closure.subject {
            case .group: .group(id)
            case .app: .app(id)
            case .person: .user(id)
            case .tenant: nil
            }
        return link.map { "<a href=\"\(visit.to($0))\">\(name)</a>" } ?? "\(name)"
    }

    static func counts(_ run: RunRecord) -> HTML {
        Part.section(
            "What it saw",
            Part.table(
                "Counts",
                [("What", false), ("Seen", true), ("Added", true), ("Changed", true), ("Ended", true)],
                run.counts.map { count -> [HTML] in
                    [
                        "\(count.noun.replacing("_", with: " "))", "\(Count.text(count.seen))",
                        HomeParts.delta(count.added, "+"), HomeParts.delta(count.changed, "~"),
                        HomeParts.delta(count.closed, "−"),
                    ]
                }))
    }

    static func calls(_ run: RunRecord) -> HTML {
        Part.section(
            "What it asked",
            Part.table(
                "Calls by class", [("Calls for", false), ("Predicted", true), ("Made", true)],
                run.calls.map { calls -> [HTML] in
                    [
                        "\(calls.callClass.replacing("_", with: " "))",
                        calls.predicted.map { "\(Count.text($0))" } ?? Part.none, "\(Count.text(calls.calls))",
                    ]
                }) + choices(run.choices))
    }

    /// Which way each list was read that Okta gives in several ways.
    static func choices(_ choices: [RunChoice]) -> HTML {
        choices.isEmpty
            ? HTML() : "<ul class=\"muted notes\">\(HTML(choices.map { "<li>\($0.why)</li>" as HTML }))</ul>"
    }

    static func coverage(_ run: RunRecord, _ integration: Integration, _ visit: Visit) -> HTML {
        let missing = run.coverage.filter { $0.value != .readable }.sorted { $0.key.rawValue < $1.key.rawValue }
        guard !missing.isEmpty else { return HTML() }
        return Part.section(
            "What it could not read",
            Part.table(
                "Coverage", [("Part", false), ("State", false)],
                missing.map {
                    ["\($0.key.rawValue.replacing("_", with: " "))", ConnectParts.coverage($0.value)] as [HTML]
                }),
            note: "<a href=\"\(visit.to(.integration(integration.name, tab: "coverage")))\">What to grant</a>")
    }

    static func quarantine(_ rows: [QuarantinedRow]) -> HTML {
        guard !rows.isEmpty else { return HTML() }
        return Part.section(
            "Set aside",
            HTML(
                rows.prefix(20).map { row in
                    """
                    <details class="behind"><summary>\(row.resource): \(row.reason)</summary>\
                    <pre class="json" tabindex="0">\(row.record.prefix(4000))</pre></details>
                    """
                }), note: "kept with their JSON, never dropped")
    }

    static func changes(_ changes: [RunChange]) -> HTML {
        guard !changes.isEmpty else { return HTML() }
        return Part.section(
            "What changed",
            Part.table(
                "Changes", [("Change", false), ("What", false), ("Name", false), ("Other end", false)],
                changes.map { change -> [HTML] in
                    [
                        Part.tag(change.change == "closed" ? "ended" : change.change),
                        "\(change.noun.replacing("_", with: " "))", "\(change.subject)", Part.text(change.object),
                    ]
                }), note: "the first hundred")
    }
}
