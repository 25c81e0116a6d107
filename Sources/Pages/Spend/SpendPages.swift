import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var spendRoutes: [Route] {
        [
            Route(RouteRule(.get, "/spend", .signedIn, "Spend")) { request in try await spendOverview(request) },
            Route(RouteRule(.get, "/spend/vendors/:id", .signedIn, "Vendor")) { request in
                try await vendorPage(request)
            },
        ] + spendTabRoutes + spendImportRoutes + spendDecisionRoutes + spendRuleRoutes
            + exportRoutes("transactions", "Payments")
            + exportRoutes("unmatched", "Payees without a vendor") + exportRoutes("vendors", "Vendors")
            + exportRoutes("spend-imports", "Imports of spend") + exportRoutes("spend-checks", "Checks of spend")
    }

    /// Each by its own address: below some of them are others.
    private var spendTabRoutes: [Route] {
        SpendParts.tabNames.dropFirst().map { tab, title in
            Route(RouteRule(.get, "/spend/\(tab)", .signedIn, "Spend: \(title)")) { request in
                try await spendTab(request, tab)
            }
        }
    }

    /// A page of spend in its frame, with the tabs of the place.
    func spendPage(_ visit: Visit, _ tab: String, _ content: PageContent) async throws -> Response {
        var content = content
        content.body = SpendParts.tabs(tab, visit) + content.body
        if content.action.isEmpty {
            content.action =
                "<a class=\"button primary\" href=\"\(visit.to(.below(.below(.spend, "imports"), "new")))\">Import a file</a>"
        }
        return try await page(visit, .spend, content)
    }

    private func spendOverview(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let totals = try await store.spendTotals(visit.moment)
        guard !totals.isEmpty else {
            return try await spendPage(
                visit, "",
                PageContent(
                    title: "Spend", sentence: SpendParts.sentence,
                    body: Part.empty(
                        "No spend yet",
                        """
                        Import a CSV file of your ledger, cards, expenses or invoices: Muster finds the vendors and holds \
                        what was paid against contracts and seats.
                        """)))
        }
        let chosen = totals.first { $0.currency.code == request.query["currency"] } ?? totals[0]
        let top = try await store.topVendors(visit.moment, most: 8).filter { $0.amount.currency == chosen.currency }
        let body =
            SpendParts.currencies(totals, chosen, visit) + SpendParts.figures(chosen, visit)
            + Part.section(
                "Paid by month, \(chosen.currency.code)", SpendBars.draw(chosen, visit.moment),
                note: "filled: a vendor is known; outlined: nobody knows yet")
            + "<div class=\"columns\">\(SpendParts.top(top, visit))\(SpendParts.behind)</div>"
        return try await spendPage(
            visit, "", PageContent(title: "Spend", sentence: SpendParts.sentence, body: body))
    }

    private func spendTab(_ request: WebRequest, _ tab: String) async throws -> Response {
        let visit = try await visit(request)
        let (sentence, body): (HTML, HTML)
        switch tab {
        case "transactions":
            sentence = "Every payment that files told, and whose it is."
            body = try await transactions(visit)
        case "unmatched":
            sentence =
                "Payees that belong to no vendor yet, the most money first. Teach a name once: every file knows it then."
            body = try await queue(visit)
        case "vendors":
            sentence = "Who was paid, over all time."
            body = try await SpendLists.vendors(visit).html(store, visit)
        case "checks":
            sentence = "What was paid, held against contracts and against the seats on the same dates."
            let list = try await spend.checks(store, visit.moment)
            body = SpendParts.checksBehind + (try await SpendLists.checks(list, visit).html(store, visit))
        case "rules":
            sentence = "Rules decide where a name alone does not. The first one that holds counts."
            body = try await rulesBody(visit)
        case "imports":
            sentence = "Files that were imported. Each can be taken back whole."
            body = try await SpendLists.imports(visit).html(store, visit)
        default: throw WebProblem.noPage
        }
        return try await spendPage(visit, tab, PageContent(title: "Spend", sentence: sentence, body: body))
    }

    private func transactions(_ visit: Visit) async throws(Problem) -> HTML {
        let view = SpendLists.transactions(visit, here: .below(.spend, "transactions"))
        var state = try ListState(visit.request.query, view.list)
        if state.sort == nil { state = state.sorted(by: "date", descending: true) }
        let page = try await store.list(view.list, state.request)
        let names = try await store.vendorNames()
        return view.html(page, state, visit) + SpendParts.bulk(visit, .below(.spend, "lines"), names, ignores: true)
    }

    private func queue(_ visit: Visit) async throws(Problem) -> HTML {
        let list = ListDefinition.unmatchedSpend(visit.moment)
        var state = try ListState(visit.request.query, list)
        if state.sort == nil { state = state.sorted(by: "amount_minor", descending: true) }
        let page = try await store.list(list, state.request)
        let suggested = try await store.spendSuggestions(page.rows.map { $0.text("payee") })
        let currencies = try await store.spendTotals(visit.moment).map(\.currency.code)
        let view = SpendLists.queue(visit, suggested, currencies)
        let names = try await store.vendorNames()
        return view.html(page, state, visit) + SpendParts.bulk(visit, .below(.spend, "teach"), names, ignores: false)
    }

    private func vendorPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let id = request.part("id")
        let sheet = try await store.vendor(id, visit.moment)
        let totals = try await store.spendTotals(visit.moment, vendor: id)
        let list = ListDefinition.transactions(visit.moment)
        var state = try ListState(visit.request.query, list)
        if state.sort == nil { state = state.sorted(by: "date", descending: true) }
        var asked = state.request
        asked.filters.append(try ListFilter(parsing: "vendor_id=\"\(id)\"", for: list))
        let payments = try await store.list(list, asked)
        var view = SpendLists.transactions(visit, here: .below(.below(.spend, "vendors"), id), selects: false)
        view.exportFilters = ["vendor_id=\"\(id)\""]
        let chosen = totals.first { $0.currency.code == request.query["currency"] } ?? totals.first
        var body = HTML()
        if let chosen {
            body +=
                SpendParts.currencies(totals, chosen, visit, below: id)
                + SpendParts.figures(chosen, visit, isVendor: true)
            body += Part.section("Paid by month, \(chosen.currency.code)", SpendBars.draw(chosen, visit.moment))
        }
        let contracted = try await store.contractMonths(of: id, visit.moment)
        body += VendorParts.months(contracted, totals)
        body += "<div class=\"columns\">\(VendorParts.apps(sheet, visit))\(VendorParts.names(sheet, visit))</div>"
        body += view.html(payments, state, visit)
        return try await page(
            visit, .spend,
            PageContent(
                title: sheet.name, sentence: "What was paid to this vendor, for which apps, and under which contracts.",
                crumb: ("Vendors", visit.to(.below(.spend, "vendors"))), body: body))
    }
}

extension ListState {
    /// The same question in another order.
    func sorted(by column: String, descending: Bool) -> ListState {
        ListState(self, sort: column, descending: descending)
    }
}
