import Directory
import Governance
import Storage
import WebSupport

/// The parts of a payment's page.
enum LineParts {
    static func html(_ sheet: SpendLineSheet, _ names: [String], _ apps: [ListRow], _ visit: Visit) -> HTML {
        notes(sheet, visit)
            + "<div class=\"columns\">\(facts(sheet, visit))\(decide(sheet, names, apps, visit))</div>"
            + history(sheet, visit)
    }

    private static func notes(_ sheet: SpendLineSheet, _ visit: Visit) -> HTML {
        var notes = HTML()
        if let other = sheet.duplicateOf {
            let link: HTML = "<a href=\"\(visit.to(SpendParts.line(other)))\">payment \(other)</a>"
            if sheet.duplicateHow == "repeated" {
                notes += Part.note(.attention, "An earlier file told this very line: \(link). It is in no sum.")
            } else {
                let why =
                    sheet.duplicateHow == "id"
                    ? "The same id stands there with other content."
                    : "The same amount went to the same payee within two days."
                notes += Part.note(
                    .attention,
                    """
                    This may be the same payment as \(link). \(why) It is counted until somebody ignores it. \
                    <form method="post" action="\(Link.below(SpendParts.line(sheet.id), "dismiss"))">\(visit.csrf())\
                    <button>It is another payment</button></form>
                    """)
            }
        }
        if let other = sheet.refundOf {
            notes += Part.note(
                .good, "Refunds <a href=\"\(visit.to(SpendParts.line(other)))\">payment \(other)</a>.")
        }
        return notes
    }

    private static func facts(_ sheet: SpendLineSheet, _ visit: Visit) -> HTML {
        let all: [(String, HTML)] =
            sheet.facts.map { ($0.0, "\($0.1)" as HTML) } + [
                (
                    "File",
                    "<a href=\"\(visit.to(SpendParts.imported(sheet.importID)))\">import \(sheet.importID)</a>, line \(sheet.line)"
                )
            ]
        return Part.section(
            "What the file says",
            Part.facts(all)
                + "<details class=\"behind\"><summary>The line as it stands there</summary><pre class=\"json\" tabindex=\"0\">\(sheet.original)</pre></details>"
        )
    }

    private static func decide(
        _ sheet: SpendLineSheet, _ names: [String], _ apps: [ListRow], _ visit: Visit
    ) -> HTML {
        guard let now = sheet.matches.first, now.match.state != .repeated else { return HTML() }
        let back: HTML? =
            sheet.matches.count > 1
            ? """
            <form method="post" action="\(Link.below(SpendParts.line(sheet.id), "take-back"))">\(visit.csrf())\
            <button>Take the last change back</button></form>
            """ : nil
        return Part.section(
            "Whose it is",
            """
            <p>\(words(now, visit))</p><form method="post" class="form" action="\(Link.below(SpendParts.line(sheet.id), "decide"))">\
            \(visit.csrf())<label>Vendor<input name="vendor" list="vendor-names" maxlength="200" value="\(now.vendor)" \
            autocomplete="off"></label>\(SpendParts.vendorNames(names))\
            <label>App <small>where it is for one</small>\(self.apps(apps, now.match.appID))</label>\
            <div class="row"><button class="primary" name="what" value="match">Decide</button>\
            <button name="what" value="ignore">Ignore</button></div></form>\(back)
            """, note: "for this payment alone; no rule changes it")
    }

    /// The choice of one of the tenant's apps, or none.
    static func apps(_ apps: [ListRow], _ chosen: String?, label: String? = nil) -> HTML {
        let options = apps.map { app -> HTML in
            let isOn: HTML = app.text("id") == chosen ? " selected" : ""
            return "<option value=\"\(app.text("id"))\"\(isOn)>\(app.text("label"))</option>"
        }
        let name: HTML? = label.map { " aria-label=\"\($0)\"" }
        let none: HTML = label == nil ? "none" : "no app"
        return "<select name=\"app\"\(name)><option value=\"\">\(none)</option>\(options)</select>"
    }

    private static func words(_ step: SpendLineSheet.Step, _ visit: Visit) -> HTML {
        let how = SpendParts.method(
            step.match.method ?? "", score: step.match.score, rule: step.match.ruleID, by: step.by ?? "")
        switch step.match.state {
        case .matched:
            let id = step.match.vendorID ?? ""
            return
                "<a href=\"\(visit.to(SpendParts.vendor(id)))\">\(step.vendor ?? id)</a> <span class=\"muted\">\(how)</span>"
        case .ignored: return "Ignored <span class=\"muted\">\(how)</span>"
        case .repeated: return "Told before"
        case .unmatched: return "Nobody knows yet."
        }
    }

    private static func history(_ sheet: SpendLineSheet, _ visit: Visit) -> HTML {
        guard sheet.matches.count > 1 else { return HTML() }
        let rows = sheet.matches.map { step -> [HTML] in
            [
                words(step, visit), When.ago(step.since, now: visit.now, none: Part.none),
                step.ended.map { "\(When.ago($0.at, now: visit.now)) by \($0.by)" } ?? "holds now",
            ]
        }
        return Part.section(
            "How it changed", Part.table("Changes", [("Belonged to", false), ("Since", false), ("Ended", false)], rows))
    }
}
