import Analysis
import Directory
import Storage
import WebSupport

/// The parts of a vendor's page.
enum VendorParts {
    static func apps(_ sheet: VendorSheet, _ visit: Visit) -> HTML {
        let apps = sheet.apps.map { app -> [HTML] in
            [
                "<a class=\"row-link\" href=\"\(visit.to(.app(app.id)))\">\(app.label)</a>", Part.number(app.users),
                "\(Count.text(app.payments))",
            ]
        }
        let contracts = sheet.contracts.map { contract -> [HTML] in
            [
                "<a class=\"row-link\" href=\"\(visit.to(.contract(contract.id)))\">\(contract.title)</a>",
                Part.text(contract.ends), Part.tag(contract.status),
            ]
        }
        let appTable =
            apps.isEmpty
            ? Part.empty(
                "No Okta app", "Okta has no app of this vendor: what is paid is shadow spend, as far as Okta can see.")
            : Part.table("Apps", [("App", false), ("People", true), ("Payments", true)], apps)
        let contractTable =
            contracts.isEmpty
            ? Part.empty(
                "No contract", "<a href=\"\(visit.to(.contracts))\">Enter one</a> to see what should have been paid.")
            : Part.table("Contracts", [("Contract", false), ("Renews or ends", false), ("Status", false)], contracts)
        return Part.section("Apps and contracts", appTable + contractTable)
    }

    /// What was paid in each month beside what the contracts say of it.
    static func months(_ contracted: [ContractMonths], _ totals: [SpendTotals]) -> HTML {
        HTML(
            contracted.map { contract in
                let paid = Dictionary(
                    (totals.first { $0.currency == contract.currency }?.months ?? []).map {
                        ($0.name, $0.matched.minor)
                    },
                    uniquingKeysWith: { first, _ in first })
                let rows = contract.months.map { month -> [HTML] in
                    func money(_ minor: Int64) -> HTML {
                        minor == 0 ? Part.none : SpendParts.money(Money(minor: minor, contract.currency))
                    }
                    return ["\(month.month)", money(paid[month.month] ?? 0), money(month.due), money(month.share)]
                }
                return Part.section(
                    "Paid against contracts, \(contract.currency.code)",
                    Part.table(
                        "Months",
                        [("Month", false), ("Paid", true), ("Falls due", true), ("Share of the month", true)], rows)
                            + """
                            <details class="behind"><summary>How this is counted</summary><p>What falls due stands in the month in \
                            which a billing period begins: the total of a term, divided over its billing periods by their days. \
                            The share of a month is the same total, spread over all days of the term.</p></details>
                            """)
            })
    }

    static func names(_ sheet: VendorSheet, _ visit: Visit) -> HTML {
        let rows = sheet.aliases.map { alias -> [HTML] in
            [
                "\(alias.alias)", "\(alias.by)",
                """
                <form method="post" action="\(Link.below(.spend, "forget"))">\(visit.csrf())\
                <input type="hidden" name="payee" value="\(alias.alias)"><button class="quiet">Forget</button></form>
                """,
            ]
        }
        return Part.section(
            "Names that people taught",
            rows.isEmpty
                ? Part.empty("None", "Its payments are found by its own name, its domain, rules or likeness.")
                : Part.table("Names", [("Payee", false), ("Taught by", false), ("", false)], rows))
    }
}
