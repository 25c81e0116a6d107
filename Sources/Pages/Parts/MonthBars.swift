import Directory
import Storage
import WebSupport

/// Sign-ins by month as bars from zero, with the numbers in a table behind them.
enum MonthBars {
    static func draw(_ title: String, _ months: [MonthCount], _ moment: Moment) -> HTML {
        guard moment.usageKnown else {
            let why = moment.usageNote ?? "The System Log could not be read, so Muster cannot tell who signs in."
            return Part.empty("Not evaluated", "\(why)")
        }
        let most = months.compactMap(\.count).max() ?? 0
        guard most > 0 else {
            return Part.empty(
                "No sign-ins", "None was seen in these twelve months, as far as the log goes back.")
        }
        return picture(title, months, most) + table(title, months)
    }

    private static func picture(_ title: String, _ months: [MonthCount], _ most: Int) -> HTML {
        let bars = months.enumerated().map { position, month -> HTML in
            let count = month.count ?? 0
            let height = count * 110 / most
            let x = position * 50 + 7
            let label: HTML? =
                count == 0 ? nil : "<text class=\"value\" x=\"\(x + 18)\" y=\"\(126 - height)\">\(short(count))</text>"
            return """
                <rect class="bar" x="\(x)" y="\(132 - max(height, count > 0 ? 2 : 0))" width="36" \
                height="\(max(height, count > 0 ? 2 : 0))" rx="3"><title>\(month.month): \(Count.text(count))</title></rect>\
                \(label)<text class="axis" x="\(x + 18)" y="148">\(name(month.month))</text>
                """
        }
        let best = months.max { $0.count ?? 0 < $1.count ?? 0 }
        let unknown = months.prefix { $0.count == nil }.count
        let before: HTML? =
            unknown == 0
            ? nil
            : """
            <rect class="before" x="0" y="20" width="\(unknown * 50)" height="112"/>\
            <text class="hint" x="8" y="36">not known: before the log begins</text>
            """
        return """
            <figure class="chart"><svg viewBox="0 0 600 154" preserveAspectRatio="xMinYMid" role="img" aria-labelledby="chart-title chart-desc">\
            <title id="chart-title">\(title)</title><desc id="chart-desc">Bars for twelve months; the highest is \
            \(best?.month) with \(Count.text(most)) sign-ins.</desc>\
            \(before)<line class="base" x1="0" y1="132.5" x2="600" y2="132.5"/>\(bars)</svg></figure>
            """
    }

    private static func table(_ title: String, _ months: [MonthCount]) -> HTML {
        let rows = months.map { month -> [HTML] in ["\(month.month)", Part.number(month.count)] }
        return """
            <details class="behind"><summary>Show the numbers</summary>\
            \(Part.table(title, [("Month", false), ("Sign-ins", true)], rows))</details>
            """
    }

    static func name(_ month: String) -> String {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = month.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2, names.indices.contains(parts[1] - 1) else { return month }
        return parts[1] == 1 ? "\(names[0]) \(parts[0] % 100)" : names[parts[1] - 1]
    }

    private static func short(_ count: Int) -> String {
        switch count {
        case ..<10_000: Count.text(count)
        case ..<1_000_000: "\(count / 1000)k"
        default: "\(count / 1_000_000)M"
        }
    }
}
