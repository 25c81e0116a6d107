import Directory
import Storage
import WebSupport

/// The parts of the page that compares two dates.
enum ChangesParts {
    static func crumb(_ asked: ChangesRequest, _ visit: Visit) -> (title: String, link: Link) {
        guard let subject = asked.subject else { return ("Home", visit.to(.home)) }
        switch subject.subject {
        case .tenant: return ("Home", visit.to(.home))
        case .user: return (subject.name, visit.to(.user(subject.id)))
        case .group: return (subject.name, visit.to(.group(subject.id)))
        case .app: return (subject.name, visit.to(.app(subject.id)))
        }
    }

    static func form(_ asked: ChangesRequest, _ visit: Visit) -> HTML {
        let hidden = [asked.subjectField, asked.part.map { ("part", $0.rawValue) }].compactMap { $0 }
        let kept = hidden.compactMap { name, value -> HTML? in
            value.map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" }
        }
        return """
            <div class="tools"><form class="dates" method="get" action="\(Link.changes)">\
            \(date("from", "From", asked.fromText, visit))\(date("to", "To", asked.toText, visit))\
            <button>Compare</button>\(kept)\(visit.hiddenDates)<small class="muted">Dates begin at midnight UTC. Without the second: now.</small>\
            </form><div class="tools-right"><span class="muted">Export</span> \
            <a href="\(visit.to(asked.file("csv")))">CSV</a> <a href="\(visit.to(asked.file("json")))">JSON</a></div></div>
            """
    }

    /// A field for a day, or for a time that was given to the second.
    private static func date(_ name: String, _ title: String, _ value: String, _ visit: Visit) -> HTML {
        let isDay = value.isEmpty || value.utf8.count == 10 || value.hasSuffix("T00:00:00Z")
        let shown = isDay ? String(value.prefix(10)) : value
        return """
            <label>\(title) <input type="\(isDay ? "date" : "text")" name="\(name)" value="\(shown)" \
            max="\(visit.now.date)" maxlength="40"></label>
            """
    }

    static func title(_ noun: Difference.Noun) -> String {
        switch noun {
        case .users: "People"
        case .memberships: "Memberships"
        case .appGroups: "Groups of apps"
        case .assignments: "Assignments"
        case .roles: "Admin roles"
        }
    }

    static func word(_ change: Difference.Change) -> String {
        switch change {
        case .gained: "gained"
        case .lost: "lost"
        case .changed: "changed"
        case .firstSeen: "first seen"
        case .kept: "kept"
        }
    }

    static func figures(
        _ counts: [DifferenceCounts], _ unread: [Unread], _ asked: ChangesRequest, _ visit: Visit
    ) -> HTML {
        Part.figures(
            counts.map { count in
                if count.isNotEvaluated(unread) {
                    return Part.figure(
                        title(count.noun), Part.notEvaluated, "not read", visit.to(asked.link(part: count.noun)))
                }
                let seen: HTML? = count.firstSeen > 0 ? "\(Count.text(count.firstSeen)) first seen, " : nil
                let changed: HTML? = count.changed > 0 ? "\(Count.text(count.changed)) changed, " : nil
                return Part.figure(
                    title(count.noun),
                    "<span class=\"up\">+\(Count.text(count.gained))</span> <span class=\"down\">−\(Count.text(count.lost))</span>",
                    "\(changed)\(seen)\(Count.text(count.kept)) kept", visit.to(asked.link(part: count.noun)))
            })
    }

    /// The first rows of a noun, with a way to all of them.
    static func some(
        _ count: DifferenceCounts, _ unread: [Unread], _ page: DifferencePage, _ asked: ChangesRequest, _ visit: Visit
    ) -> HTML {
        let all: HTML =
            page.next == nil
            ? HTML()
            : "<a href=\"\(visit.to(asked.link(part: count.noun)))\">All \(Count.text(count.all))</a>"
        let body =
            if !page.rows.isEmpty {
                table(count.noun, page.rows, visit)
            } else if count.isNotEvaluated(unread) {
                notEvaluated
            } else {
                Part.empty("Nothing changed", "\(Count.of(count.kept, "row", "rows")) stayed as they were.")
            }
        return Part.section(title(count.noun), body, note: all)
    }

    private static let notEvaluated = Part.empty(
        "Not evaluated", "This was not read, so that nobody can tell what changed.")

    /// One noun alone, page by page.
    static func whole(
        _ noun: Difference.Noun, _ count: DifferenceCounts, _ unread: [Unread], _ page: DifferencePage,
        _ asked: ChangesRequest, _ visit: Visit
    ) -> HTML {
        if count.isNotEvaluated(unread) {
            return Part.section(
                title(noun), notEvaluated, note: "<a href=\"\(visit.to(asked.link()))\">All parts</a>")
        }
        let chips = Difference.Change.allCases.map { change -> HTML in
            let isOn = asked.change == change
            return """
                <a class="chip preset" href="\(visit.to(asked.link(part: noun, change: isOn ? nil : change)))"\
                \(isOn ? " aria-current=\"true\"" : "" as HTML)>\(word(change)) <b>\(Count.text(count[change]))</b></a>
                """
        }
        let body =
            page.rows.isEmpty
            ? Part.empty("Nothing of this kind", "Choose another kind of change, or other dates.")
            : table(noun, page.rows, visit)
        let total = asked.change.map { count[$0] } ?? count.all
        let start: HTML? =
            asked.cursor == nil
            ? nil : "<a rel=\"first\" href=\"\(visit.to(asked.link(part: noun, change: asked.change)))\">First page</a>"
        let next: HTML? = page.next.map { cursor in
            let link = visit.to(asked.link(part: noun, change: asked.change, after: cursor))
            return "<a rel=\"next\" class=\"button\" href=\"\(link)\">Next page</a>"
        }
        return Part.section(
            title(noun),
            """
            <div class="chips">\(chips)</div>\(body)<nav class="pager" aria-label="Pages">\
            <span class="tabular">\(Count.text(page.rows.count)) of \(Count.text(total))</span>\
            <span class="pages">\(start)\(next)</span></nav>
            """, note: "<a href=\"\(visit.to(asked.link()))\">All parts</a>")
    }

    // MARK: rows

    private static func table(_ noun: Difference.Noun, _ rows: [ListRow], _ visit: Visit) -> HTML {
        Part.table(
            "Changes of \(title(noun).lowercased())", header(noun).map { ($0, false) },
            rows.map { cells(noun, $0, visit) })
    }

    private static func header(_ noun: Difference.Noun) -> [String] {
        switch noun {
        case .users: ["Change", "Person", "Before", "After", "When"]
        case .memberships: ["Change", "Person", "Group", "When"]
        case .appGroups: ["Change", "Group", "App", "When"]
        case .assignments: ["Change", "Person", "App", "Before", "After", "When"]
        case .roles: ["Change", "Person", "Role", "Before", "After", "When"]
        }
    }

    private static func cells(_ noun: Difference.Noun, _ row: ListRow, _ visit: Visit) -> [HTML] {
        let badge = badge(row.text("change"))
        let when = when(row, visit)
        switch noun {
        case .users:
            return [badge, person(row, visit), status(row, "from_status"), status(row, "to_status"), when]
        case .memberships: return [badge, person(row, visit), group(row, visit), when]
        case .appGroups: return [badge, group(row, visit), app(row, visit), when]
        case .assignments:
            return [
                badge, person(row, visit), app(row, visit), path(row, "from", visit), path(row, "to", visit), when,
            ]
        case .roles:
            return [
                badge, person(row, visit), "\(row.text("role"))", path(row, "from", visit), path(row, "to", visit),
                when,
            ]
        }
    }

    static func badge(_ change: String) -> HTML {
        switch change {
        case "gained": "<span class=\"badge good\">+ gained</span>"
        case "lost": "<span class=\"badge danger\">− lost</span>"
        case "changed": "<span class=\"badge attention\">~ changed</span>"
        case "kept": "<span class=\"badge neutral\">kept</span>"
        default: "<span class=\"not-evaluated\" title=\"There when Muster first looked\">first seen</span>"
        }
    }

    private static func person(_ row: ListRow, _ visit: Visit) -> HTML {
        PersonCell.html(
            id: row.text("user_id"), name: "\(row.text("first_name")) \(row.text("last_name"))",
            login: row.text("login"), visit)
    }

    private static func group(_ row: ListRow, _ visit: Visit) -> HTML {
        let id = row.text("group_id")
        let name = row.text("group_name")
        return "<a class=\"row-link\" href=\"\(visit.to(.group(id)))\">\(name.isEmpty ? id : name)</a>"
    }

    private static func app(_ row: ListRow, _ visit: Visit) -> HTML {
        let id = row.text("app_id")
        let label = row.text("app_label")
        return "<a class=\"row-link\" href=\"\(visit.to(.app(id)))\">\(label.isEmpty ? id : label)</a>"
    }

    private static func status(_ row: ListRow, _ column: String) -> HTML {
        let status = row.text(column)
        guard status.isEmpty else { return Part.status(status) }
        return row.text("change") == "changed" ? Part.notEvaluated : Part.none
    }

    private static func path(_ row: ListRow, _ end: String, _ visit: Visit) -> HTML {
        let text = row.text("\(end)_path")
        guard !text.isEmpty else { return Part.none }
        let group = row.text("\(end)_group_id")
        let shown: HTML =
            group.isEmpty ? "\(text)" : "<a href=\"\(visit.to(.group(group)))\">\(text)</a>"
        let (before, after) = (row.text("from_status"), row.text("to_status"))
        let isOtherStatus = row.text("change") == "changed" && before != after
        let status: HTML? = isOtherStatus ? " \(Part.status(end == "from" ? before : after))" : nil
        return "\(shown)\(status)"
    }

    private static func when(_ row: ListRow, _ visit: Visit) -> HTML {
        guard let time = row.time("changed_at") else { return Part.none }
        return AccessPath.since(time, how: row.text("changed_at_source"), visit)
    }
}
