import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var licenceRoutes: [Route] {
        [
            Route(RouteRule(.get, "/licences", .signedIn, "Licences")) { request in try await licencesPage(request) },
            Route(RouteRule(.get, "/licences/simulate", .signedIn, "Reclaim simulator")) { request in
                try await simulatorPage(request)
            },
            Route(RouteRule(.get, "/licences/reclaimed", .signedIn, "Reclaimed seats")) { request in
                try await reclaimedPage(request)
            },
            Route(RouteRule(.get, "/licences/chargeback", .signedIn, "Chargeback")) { request in
                try await chargebackPage(request)
            },
            Route(RouteRule(.get, "/licences/rules", .signedIn, "Rules for seats")) { request in
                try await rulesPage(request)
            },
            Route(RouteRule(.post, "/licences/rules", .signedIn, "Set rules for seats")) { request in
                try await setRules(request)
            },
            Route(RouteRule(.post, "/licences/protected", .signedIn, "Protect a person's seats")) { request in
                try await protectPerson(request)
            },
            Route(RouteRule(.post, "/licences/rates", .signedIn, "Import rates", takesFile: true)) { request in
                try await takeRates(request)
            },
            Route(RouteRule(.post, "/licences/reclaimed", .signedIn, "Ask for seats to be taken back")) { request in
                try await askReclaim(request)
            },
        ]
            + fileRoutes("licences", "Licences") { visit in
                .licences(try await licenceMemory.book(store, visit.moment).licences)
            }
            + fileRoutes("seats", "Seats of an app") { visit in try await seatList(visit) }
    }

    /// The seats that an address asks for: of the app that a filter names.
    private func seatList(_ visit: Visit) async throws -> ListDefinition {
        let filters = try ListState(visit.request.query, .seats(), hasSubject: true).filters
        guard let app = filters.first(where: { $0.column == "app_id" && $0.comparison == .equal }) else {
            throw Problem(
                id: "seats.app.missing", kind: .usage, title: "The address does not say which app's seats",
                explanation: "The seats of all apps together are on the command line.",
                remedy: "Open an app's licences and export from there, or run: muster report licences --seats.")
        }
        let book = try await licenceMemory.book(store, visit.moment)
        return try await licenceMemory.seats(of: app.value, SeatChoice(filters), book, store, visit.moment)
    }

    private func licencesPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let book = try await licenceMemory.book(store, visit.moment)
        let list = ListDefinition.licences(book.licences)
        let unread = try await store.unread([.assignments, .logs, .users], visit.moment)
        let view = ListView(
            list: list, name: "licences", columns: LicenceParts.columns(book.licences), here: .licences,
            exportNoun: "licences",
            presets: [
                ("Under contract", ["contracts>0"]), ("Seats to take back", ["reclaimable>0"]),
                ("On the shelf", ["shelf>0"]), ("Over what is bought", ["overage>0"]),
                ("No data", ["evidence_grade=D"]),
            ],
            one: "licence", many: "licences", emptyTitle: "No apps yet", sortsByAny: true, unread: unread)
        let rates = try await store.rates()
        return try await page(
            visit, .licences,
            PageContent(
                title: "Licences",
                sentence: "What is bought, who has it, who uses it, and what that costs.",
                action:
                    "<a class=\"button primary\" href=\"\(visit.to(.below(.contracts, "new")))\">Add a contract</a>",
                body: LicenceParts.tabs("", visit) + LicenceParts.figures(book, visit)
                    + LicenceParts.funnel(book.licences, visit) + LicenceParts.money(book, rates, visit)
                    + (try await view.html(store, visit))))
    }

    /// The licences of one app: what a tab of the app's page shows.
    func appLicences(_ app: String, _ visit: Visit) async throws -> HTML {
        let book = try await licenceMemory.book(store, visit.moment)
        let licences = book.licences.filter { $0.appID == app }
        let state = try ListState(visit.request.query, .seats())
        let choice = SeatChoice(state.filters)
        var body = HTML(licences.map { LicenceParts.card($0, book, visit) })
        guard licences.contains(where: { $0.buckets != nil }) else { return body }
        let list = try await licenceMemory.seats(of: app, choice, book, store, visit.moment)
        let view = ListView(
            list: list, name: "seats", columns: LicenceParts.seatColumns, here: .app(app, tab: "licences"),
            exportNoun: "seats", exportFilters: ["app_id=\(app)"],
            presets: [
                ("Reclaimable", ["kind=reclaimable"]), ("Used", ["kind=used"]), ("Set aside", ["kind=set aside"]),
            ],
            one: "seat", many: "seats", emptyTitle: "No seats", emptyText: "Nobody has this app.",
            sortsByAny: true, unread: [])
        body += Part.section(
            choice.title + (choice.product.map { $0.isEmpty ? "" : " of \($0)" } ?? ""),
            LicenceParts.ask(licences, choice, app, visit) + (try await view.html(store, visit)),
            note: LicenceParts.madeAt(book, visit))
        return body
    }
}
