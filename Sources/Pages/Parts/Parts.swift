import Directory
import Storage
import WebSupport

/// Small pieces that pages share.
enum Part {
    /// Stands for what Muster could not find out. Never looks like zero or like nothing.
    static let notEvaluated: HTML = """
        <span class="not-evaluated" title="Muster could not read this. See the integration's coverage.">not evaluated</span>
        """

    /// What is said beside a number of the last days, where the log begins or ends within them.
    static func usageBegins(_ days: Int64, _ visit: Visit) -> String {
        guard visit.moment.usageKnown else { return "" }
        let begin = visit.moment.usageBegins(within: days).map { ", since \($0.date)" } ?? ""
        return begin + (visit.moment.usageUntil.map { ", up to \($0.date)" } ?? "")
    }

    /// The heading of a column that counts the last days.
    static func days(_ days: Int64, _ visit: Visit) -> String { "\(days) days\(usageBegins(days, visit))" }

    /// Stands for a date that Okta keeps current in place and that is not there: of a date in the past, what it was then
    /// may have been written over since.
    static func noDate(_ visit: Visit, _ none: HTML = Part.none) -> HTML {
        guard visit.moment.asOf != .now else { return none }
        return """
            <span class="not-evaluated" title="Okta keeps the latest date alone, and it is later.">not known at that date</span>
            """
    }

    /// Stands for something that is not there.
    static let none: HTML = "<span class=\"none\" aria-label=\"none\">–</span>"

    /// A number, or that it could not be found out.
    static func number(_ number: Int?) -> HTML {
        number.map { "\(Count.text($0))" } ?? notEvaluated
    }

    /// A text, or a dash.
    static func text(_ text: String?) -> HTML {
        guard let text, !text.isEmpty else { return none }
        return "\(text)"
    }

    /// Okta's status word in its colour and with its own mark, so that colour alone says nothing.
    static func status(_ status: String) -> HTML {
        let look =
            switch status {
            case "ACTIVE", "complete", "readable": "good"
            case "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY", "partial", "held", "interrupted", "SUSPENDED":
                "attention"
            case "DEPROVISIONED", "failed", "INVALID": "danger"
            default: "neutral"
            }
        return "<span class=\"badge \(look)\">\(status.replacing("_", with: " ").lowercased())</span>"
    }

    /// A plain word in a box.
    static func tag(_ text: String) -> HTML { "<span class=\"badge neutral\">\(text)</span>" }

    /// One of the few numbers that matter: its name, its value, what it is out of, and where its rows are.
    static func figure(_ title: String, _ value: HTML, _ note: HTML, _ link: Link?) -> HTML {
        let number: HTML = link.map { "<a href=\"\($0)\">\(value)</a>" } ?? value
        return "<div class=\"figure\"><dt>\(title)</dt><dd><strong>\(number)</strong><small>\(note)</small></dd></div>"
    }

    /// The few numbers in a row.
    static func figures(_ figures: [HTML]) -> HTML { "<dl class=\"figures\">\(figures)</dl>" }

    /// What stands where rows would be.
    static func empty(_ title: String, _ text: HTML) -> HTML {
        "<div class=\"empty\"><p class=\"empty-title\">\(title)</p><p>\(text)</p></div>"
    }

    /// A note about what is missing, why, and how to get it.
    static func note(_ look: DataHealth.Look, _ text: HTML) -> HTML {
        "<div class=\"banner \(look.rawValue)\">\(text)</div>"
    }

    /// What could not be read, why, and where it says what to grant; nothing where all was read.
    static func unread(_ unread: [Unread], _ visit: Visit) -> HTML {
        var said: [String] = []
        return HTML(
            unread.compactMap { one -> HTML? in
                guard !said.contains(one.sentence) else { return nil }
                said.append(one.sentence)
                return note(.unknown, "\(notEvaluated) \(one.sentence) \(way(one, visit))")
            })
    }

    private static func way(_ unread: Unread, _ visit: Visit) -> HTML? {
        switch unread.reason {
        case .readLater, .notYet: nil
        case .neverSynced, .unfinished, .nextSync:
            "<a href=\"\(visit.to(.integration(unread.integration)))\">Sync it</a>"
        case .refused, .behind:
            "<a href=\"\(visit.to(.integration(unread.integration, tab: "coverage")))\">What to grant</a>"
        }
    }

    /// A part of a page with a heading.
    static func section(_ title: String, _ body: HTML, note: HTML = HTML()) -> HTML {
        let side: HTML? = note.isEmpty ? nil : "<p class=\"muted\">\(note)</p>"
        return "<section class=\"card\"><header class=\"card-head\"><h2>\(title)</h2>\(side)</header>\(body)</section>"
    }

    /// The button that compares two dates.
    static func whatChanged(_ link: Link) -> HTML { "<a class=\"button\" href=\"\(link)\">What changed</a>" }

    /// Names with their values.
    static func facts(_ facts: [(String, HTML)]) -> HTML {
        "<dl class=\"facts\">\(facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as HTML })</dl>"
    }

    /// The tabs of an object, each with an address of its own.
    static func tabs(_ tabs: [(title: String, count: Int?, link: Link, current: Bool)]) -> HTML {
        let items = tabs.map { tab -> HTML in
            let count: HTML? = tab.count.map { " <span class=\"count\">\(Count.text($0))</span>" }
            return
                "<a href=\"\(tab.link)\"\(tab.current ? " aria-current=\"page\"" : "" as HTML)>\(tab.title)\(count)</a>"
        }
        return "<nav class=\"tabs\" aria-label=\"Parts of this page\">\(items)</nav>"
    }

    /// A table of few rows, without order or paging.
    static func table(_ caption: String, _ header: [(String, Bool)], _ rows: [[HTML]]) -> HTML {
        let head = header.map { "<th scope=\"col\"\($0.1 ? " class=\"num\"" : "" as HTML)>\($0.0)</th>" as HTML }
        let body = rows.map { row -> HTML in
            let cells = zip(row, header).map { cell, column -> HTML in
                "<td\(column.1 ? " class=\"num\"" : "" as HTML)>\(cell)</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        return """
            <div class="table-wrap" role="region" tabindex="0" aria-label="\(caption)"><table>\
            <caption class="sr">\(caption)</caption><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>
            """
    }

    /// How Muster knows a date.
    static func evidence(_ evidence: Evidence) -> HTML { "<small class=\"how\">\(how(evidence.text))</small>" }

    /// The words for a printed evidence.
    static func how(_ text: String) -> String {
        switch text {
        case "okta": "Okta's date"
        case "log": "from the System Log"
        case "between syncs": "seen between two syncs"
        case "before log": "since before the System Log begins"
        default: "already so at first sight"
        }
    }
}
