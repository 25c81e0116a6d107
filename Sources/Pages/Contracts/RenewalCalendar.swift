import Directory
import Governance
import WebSupport

/// The next renewals and notice deadlines on a strip of months.
enum RenewalCalendar {
    static func section(_ contracts: [Contract], _ day: CalendarDay, _ visit: Visit) -> HTML {
        let from = day.firstOfMonth.adding(months: -6), to = day.firstOfMonth.adding(months: 7)
        let shown = contracts.compactMap { contract in contract.renewal.map { (contract, $0) } }
            .filter { $0.1.renewsOn >= from && $0.1.noticeBy < to && $0.0.status == .active }
            .sorted { $0.1.noticeBy < $1.1.noticeBy }
        guard !shown.isEmpty else { return HTML() }
        return Part.section(
            "Renewals and notice deadlines", picture(Array(shown.prefix(12)), day, from, to) + table(shown, day, visit),
            note: "six months back and ahead")
    }

    private static func picture(
        _ shown: [(Contract, Renewal)], _ day: CalendarDay, _ from: CalendarDay, _ to: CalendarDay
    ) -> HTML {
        func x(_ day: CalendarDay) -> Int { 120 + Int(min(max(0, day - from), to - from) * 480 / (to - from)) }
        let height = shown.count * 20 + 26
        let months = (0..<13).map { month -> HTML in
            let begin = from.adding(months: month)
            return """
                <line class="base" x1="\(x(begin))" y1="16" x2="\(x(begin))" y2="\(height)"/>\
                <text class="axis left" x="\(x(begin) + 2)" y="11">\(begin.text.prefix(7).suffix(2))</text>
                """
        }
        let bars = shown.enumerated().map { position, item -> HTML in
            let (contract, renewal) = item
            let y = position * 20 + 20
            let look =
                switch renewal.severity(on: day) {
                case .critical, .high: "late"
                default: "bar"
                }
            return """
                <text class="axis left" x="0" y="\(y + 12)">\(contract.vendor.prefix(18))</text>\
                <rect class="\(look)" x="\(x(renewal.noticeBy))" y="\(y + 2)" \
                width="\(max(3, x(renewal.renewsOn) - x(renewal.noticeBy)))" height="12" rx="3"><title>\(contract.vendor): \
                notice by \(renewal.noticeBy.text), renews \(renewal.renewsOn.text)</title></rect>
                """
        }
        return """
            <figure class="chart"><svg viewBox="0 0 610 \(height)" preserveAspectRatio="xMinYMid" role="img" \
            aria-label="\(Count.of(shown.count, "renewal", "renewals")) between \(from.text) and \(to.text), each from its notice \
            deadline to its renewal">\(months)<line class="edge used" x1="\(x(day))" y1="14" x2="\(x(day))" y2="\(height)"/>\
            \(bars)</svg></figure>
            """
    }

    private static func table(_ shown: [(Contract, Renewal)], _ day: CalendarDay, _ visit: Visit) -> HTML {
        let rows = shown.map { contract, renewal -> [HTML] in
            [
                "<a href=\"\(visit.to(.contract(contract.id, tab: "memo")))\">\(contract.vendor), \(contract.title)</a>",
                ContractParts.deadline(contract, day), "\(renewal.renewsOn.text)",
            ]
        }
        return Part.table("Deadlines", [("Contract", false), ("Notice", false), ("Renews or ends", false)], rows)
    }
}
