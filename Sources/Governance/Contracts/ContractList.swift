import Analysis
import DatabaseEngine
public import Directory
public import Storage

extension ListDefinition {
    /// Contracts as a list, as they stand on a day: one row for each. Amounts are in whole units of the currency.
    public static func contracts(_ contracts: [Contract], on day: CalendarDay) -> ListDefinition {
        ListDefinition(
            noun: "contracts",
            columns: [
                ListColumn("contract", .number, ""), ListColumn("vendor", "", isName: true),
                ListColumn("title", "", isName: true), ListColumn("number", ""), ListColumn("starts_on", ""),
                ListColumn("ends_on", ""), ListColumn("notice_by", ""), ListColumn("notice_assumed", .number, ""),
                ListColumn("renews", .number, ""), ListColumn("standing", ""), ListColumn("billing", ""),
                ListColumn("currency", ""), ListColumn("cost_month", ""), ListColumn("cost_term", ""),
                ListColumn("lines", .number, ""), ListColumn("seats", .number, ""), ListColumn("owner", ""),
            ],
            extras: [ListColumn("cost_month_minor", .number, ""), ListColumn("days_left", .number, "")],
            defaultSort: "vendor",
            source: .memory(searched: ["vendor", "title", "number", "owner"]) { _, _ in
                contracts.map { $0.cells(on: day) }
            })
    }
}

extension Contract {
    fileprivate func cells(on day: CalendarDay) -> [Value] {
        let month = cost(ofMonth: day.month, on: day)
        let renewal = renewal
        let seats = licenceLines.filter { $0.kind == .seats && $0.covers(day) }.reduce(0) { $0 + $1.seats }
        return [
            .integer(id), .text(vendor), .text(title), .optional(number), .text(startsOn.text), .optional(endsOn?.text),
            .optional(renewal?.noticeBy.text), .optional(renewal.map { $0.isAssumed ? 1 : 0 }), .flag(renews),
            .text(standing(on: day).rawValue), .text(billing.rawValue), .text(currency.code), .text(month.plain),
            .text(total(on: day).plain), .integer(Int64(lines.count)), .integer(Int64(seats)), .optional(owner),
            .integer(month.minor), .optional(renewal.map { Int64($0.daysLeft(on: day)) }),
        ]
    }
}
