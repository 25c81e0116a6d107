import Analysis
import Directory
import Storage

/// Joins what is seen of a leaver's things with what people decided about them. Pure: the same answers give the same list.
enum Checklist {
    /// The items in the order in which people work through them. What was decided on and is no longer seen stays, closed.
    static func items(
        _ facts: LeaverFacts, _ decisions: [ItemDecision], seenAt: Timestamp?, closings: OffboardingClosings
    ) -> [ChecklistItem] {
        let decided = Dictionary(decisions.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let seen = facts.items.map { item in
            let decision = decided[item.key]
            return ChecklistItem(
                item: item, decision: decision,
                state: state(item, decision, seenAt: seenAt, returnedAt: facts.end.returnedAt, closings))
        }
        let known = Set(seen.map(\.item.key))
        let gone = decisions.filter { !known.contains($0.key) }.map { decision in
            ChecklistItem(
                item: LeaverItem(
                    key: decision.key, label: decision.label, detail: "No longer seen",
                    observation: .gone(at: facts.end.at, .betweenSyncs, run: nil), isProof: true),
                decision: decision, state: .observed(at: nil, how: "no longer seen"))
        }
        // What is left to do comes first.
        func place(_ one: ChecklistItem) -> (Int, LeaverItem.Kind, String) {
            (one.state.isOpen ? 0 : 1, one.item.key.kind, one.item.label)
        }
        return (seen + gone).sorted { place($0) < place($1) }
    }

    static func state(
        _ item: LeaverItem, _ decision: ItemDecision?, seenAt: Timestamp?, returnedAt: Timestamp?,
        _ closings: OffboardingClosings
    ) -> ChecklistItem.State {
        if item.isSettledByItself, case .gone(let at, let evidence, let run) = item.observation {
            return .observed(at: at, how: how(evidence, run))
        }
        guard let decision, let closedAt = decision.closedAt else { return .open }
        if closings.isSettled(item.key, closedAt: closedAt, seenAt: seenAt, returnedAt: returnedAt) {
            return .closed(by: decision.closedBy ?? "", at: closedAt)
        }
        let who = "\(decision.closedBy ?? "somebody") closed it on \(closedAt.date)"
        if let returnedAt, returnedAt > closedAt { return .openAgain("\(who); the person was back since") }
        if let since = item.key.since, since > closedAt { return .openAgain("\(who); it came back on \(since.date)") }
        return .openAgain("\(who); the sync of \(seenAt?.iso8601Seconds ?? "") still saw it")
    }

    private static func how(_ evidence: Evidence, _ run: Int64?) -> String {
        let run = run.map { " in run \($0)" } ?? ""
        switch evidence {
        case .logEvent: return "the System Log says so\(run)"
        case .oktaDate: return "Okta dates it\(run)"
        default: return "a sync no longer saw it\(run)"
        }
    }

    /// The checklist as lines of CSV: for files, and for what is kept of a case when it is closed.
    static func csv(_ items: [ChecklistItem]) -> String {
        var text =
            "kind,subject_id,name,state,since,ended_at,settled_by,settled_at,owner,due_on,note,evidence,detail\r\n"
        for one in items {
            var ended: Timestamp?
            if case .gone(let at, _, _) = one.item.observation { ended = at }
            let (state, by, at) = words(one.state)
            let cells: [String] = [
                one.item.key.kind.rawValue, one.item.key.id, one.item.label, state,
                one.item.key.since?.iso8601 ?? "", ended?.iso8601 ?? "", by, at?.iso8601 ?? "",
                one.decision?.owner ?? "", one.decision?.dueOn.map { Timestamp(day: $0).date } ?? "",
                one.decision?.note ?? "", one.decision?.evidence ?? "", one.item.detail ?? "",
            ]
            text += cells.map(CSVText.cell).joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func words(_ state: ChecklistItem.State) -> (String, String, Timestamp?) {
        switch state {
        case .open: ("open", "", nil)
        case .openAgain(let why): ("open again", why, nil)
        case .closed(let by, let at): ("closed", by, at)
        case .observed(let at, let how): ("seen gone", how, at)
        }
    }
}

extension OffboardingCase {
    /// The checklist as a file of CSV.
    public var csv: String { Checklist.csv(items) }
}
