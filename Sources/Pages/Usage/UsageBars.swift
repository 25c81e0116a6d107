import Analysis
import Directory
import Storage
import WebSupport

/// Sign-ins by month, first-time ones apart from repeated ones, with people and stickiness in the table behind it.
enum UsageBars {
    static func draw(_ app: String, _ months: [UsageMonth], _ visit: Visit) -> HTML {
        guard visit.moment.usageKnown else {
            return Part.empty("Not evaluated", "\(visit.moment.usageNote ?? "The System Log could not be read.")")
        }
        let most = months.compactMap(\.signIns).max() ?? 0
        guard most > 0 else {
            return Part.empty("No sign-ins", "None was seen in these twelve months, as far as the log goes back.")
        }
        return picture(app, months, most) + table(app, months)
    }

    private static func picture(_ app: String, _ months: [UsageMonth], _ most: Int) -> HTML {
        let bars = months.enumerated().map { position, month -> HTML in
            let count = month.signIns ?? 0
            let tall = max(count * 110 / most, count > 0 ? 2 : 0)
            let first = count > 0 ? tall * (month.firstTime ?? 0) / count : 0
            let x = position * 50 + 7
            let people: HTML =
                "\(month.month): \(Count.text(count)) sign-ins of \(Count.text(month.people ?? 0)) people"
            let top: HTML? =
                first == 0
                ? nil
                : """
                <rect class="bar first" x="\(x)" y="\(132 - tall)" width="36" height="\(first)">\
                <title>\(month.month): \(Count.text(month.firstTime ?? 0)) first-time</title></rect>
                """
            let label: HTML? =
                count == 0
                ? nil : "<text class=\"value\" x=\"\(x + 18)\" y=\"\(126 - tall)\">\(Count.text(count))</text>"
            return """
                <rect class="bar" x="\(x)" y="\(132 - tall + first)" width="36" height="\(tall - first)">\
                <title>\(people)</title></rect>\(top)\(label)\
                <text class="axis" x="\(x + 18)" y="148">\(MonthBars.name(month.month))</text>
                """
        }
        let unknown = months.prefix { $0.signIns == nil }.count
        let before: HTML? =
            unknown == 0
            ? nil
            : """
            <rect class="before" x="0" y="20" width="\(unknown * 50)" height="112"/>\
            <text class="hint" x="8" y="36">not known: before the log begins</text>
            """
        return """
            <figure class="chart"><svg viewBox="0 0 600 154" preserveAspectRatio="xMinYMid" role="img" \
            aria-labelledby="months-title months-desc"><title id="months-title">Sign-ins to \(app) by month</title>\
            <desc id="months-desc">Bars for twelve months, at most \(Count.text(most)) sign-ins. First sign-ins of a person \
            stand on top, outlined.</desc>\(before)<line class="base" x1="0" y1="132.5" x2="600" y2="132.5"/>\(bars)\
            </svg><figcaption class="key"><span class="swatch"></span> repeated \
            <span class="swatch first"></span> first-time</figcaption></figure>
            """
    }

    private static func table(_ app: String, _ months: [UsageMonth]) -> HTML {
        let rows = months.map { month -> [HTML] in
            [
                "\(month.month)", Part.number(month.people), Part.number(month.signIns), Part.number(month.firstTime),
                Part.number(month.repeated),
                month.stickinessPercent.map { "\($0) %" } ?? (month.signIns == 0 ? Part.none : Part.notEvaluated),
            ]
        }
        let head = [
            ("Month", false), ("Active people", true), ("Sign-ins", true), ("First-time", true), ("Repeated", true),
            ("Stickiness", true),
        ]
        return """
            <details class="behind"><summary>Show the numbers and how they are counted</summary>\
            \(Part.table("Use of \(app) by month", head, rows))\
            <p>A first-time sign-in is the first ever seen of a person to this app. In the month the log begins, and before \
            it, nobody can tell it from a later one. Stickiness = mean people a day ÷ people of the month, of months that are \
            over; days of the month that lie before the log begins are left out. Failed sign-ons are never counted.</p>\
            </details>
            """
    }
}
