import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var spendRuleRoutes: [Route] {
        [
            Route(RouteRule(.post, "/spend/rules", .signedIn, "Keep a rule of spend")) { request in
                try await keepRule(request)
            },
            Route(RouteRule(.post, "/spend/rules/preview", .signedIn, "See what a rule of spend would take")) {
                request in
                redirect(Link.below(.spend, "rules").with(Self.typed(request)))
            },
            Route(RouteRule(.post, "/spend/rules/:id/:act", .signedIn, "Raise or remove a rule of spend")) { request in
                guard let id = Int64(request.part("id")) else { throw SpendProblem.noRule }
                let actor = request.session?.name ?? ""
                switch request.part("act") {
                case "raise": try await store.raiseSpendRule(id, actor: actor, now: request.now)
                case "remove": try await store.removeSpendRule(id, actor: actor, now: request.now)
                default: throw WebProblem.noPage
                }
                return redirect(.below(.spend, "rules"), after: request)
            },
            Route(RouteRule(.post, "/spend/match", .signedIn, "Match all payments again")) { request in
                try await store.matchSpendAgain(actor: request.session?.name ?? "", now: request.now)
                return redirect(.below(.spend, "rules"), after: request)
            },
        ]
    }

    /// The rules in their order, and the form for one more, with what it would do.
    func rulesBody(_ visit: Visit) async throws -> HTML {
        let rules = try await store.spendRules()
        let names = try await store.vendorNames()
        let query = visit.request.query
        let edited = query["edit"].flatMap { Int64($0) }.flatMap { id in rules.first { $0.id == id } }
        var tried = edited
        var outcome: HTML?
        if query["name"] != nil {
            let rule = RuleForm.rule(query)
            tried = rule
            do throws(Problem) {
                outcome = RuleForm.outcome(try await store.previewSpendRule(rule))
            } catch {
                outcome = RuleForm.problem(error)
            }
        }
        let apps = try await store.page(.apps(Moment(now: visit.now)), ListRequest(sort: "label", limit: 500)).rows
        return RuleForm.list(rules, visit) + RuleForm.html(tried, names, apps, outcome, visit)
    }

    private static func typed(_ request: WebRequest) -> [(String, String?)] {
        request.form.fields.filter { $0.name != "csrf" }.map { ($0.name, $0.value) }
    }

    private func keepRule(_ request: WebRequest) async throws -> Response {
        let rule = RuleForm.rule(request.form)
        do throws(Problem) {
            try await store.keepSpendRule(rule, actor: request.session?.name ?? "", now: request.now)
        } catch {
            guard error.id == "spend.rule.unsound" else { throw error }
            // Back to the form with what was typed, which says what is wrong.
            return redirect(Link.below(.spend, "rules").with(Self.typed(request)))
        }
        return redirect(.below(.spend, "rules"), after: request)
    }
}

/// The form of a rule, and the list of them.
enum RuleForm {
    private static let rows = 4

    /// The rule that a form or an address describes.
    static func rule(_ form: FormData) -> SpendRule {
        let conditions = (1...rows).compactMap { row -> SpendRule.Condition? in
            guard let value = form.filled("value_\(row)"),
                let field = form["field_\(row)"].flatMap(SpendRule.Field.init),
                let comparison = form["compare_\(row)"].flatMap(SpendRule.Comparison.init)
            else { return nil }
            return SpendRule.Condition(field, comparison, value)
        }
        return SpendRule(
            id: form["id"].flatMap { Int64($0) } ?? 0, name: form.filled("name") ?? "",
            action: form["action"] == "ignore"
                ? .ignore : .match(vendor: form.filled("vendor") ?? "", appID: form.filled("app")),
            joining: form["joining"].flatMap(SpendRule.Joining.init) ?? .all, conditions: conditions)
    }

    static func list(_ rules: [SpendRule], _ visit: Visit) -> HTML {
        let again: HTML = """
            <form method="post" action="\(Link.below(.spend, "match"))">\(visit.csrf())\
            <button>Match all payments again</button></form>
            """
        guard !rules.isEmpty else {
            return Part.section(
                "Rules",
                Part.empty("No rules", "Names, domains and likeness decide alone. Write a rule where they cannot know.")
                    + again)
        }
        let table = Part.table(
            "Rules", [("Order", true), ("Rule", false), ("Where", false), ("Then", false), ("", false)],
            rules.enumerated().map { position, rule -> [HTML] in
                let here = Link.below(.below(.spend, "rules"), String(rule.id))
                let filter = Link.below(.spend, "transactions").with([("where", "rule=\(rule.id)")])
                return [
                    "\(position + 1)",
                    """
                    <a class="row-link" href="\(visit.to(Link.below(.spend, "rules").with([("edit", String(rule.id))])))">\(rule.name)</a>\
                    <small class="sub"><a href="\(visit.to(filter))">its payments</a></small>
                    """, "\(rule.words)", then(rule, visit),
                    """
                    <div class="row"><form method="post" action="\(Link.below(here, "raise"))">\(visit.csrf())\
                    <button class="quiet"\(position == 0 ? " disabled" : "" as HTML)>Raise</button></form>\
                    <form method="post" action="\(Link.below(here, "remove"))">\(visit.csrf())\
                    <button class="quiet">Remove</button></form></div>
                    """,
                ]
            })
        return Part.section("Rules", table + again, note: "from top to bottom; the first that holds decides")
    }

    private static func then(_ rule: SpendRule, _ visit: Visit) -> HTML {
        switch rule.action {
        case .ignore: "ignore"
        case .match(let vendor, let app):
            "\(app == nil ? "" : "an app of " as HTML)<a href=\"\(visit.to(SpendParts.vendor(VendorName(vendor).slug)))\">\(vendor)</a>"
        }
    }

    static func html(
        _ rule: SpendRule?, _ names: [String], _ apps: [ListRow], _ outcome: HTML?, _ visit: Visit
    ) -> HTML {
        var (vendor, chosen) = ("", nil as String?)
        if case .match(let name, let app) = rule?.action { (vendor, chosen) = (name, app) }
        let isIgnored = rule?.action == .ignore
        let conditions = (1...rows).map { row -> HTML in
            let condition = (rule?.conditions ?? []).indices.contains(row - 1) ? rule?.conditions[row - 1] : nil
            return """
                <div class="row"><select name="field_\(row)" aria-label="Field of condition \(row)">\
                \(options(SpendRule.Field.allCases.map(\.rawValue), condition?.field.rawValue))</select>\
                <select name="compare_\(row)" aria-label="Comparison of condition \(row)">\
                \(options(SpendRule.Comparison.allCases.map(\.rawValue), condition?.comparison.rawValue))</select>\
                <input name="value_\(row)" maxlength="200" value="\(condition?.value)" aria-label="Value of condition \(row)"></div>
                """
        }
        let id: HTML? = rule.flatMap { $0.id > 0 ? "<input type=\"hidden\" name=\"id\" value=\"\($0.id)\">" : nil }
        return """
            <section class="card" id="rule"><header class="card-head"><h2>\((rule?.id ?? 0) > 0 ? "Change a rule" : "New rule")</h2>\
            </header>\(outcome)<form method="post" action="\(Link.below(.spend, "rules"))" class="form">\(visit.csrf())\(id)\
            <label>Name<input name="name" required maxlength="100" value="\(rule?.name)"></label>\
            <fieldset><legend>Where <select name="joining" aria-label="How conditions are joined">\
            \(options(["all", "any"], rule?.joining.rawValue))</select> of these hold</legend>\(conditions)</fieldset>\
            <fieldset><legend>Then</legend><div class="row"><select name="action" aria-label="What happens">\
            <option value="match">it belongs to</option><option value="ignore"\(isIgnored ? " selected" : "" as HTML)>ignore it</option>\
            </select><input name="vendor" list="vendor-names" maxlength="200" placeholder="Vendor" aria-label="Vendor" \
            value="\(vendor)" autocomplete="off">\(LineParts.apps(apps, chosen, label: "App, where it is for one"))</div></fieldset>\(SpendParts.vendorNames(names))\
            <div class="row"><button formaction="\(Link.below(.below(.spend, "rules"), "preview"))">See what it would take</button>\
            <button class="primary">Keep it and match again</button></div></form></section>
            """
    }

    private static func options(_ values: [String], _ current: String?) -> [HTML] {
        values.map { "<option\($0 == current ? " selected" : "" as HTML)>\($0)</option>" }
    }

    static func outcome(_ preview: SpendRulePreview) -> HTML {
        let sums = preview.sums.sorted { $0.key < $1.key }.map { currency, sum -> HTML in
            ", \(SpendParts.money(Money(minor: sum, currency)))"
        }
        let rows = preview.samples.map { sample -> [HTML] in
            ["<time>\(sample.date)</time>", "\(sample.payee)", SpendParts.money(sample.amount)]
        }
        let table: HTML? =
            rows.isEmpty
            ? nil : Part.table("What it would take", [("Date", false), ("Payee", false), ("Amount", true)], rows)
        return """
            <div class="banner good" role="status">It would decide \(Count.of(preview.takes, "payment", "payments"))\(sums), \
            \(Count.text(preview.fromUnmatched)) of them without a vendor now. On \(Count.text(preview.decidedBefore)) more its \
            conditions hold, and a person, a name or an earlier rule decides first.</div>\(table)
            """
    }

    static func problem(_ problem: Problem) -> HTML {
        "<div class=\"banner danger\" role=\"alert\"><strong>\(problem.title).</strong> \(problem.remedy)</div>"
    }
}
