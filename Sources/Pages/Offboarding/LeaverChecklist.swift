import Analysis
import Directory
import Governance
import Storage
import WebSupport

// The checklist of a leaver with its forms.
extension LeaverParts {
    /// - Parameter integration: the tenant whose runs are linked, where there is only one.
    func checklist(integration: String?) -> HTML {
        guard !found.items.isEmpty else {
            return Part.section(
                "Checklist",
                Part.empty("Nothing to settle", "Nothing is seen that they had when they left, or have since."))
        }
        let chosen = Set(typed.all("item"))
        let rows = found.items.map { one -> HTML in row(one, chosen, integration) }
        let table: HTML = """
            <div class="table-wrap" role="region" tabindex="0" aria-label="Checklist"><table><caption class="sr">Checklist\
            </caption><thead><tr><th scope="col"><span class="sr">Choose</span></th><th scope="col">What</th>\
            <th scope="col">State</th><th scope="col">Seen</th><th scope="col" class="minor">Owner and day</th>\
            <th scope="col" class="minor">Note and evidence</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
        let action = Link.below(.below(.offboarding, person.id), "items")
        guard visit.moment.asOf == .now else { return Part.section("Checklist", table, note: progress) }
        return Part.section(
            "Checklist",
            """
            <form method="post" action="\(action)">\(visit.csrf())\(table)
            <div class="form no-print">\(fields)<div class="row"><button name="do" value="close" class="primary">\
            Close what is ticked</button><button name="do" value="save">Save for what is ticked</button>\
            <button name="do" value="reopen">Open again</button></div>\
            <p class="muted">What Okta still shows closes by your word until the next whole sync: if that still sees it, it \
            is open again.</p></div></form>
            """, note: progress)
    }

    private var progress: HTML {
        "\(Count.text(found.items.count - found.openItems)) of \(Count.text(found.items.count)) settled"
    }

    private var fields: HTML {
        """
        <div class="two"><label>Owner<input name="owner" maxlength="200" value="\(typed["owner"])"></label>\
        <label>Due<input type="date" name="due" value="\(typed["due"])"></label></div>\
        <label>Note<textarea name="note" rows="2" maxlength="2000">\(typed["note"])</textarea></label>\
        <label>Evidence<input name="evidence" maxlength="2000" value="\(typed["evidence"])" \
        placeholder="A ticket's number, or a link"></label>
        """
    }

    private func row(_ one: ChecklistItem, _ chosen: Set<String>, _ integration: String?) -> HTML {
        let name = LeaverForm.name(one.item.key)
        let ticked: HTML = chosen.contains(name) ? " checked" : ""
        let box: HTML? =
            visit.moment.asOf == .now
            ? "<input type=\"checkbox\" name=\"item\" value=\"\(name)\" aria-label=\"Choose \(one.item.label)\"\(ticked)>"
            : nil
        let due: HTML? = one.decision?.dueOn.map { day -> HTML in
            let isLate = one.state.isOpen && day < visit.now.day
            return "<small class=\"how\">\(isLate ? "was due" : "due") \(Timestamp(day: day).date)</small>"
        }
        return """
            <tr><td>\(box)</td><td>\(subject(one.item))<small class="sub">\(one.item.detail)</small></td>\
            <td>\(Self.state(one.state))</td><td>\(seen(one.item, integration))</td>\
            <td class="minor">\(Part.text(one.decision?.owner))\(due)</td>\
            <td class="minor">\(one.decision?.note)\(evidence(one.decision?.evidence))</td></tr>
            """
    }

    private func subject(_ item: LeaverItem) -> HTML {
        let kind: HTML = " \(Part.tag(Self.word(item.key.kind)))"
        let link: Link? =
            switch item.key.kind {
            case .app: .app(item.key.id)
            case .group: .group(item.key.id)
            case .report: .user(item.key.id)
            case .contract: Int64(item.key.id).map { .contract($0) }
            case .role, .token: nil
            }
        return (link.map { "<a href=\"\(visit.to($0))\">\(item.label)</a>" } ?? "\(item.label)") + kind
    }

    static func word(_ kind: LeaverItem.Kind) -> String {
        switch kind {
        case .app: "app"
        case .role: "admin role"
        case .token: "API token"
        case .group: "group"
        case .report: "reports to them"
        case .contract: "contract"
        }
    }

    private static func state(_ state: ChecklistItem.State) -> HTML {
        switch state {
        case .open: return "<span class=\"badge attention\">open</span>"
        case .openAgain(let why):
            return "<span class=\"badge danger\">open again</span><small class=\"how\">\(why)</small>"
        case .closed(let by, let at):
            return "<span class=\"badge good\">closed</span><small class=\"how\">by \(by), \(When.full(at))</small>"
        case .observed(_, let how):
            return "<span class=\"badge good\">seen gone</span><small class=\"how\">\(how)</small>"
        }
    }

    private func seen(_ item: LeaverItem, _ integration: String?) -> HTML {
        switch item.observation {
        case .present(let since):
            return "still there<small class=\"how\">\(since.map { "since \($0.date)" } ?? "")</small>"
        case .gone(let at, let evidence, let run):
            let run: HTML? = run.map { run -> HTML in
                guard let integration else { return ", run \(run)" }
                return ", <a href=\"\(visit.to(.run(integration, run)))\">run \(run)</a>"
            }
            let seconds = max(0, at.seconds - end.at.seconds)
            return """
                ended \(When.span(seconds)) after<small class="how"><time datetime="\(at.iso8601Seconds)">\
                \(When.full(at))</time>, \(Part.how(evidence.text))\(run)</small>
                """
        }
    }

    /// A link where it is one; else the words.
    private func evidence(_ text: String?) -> HTML? {
        guard let text else { return nil }
        if text.hasPrefix("https://") || text.hasPrefix("http://"), !text.contains(" ") {
            return " <a href=\"\(text)\" rel=\"noreferrer noopener\">\(text)</a>"
        }
        return " <small class=\"how\">\(text)</small>"
    }

    /// The case as a whole: who looks after it, and closing it as it is.
    var caseForm: HTML {
        guard visit.moment.asOf == .now else { return HTML() }
        let isClosed = found.record?.closedAt != nil
        let open = found.openItems
        let close: HTML =
            isClosed
            ? "<button name=\"do\" value=\"reopen\">Open the case again</button>"
            : """
            <button name="do" value="close">\(open == 0 ? "Close the case" : "Close the case with \(Count.of(open, "item", "items")) open")</button>
            """
        return Part.section(
            "The case as a whole",
            """
            <form method="post" action="\(Link.below(.below(.offboarding, person.id), "case"))" class="form no-print">\
            \(visit.csrf())<div class="two"><label>Looked after by<input name="owner" maxlength="200"></label>\
            <label>Due<input type="date" name="due"></label></div>\
            <label>Note<textarea name="note" rows="2" maxlength="2000"></textarea></label>\
            <div class="row"><button name="do" value="save">Save</button>\(close)</div></form>
            """, note: "the checklist is kept as it was when the case was closed")
    }

    /// When each thing was removed, from the end on: a mark for each, and the time that is allowed.
    var picture: HTML {
        let gone = found.items.compactMap { one -> (label: String, kind: LeaverItem.Kind, hours: Double)? in
            guard [.app, .role, .token].contains(one.item.key.kind), case .gone(let at, _, _) = one.item.observation
            else {
                return nil
            }
            return (one.item.label, one.item.key.kind, max(0, Double(at.seconds - end.at.seconds) / 3600))
        }
        let held = found.items.count { $0.item.key.isPresent && [.app, .role, .token].contains($0.item.key.kind) }
        guard !gone.isEmpty || held > 0 else { return HTML() }
        let longest = max(gone.map(\.hours).max() ?? 0, Double(found.slaHours)) * 1.15
        func x(_ hours: Double) -> Int { 90 + Int(min(1, hours / longest) * 470) }
        let lanes: [(String, LeaverItem.Kind)] = [("Apps", .app), ("Roles", .role), ("Tokens", .token)]
        let rows = lanes.enumerated().map { lane, kind -> HTML in
            let y = 30 + lane * 34
            let marks = gone.filter { $0.kind == kind.1 }.map { one -> HTML in
                """
                <circle class="bar" cx="\(x(one.hours))" cy="\(y)" r="6"><title>\(one.label): \
                \(When.span(Int64(one.hours * 3600))) after</title></circle>
                """
            }
            let count = gone.count { $0.kind == kind.1 }
            let left = found.items.count { $0.item.key.isPresent && $0.item.key.kind == kind.1 }
            let still: HTML? = left == 0 ? nil : "<text class=\"value\" x=\"576\" y=\"\(y + 4)\">\(left) left</text>"
            return """
                <text x="42" y="\(y + 4)">\(kind.0) (\(count))</text><line class="base" x1="90" y1="\(y)" x2="560" y2="\(y)"/>\
                \(marks)\(still)
                """
        }
        let sla = x(Double(found.slaHours))
        return Part.section(
            "Removals",
            """
            <figure class="chart"><svg viewBox="0 0 600 140" preserveAspectRatio="xMinYMid" role="img" \
            aria-labelledby="removals-title removals-desc"><title id="removals-title">When access was removed</title>\
            <desc id="removals-desc">\(Count.of(gone.count, "removal", "removals")) of apps, roles and tokens from the end \
            on; \(Count.text(held)) still held. \(Count.text(found.slaHours)) hours are allowed.</desc>\(rows)\
            <line class="edge used" x1="\(sla)" y1="12" x2="\(sla)" y2="112"/><text x="\(sla)" y="128">\
            \(found.slaHours) h allowed</text><text x="90" y="128">left</text></svg></figure>
            """, note: "hours from the end; the checklist below has the numbers")
    }
}
