import Directory
import Storage

/// What a sync did, for people and for scripts.
enum RunReport {
    /// The object that `muster sync --json` promises.
    static func json(_ run: RunRecord, integration: Integration) -> String {
        let calls = run.calls.filter { $0.calls > 0 }.map { (String($0.callClass), String($0.calls)) }
        let counts = run.counts.map { count in
            let members =
                count.noun == "events"
                ? [("seen", String(count.seen)), ("new", String(count.added))]
                : [
                    ("seen", String(count.seen)), ("added", String(count.added)), ("changed", String(count.changed)),
                    ("closed", String(count.closed)),
                ]
            return (count.noun, JSONText.object(members))
        }
        let coverage = Resource.allCases.compactMap { resource in
            run.coverage[resource].map { (resource.rawValue, JSONText.quoted($0.text)) }
        }
        var members = [
            ("integration", JSONText.quoted(integration.name)), ("run", String(run.id)),
            ("kind", JSONText.quoted(run.kind)), ("status", JSONText.quoted(run.status.rawValue)),
            ("started_at", JSONText.quoted(run.startedAt.iso8601)),
            ("finished_at", run.finishedAt.map { JSONText.quoted($0.iso8601) } ?? "null"),
            ("calls", JSONText.object([("total", String(run.totalCalls)), ("by_class", JSONText.object(calls))])),
            ("predicted_calls", run.predictedCalls.map(String.init) ?? "null"), ("retries", String(run.retries)),
            ("rate_limited", String(run.rateLimited)), ("counts", JSONText.object(counts)),
            ("quarantined", String(run.quarantined)), ("held", String(run.held)), ("held_rows", String(run.heldRows)),
            ("coverage", JSONText.object(coverage)), ("choices", PlanTable.choices(run.choices)),
        ]
        if let problem = run.problem {
            members.append(
                (
                    "problem",
                    JSONText.object([
                        ("id", JSONText.quoted(problem.id)), ("title", JSONText.quoted(problem.title)),
                        ("remedy", JSONText.quoted(problem.remedy)),
                    ])
                ))
        }
        return JSONText.object(members)
    }

    /// A few lines for people.
    static func text(_ run: RunRecord, integration: Integration) -> String {
        var text = "Run \(run.id) of “\(integration.name)”: \(run.status.rawValue)"
        if let finished = run.finishedAt {
            text += " after \(seconds(finished.rawValue - run.startedAt.rawValue))"
        }
        text += ", \(run.totalCalls) calls"
        if let predicted = run.predictedCalls { text += " (\(predicted) predicted)" }
        text += ".\n"
        for count in run.counts where count.seen + count.added + count.changed + count.closed > 0 {
            text += "  \(count.noun): \(count.seen) seen, \(count.added) new"
            if count.noun != "events" { text += ", \(count.changed) changed, \(count.closed) ended" }
            text += "\n"
        }
        for choice in run.choices { text += "  \(choice.why)\n" }
        // What a run that stopped has not come to is no news: it says that it stopped.
        let isWhole = run.status != .interrupted && run.status != .failed
        for (resource, coverage) in run.coverage.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where coverage != .readable && (isWhole || coverage != .notTried) {
            text += "  Not read: \(resource.rawValue) (\(coverage.text))\n"
        }
        if run.coverage.values.contains(where: { if case .forbidden = $0 { true } else { false } }) {
            text += "  `muster check \(integration.name)` says what to grant.\n"
        }
        if run.quarantined > 0 { text += "  \(run.quarantined) records could not be understood and are kept aside.\n" }
        if run.held > 0 {
            text += "  Held: \(held(run)). Far fewer rows were found than were open.\n"
            text +=
                "  See what they are with `muster accept \(integration.name)`, and accept it there if it is right.\n"
        }
        return text
    }

    /// What waits for a person's accept: `31 lists with 1206 rows`.
    static func held(_ run: RunRecord) -> String {
        "\(run.held) \(run.held == 1 ? "list" : "lists") with \(run.heldRows) \(run.heldRows == 1 ? "row" : "rows")"
            + " that would end"
    }

    private static func seconds(_ microseconds: Int64) -> String {
        microseconds < 120_000_000 ? "\(microseconds / 1_000_000) s" : "\(microseconds / 60_000_000) min"
    }
}
