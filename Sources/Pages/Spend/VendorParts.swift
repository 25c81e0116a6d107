import Analysis
import Directory
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
            ? Part.empty("No Okta app", "Okta has no app of this vendor: what is paid is shadow spend, as far as Okta can see.")
            : Part.table("Apps", [("App", false), ("People", true), ("Payments", true)], apps)
        let contractTable =
            contracts.isEmpty
            ? Part.empty("No contract", "<a href=\"\(visit.to(.contracts))\">Enter one</a> to see what should have been paid.")
            : Part.table("Contracts", [("Contract", false), ("Renews or ends", false), ("Status", false)], contracts)
        return Part.section("Apps and contracts", appTable + contractTable)
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
