import Analysis
import Directory
import Governance
import Storage
import WebSupport

/// The forms that contracts and their lines are entered in. What was typed stays where something is wrong with it.
enum ContractForm {
    static func texts(_ form: FormData, _ names: [String]) -> [String: String] {
        Dictionary(names.map { ($0, form[$0] ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    private static func banner(_ faults: [FieldFault]) -> HTML {
        guard !faults.isEmpty else { return HTML() }
        return """
            <div class="banner danger" role="alert"><strong>\(Count.of(faults.count, "field is", "fields are")) not right.\
            </strong> Nothing was changed.<ul>\(faults.map { "<li>\($0.sentence)</li>" as HTML })</ul></div>
            """
    }

    private static func said(_ faults: [FieldFault]) -> [String: String] {
        Dictionary(
            faults.map { ($0.field, "\($0.says), for example \($0.example)") }, uniquingKeysWith: { first, _ in first })
    }

    static func html(
        _ fields: [String: String], _ faults: [FieldFault], to link: Link, button: String, _ visit: Visit
    ) -> HTML {
        let said = said(faults)
        func input(
            _ title: String, _ name: String, type: String = "text", _ hint: HTML = HTML(), required: Bool = false
        ) -> HTML {
            Field.input(title, name, fields[name], type: type, hint: hint, faults: said, required: required)
        }
        func words<Word: RawRepresentable<String>>(_ all: [Word]) -> [(value: String, title: String)] {
            all.map { ($0.rawValue, $0.rawValue) }
        }
        return """
            \(banner(faults))<form method="post" action="\(link)" class="card form">\(visit.csrf())<div class="two">\
            \(input("Vendor", "vendor", required: true))\(input("What you call it", "title", "empty: the vendor"))\
            \(input("Number", "number", "as on paper; imports know it by this"))\(input("Owner", "owner", "who decides"))\
            \(input("First day", "starts_on", type: "date", required: true))\
            \(input("Renews or ends on", "ends_on", type: "date", "the first day no longer covered"))\
            \(input("Notice, days before", "notice_days", type: "number", "empty: unknown, and 30 are assumed"))\
            \(Field.choice("Renews by itself", "renews", fields["renews"], [("yes", "yes"), ("no", "no")], faults: said))\
            \(input("Currency", "currency", "EUR, USD, …", required: true))\
            \(Field.choice("Billed", "billing", fields["billing"], words(Contract.Billing.allCases), faults: said))\
            \(Field.choice("Status", "status", fields["status"], words(ContractStatus.allCases), faults: said))</div>\
            \(Field.input("Note", "note", fields["note"], faults: said, most: 2000))\
            <button class="primary">\(button)</button></form>
            """
    }

    static func line(
        _ contract: Contract, _ line: ContractLine?, _ fields: [String: String], _ faults: [FieldFault],
        apps: [String: String], _ visit: Visit
    ) -> HTML {
        let said = said(faults)
        func input(
            _ title: String, _ name: String, type: String = "text", _ hint: HTML = HTML(), required: Bool = false
        ) -> HTML {
            Field.input(title, name, fields[name], type: type, hint: hint, faults: said, required: required)
        }
        func choice(_ title: String, _ name: String, _ options: [String], _ hint: HTML = HTML()) -> HTML {
            Field.choice(
                title, name, fields[name], options.map { ($0, $0.isEmpty ? "none" : $0) }, hint: hint, faults: said)
        }
        let known = apps.sorted { $0.value.lowercased() < $1.value.lowercased() }.map { id, label -> HTML in
            "<option value=\"\(id)\"\(fields["app"] == id || fields["app"] == label ? " selected" : "" as HTML)>\(label)</option>"
        }
        let other: HTML? = fields["app"].flatMap { app in
            app.isEmpty || apps[app] != nil || apps.values.contains(app)
                ? nil : "<option value=\"\(app)\" selected>\(app)</option>"
        }
        let appFault: HTML? = said["app"].map { "<small class=\"down\" role=\"alert\">\($0)</small>" }
        let id: HTML? = line.map { "<input type=\"hidden\" name=\"line\" value=\"\($0.id)\">" }
        let form: HTML = """
            \(banner(faults))<form method="post" action="\(Link.contract(contract.id, tab: "lines"))" class="card form">\
            \(visit.csrf())\(id)<div class="two">\(input("Product", "product", "Enterprise, Pro, …", required: true))\
            \(choice("Kind", "kind", LicenceLine.Kind.allCases.map(\.rawValue), "seats; a fee (minus: a discount); once"))\
            <label>App<select name="app"><option value="">none</option>\(other)\(known)</select>\(appFault)</label>\
            \(choice("For", "selector", ["all", "rest", "group", "attribute"], "which of the app's people"))\
            \(input("Attribute", "selector_name", "for an attribute: \(SeatSelector.attributes.joined(separator: ", "))"))\
            \(input("Group or value", "selector_value", "the group's name or id, or the attribute's value"))\
            \(input("Seats", "seats", type: "number"))\
            \(input("Price of a seat, \(contract.currency.code)", "unit_price", "in whole \(contract.currency.code): 120.00"))\
            \(choice("Price is for a", "price_period", PricePeriod.allCases.map(\.rawValue)))\
            \(input("Fee, \(contract.currency.code)", "amount", "for fees, in place of seats and price"))\
            \(input("Fewest seats", "minimum_seats", type: "number"))\
            \(choice("Can be reduced before the end", "reducible", ["no", "yes"]))\
            \(input("First day", "line_starts_on", type: "date", "empty: the contract's"))\
            \(input("Renews or ends on", "line_ends_on", type: "date", "empty: the contract's"))\
            \(choice("True-up counts", "trueup_measure", [""] + TrueUpClause.Measure.allCases.map(\.rawValue)))\
            \(choice("Each", "trueup_every", ["term", "year", "quarter", "month"]))\
            \(input("Free beyond what is bought, %", "trueup_grace", type: "number"))\
            \(input("Price of one seat more", "trueup_price", "empty: the price of a seat"))</div>\
            <button class="primary">\(line == nil ? "Add the line" : "Save the line")</button></form>
            """
        guard let line else { return form }
        return form + """
            <form method="post" action="\(Link.contract(contract.id, tab: "lines"))" class="card">\(visit.csrf())<input \
            type="hidden" name="line" value="\(line.id)"><input type="hidden" name="do" value="remove">\
            <button class="danger">Remove the line \(line.product)</button></form>
            """
    }

    static func remove(_ contract: Contract, _ visit: Visit) -> HTML {
        """
        <form method="post" action="\(Link.contract(contract.id, tab: "remove"))" class="card form">\(visit.csrf())\
        <p>Removing the contract takes its \(Count.of(contract.lines.count, "line", "lines")) out of every figure. The audit \
        trail keeps what it was.</p>\(Field.input("Type \(contract.vendor) to confirm", "confirm", "", required: true))\
        <button class="danger">Remove the contract</button></form>
        """
    }
}
