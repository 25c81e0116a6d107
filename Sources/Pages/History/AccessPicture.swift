import Directory
import Storage
import WebSupport

/// The access path as a picture: the person on the left, the groups between, the app on the right, with dates; and the same
/// in words.
struct AccessPicture {
    let person: HistorySubject
    let app: HistorySubject
    let detail: AccessPathDetail

    private static let row = 84
    private static let box = (width: 170, height: 48)
    /// As many groups as the picture holds; the words name all.
    private static let most = 8

    /// One sentence: how the person has the app.
    func sentence(_ visit: Visit) -> HTML {
        guard let link = detail.link else {
            return detail.steps.isEmpty
                ? "Not assigned."
                : "Not assigned by Okta, though \(Count.of(detail.steps.count, "group", "groups")) would give it."
        }
        let since: HTML =
            link.assignedAt.map { " since \($0.date)" } ?? " at least since \(link.since.date)"
        let status: HTML? = link.status.isEmpty ? nil : Part.status(link.status)
        let others = detail.steps.count { $0.id != link.groupID }
        let more: HTML? =
            others == 0
            ? nil
            : link.way == .unknown
                ? " \(Count.of(others, "group", "groups")) would give it."
                : " \(Count.of(others, "other group", "other groups")) would give it too."
        switch link.way {
        case .direct: return "Assigned directly\(since). \(status)\(more)"
        case .group: return "Assigned through \(link.groupName ?? "a group")\(since). \(status)\(more)"
        case .unknown: return "Assigned\(since); \(AccessPathDetail.unknownPath). \(status)\(more)"
        }
    }

    // MARK: picture

    private struct Lane {
        let step: AccessPathDetail.Step?
        let isUsed: Bool
    }

    /// Whether the assignment came by none of the groups below.
    private func isApart(_ link: AccessPathDetail.Link) -> Bool {
        link.way != .group || !detail.steps.contains { $0.id == link.groupID }
    }

    private var lanes: [Lane] {
        var lanes: [Lane] = []
        if let link = detail.link, isApart(link) { lanes.append(Lane(step: nil, isUsed: link.way != .unknown)) }
        lanes += detail.steps.prefix(Self.most).map { step in
            Lane(step: step, isUsed: detail.link.map { !$0.isDirect && $0.groupID == step.id } ?? false)
        }
        return lanes
    }

    func draw() -> HTML {
        let lanes = lanes
        let height = max(lanes.count, 1) * Self.row + 8
        let middle = height / 2
        let parts = lanes.enumerated().map { position, lane in
            draw(lane, y: position * Self.row + Self.row / 2 + 4, middle: middle)
        }
        let hidden = detail.steps.count - Self.most
        let more: HTML? =
            hidden > 0 ? "<p class=\"muted\">\(Count.of(hidden, "more group", "more groups")) below.</p>" : nil
        return """
            <figure class="path-picture" role="region" tabindex="0" aria-label="Picture of the access path">\
            <svg viewBox="-2 0 804 \(height)" role="img" aria-labelledby="path-title path-desc">\
            <title id="path-title">How \(person.name) has \(app.name)</title>\
            <desc id="path-desc">From the person on the left through groups to the app on the right. The words below \
            tell the same.</desc>\(parts)\(node(person.name, "person", x: 0, y: middle, look: "end"))\
            \(node(app.name, "app", x: 800 - Self.box.width, y: middle, look: "end"))</svg></figure>\(more)
            """
    }

    private func draw(_ lane: Lane, y: Int, middle: Int) -> HTML {
        let left = Self.box.width
        let right = 800 - Self.box.width
        let look: HTML = lane.isUsed ? "edge used" : "edge"
        guard let step = lane.step else {
            let label =
                switch detail.link?.way {
                case .direct: "directly"
                case .group: "through \(detail.link?.groupName ?? "a group that is not known")"
                case .unknown, nil: AccessPathDetail.unknownPath
                }
            return """
                <path class="\(look)" d="M\(left) \(middle) C\(left + 60) \(y) \(left + 60) \(y) \(left + 90) \(y) \
                L\(right - 90) \(y) C\(right - 60) \(y) \(right - 60) \(y) \(right) \(middle)"/>\
                <text class="edge-text" x="400" y="\(y - 8)">\(label)</text>\
                <text class="edge-text" x="400" y="\(y + 16)">\(since(detail.link?.assignedAt ?? detail.link?.since, detail.link?.evidence))</text>
                """
        }
        let start = 400 - Self.box.width / 2
        let end = 400 + Self.box.width / 2
        return """
            <path class="\(look)" d="M\(left) \(middle) C\(left + 70) \(middle) \(start - 70) \(y) \(start) \(y)"/>\
            <path class="\(look)" d="M\(end) \(y) C\(end + 70) \(y) \(right - 70) \(middle) \(right) \(middle)"/>\
            \(node(step.name, step.rules.isEmpty ? "group" : "group, filled by a rule", x: start, y: y, look: lane.isUsed ? "used" : "other"))\
            <text class="edge-text" x="\((left + start) / 2)" y="\(y - 12)">\(since(step.memberSince, step.memberEvidence))</text>\
            <text class="edge-text" x="\((end + right) / 2)" y="\(y - 12)">\(since(step.givesSince, step.givesEvidence))</text>
            """
    }

    private func node(_ name: String, _ kind: HTML, x: Int, y: Int, look: HTML) -> HTML {
        let top = y - Self.box.height / 2
        let shown = name.count > 23 ? name.prefix(22) + "…" : name[...]
        return """
            <g class="node \(look)"><title>\(name)</title><rect x="\(x)" y="\(top)" width="\(Self.box.width)" \
            height="\(Self.box.height)" rx="6"/><text class="node-name" x="\(x + Self.box.width / 2)" y="\(y - 2)">\(shown)</text>\
            <text class="node-kind" x="\(x + Self.box.width / 2)" y="\(y + 15)">\(kind)</text></g>
            """
    }

    /// What was there when Muster first looked is older than that day.
    private func since(_ time: Timestamp?, _ evidence: Evidence?) -> HTML {
        time.map { evidence?.isLowerBound == true ? "by \($0.date)" : "since \($0.date)" } ?? HTML()
    }

    // MARK: words

    func words(_ visit: Visit) -> HTML {
        var items: [HTML] = []
        if let link = detail.link, isApart(link) { items.append(words(link, visit)) }
        for step in detail.steps { items.append(words(step, visit)) }
        return "<h3>The same in words</h3><ol class=\"path-words\">\(items)</ol>"
    }

    /// The assignment in words, where no group below tells of it.
    private func words(_ link: AccessPathDetail.Link, _ visit: Visit) -> HTML {
        let since: HTML = """
            \(link.assignedAt == nil ? least(link.evidence) : HTML())since \
            \(When.ago(link.assignedAt ?? link.since, now: visit.now)) \(Part.evidence(link.evidence))
            """
        switch link.way {
        case .direct:
            return """
                <li><strong>Directly.</strong> \(app.name) is assigned to \(person.name) in person, \(since)</li>
                """
        case .group:
            let name = link.groupName ?? "a group that is not known"
            let shown: HTML = link.groupID.map { "<a href=\"\(visit.to(.group($0)))\">\(name)</a>" } ?? "\(name)"
            return """
                <li><strong>Through \(shown).</strong> Okta gives \(app.name) to \(person.name) by it, \(since)</li>
                """
        case .unknown:
            return """
                <li><strong>P\(AccessPathDetail.unknownPath.dropFirst()).</strong> \(app.name) was assigned to \
                \(person.name) \(since) Okta's System Log tells that, and not whether it was in person or through a \
                group.</li>
                """
        }
    }

    private func least(_ evidence: Evidence) -> HTML { evidence.isLowerBound ? "at least " : HTML() }

    private func words(_ step: AccessPathDetail.Step, _ visit: Visit) -> HTML {
        let isUsed = detail.link.map { !$0.isDirect && $0.groupID == step.id } ?? false
        let used: HTML = isUsed ? " <span class=\"badge good\">the path Okta used</span>" : HTML()
        let member: HTML =
            step.memberSince.map {
                "\(person.name) is in it \(least(step.memberEvidence))since \(When.ago($0, now: visit.now)), \(Part.how(step.memberEvidence.text))."
            } ?? "Everybody is in it."
        let priority: HTML? = step.priority.map { ", priority \($0)" }
        let rules = step.rules.map { rule -> HTML in
            """
            <p>Rule <strong>\(rule.name)</strong> \(Part.status(rule.status)) puts people into it: \
            <code>\(rule.expression)</code></p>
            """
        }
        return """
            <li><p><a class="row-link" href="\(visit.to(.group(step.id)))">\(step.name)</a>\(used)</p><p>\(member) It gives \
            \(app.name) \(least(step.givesEvidence))since \(When.ago(step.givesSince, now: visit.now)), \(Part.how(step.givesEvidence.text))\(priority).</p>\
            \(rules)</li>
            """
    }
}
