import Analysis
import Directory
import Storage
import WebSupport

/// What was paid by month as bars from zero, what belongs to a vendor below what nobody knows, with the numbers behind them.
enum SpendBars {
    private static let most = 12

    static func draw(_ totals: SpendTotals, _ moment: Moment) -> HTML {
        let all = Dictionary(totals.months.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let months = (moment.month - Int64(most) + 1...moment.month).map { number in
            let name = Moment.monthName(number)
            return (name, all[name]?.matched.minor ?? 0, all[name]?.unmatched.minor ?? 0)
        }
        let highest = months.map { max(0, $0.1) + max(0, $0.2) }.max() ?? 0
        guard highest > 0 else {
            return Part.empty("Nothing paid", "No payment in these twelve months.")
        }
        let bars = months.enumerated().map { position, month in bar(position, month, highest, totals.currency) }
        let best = months.max { $0.1 + $0.2 < $1.1 + $1.2 }
        let rows = months.map { name, matched, unmatched -> [HTML] in
            [
                "\(name)", SpendParts.money(Money(minor: matched, totals.currency)),
                SpendParts.money(Money(minor: unmatched, totals.currency)),
            ]
        }
        return """
            <figure class="chart"><svg viewBox="0 0 600 154" preserveAspectRatio="xMinYMid" role="img" \
            aria-labelledby="spend-title spend-desc"><title id="spend-title">Paid by month in \(totals.currency.code)</title>\
            <desc id="spend-desc">Bars for twelve months; the highest is \(best?.0).</desc>\
            <line class="base" x1="0" y1="132.5" x2="600" y2="132.5"/>\(bars)</svg></figure>\
            <details class="behind"><summary>Show the numbers</summary>\
            \(Part.table("Paid by month", [("Month", false), ("Vendor known", true), ("Not known", true)], rows))</details>
            """
    }

    private static func bar(
        _ position: Int, _ month: (String, Int64, Int64), _ highest: Int64, _ currency: Currency
    ) -> HTML {
        let known = Int(Double(max(0, month.1)) * 108 / Double(highest))
        let open = Int(Double(max(0, month.2)) * 108 / Double(highest))
        let x = position * 50 + 7
        let sum = max(0, month.1) + max(0, month.2)
        let label: HTML? =
            sum == 0
            ? nil
            : "<text class=\"value\" x=\"\(x + 18)\" y=\"\(126 - known - open)\">\(short(sum, currency))</text>"
        return """
            <rect class="bar" x="\(x)" y="\(132 - known)" width="36" height="\(known)"/>\
            <rect class="bar first" x="\(x)" y="\(132 - known - open)" width="36" height="\(open)"/>\
            \(label)<text class="axis" x="\(x + 18)" y="148">\(name(month.0))</text>
            """
    }

    private static func name(_ month: String) -> String {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = month.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2, names.indices.contains(parts[1] - 1) else { return month }
        return parts[1] == 1 ? "Jan \(parts[0] % 100)" : names[parts[1] - 1]
    }

    private static func short(_ minor: Int64, _ currency: Currency) -> String {
        let whole = Int64(Money(minor: minor, currency).plain.split(separator: ".").first ?? "0") ?? 0
        return switch whole {
        case ..<10_000: Count.text(whole)
        case ..<1_000_000: "\(whole / 1000)k"
        default: "\(whole / 1_000_000).\(whole / 100_000 % 10)M"
        }
    }
}
