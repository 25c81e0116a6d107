import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var contractRoutes: [Route] {
        [
            Route(RouteRule(.get, "/contracts", .signedIn, "Contracts")) { request in try await contractsPage(request)
            },
            Route(RouteRule(.post, "/contracts", .signedIn, "Add a contract")) { request in
                try await addContract(request)
            },
            Route(RouteRule(.get, "/contracts/new", .signedIn, "New contract")) { request in
                try await newContractPage(request)
            },
            Route(RouteRule(.post, "/contracts/import", .signedIn, "Import contracts", takesFile: true)) { request in
                try await importContracts(request)
            },
            Route(RouteRule(.get, "/contracts/:id", .signedIn, "Contract")) { request in
                try await contractPage(request, tab: "")
            },
            Route(RouteRule(.get, "/contracts/:id/:tab", .signedIn, "Contract: one part")) { request in
                try await contractPage(request, tab: request.part("tab"))
            },
            Route(RouteRule(.post, "/contracts/:id", .signedIn, "Change a contract")) { request in
                try await changeContract(request)
            },
            Route(RouteRule(.post, "/contracts/:id/lines", .signedIn, "Change a line of a contract")) { request in
                try await changeLine(request)
            },
            Route(RouteRule(.post, "/contracts/:id/remove", .signedIn, "Remove a contract")) { request in
                try await removeContract(request)
            },
        ]
            + fileRoutes("contracts", "Contracts") { visit in
                .contracts(try await store.contracts(), on: CalendarDay(visit.moment.time))
            }
    }

    private func contractsPage(_ request: WebRequest, problem: Problem? = nil, done: HTML? = nil) async throws
        -> Response
    {
        let visit = try await visit(request)
        let contracts = try await store.contracts()
        let day = CalendarDay(visit.moment.time)
        let view = ListView(
            list: .contracts(contracts, on: day), name: "contracts", columns: ContractParts.columns(day),
            here: .contracts, exportNoun: "contracts",
            presets: [
                ("To be decided", ["standing=renewal due"]), ("Overdue", ["standing=overdue"]),
                ("In force", ["standing=active"]),
            ],
            one: "contract", many: "contracts", emptyTitle: "No contracts yet",
            emptyText: "Add one, or import a file below. Licences are then counted against what was bought.",
            sortsByAny: true, unread: [])
        let banner: HTML? = problem.map {
            "<div class=\"banner danger\" role=\"alert\"><strong>\($0.title).</strong> \($0.explanation) \($0.remedy)</div>"
        }
        return try await page(
            visit, .contracts,
            PageContent(
                title: "Contracts", sentence: "What the company agreed to pay for, and when it has to decide again.",
                action:
                    "<a class=\"button primary\" href=\"\(visit.to(.below(.contracts, "new")))\">Add a contract</a>",
                body: HTML([banner, done].compactMap(\.self)) + ContractParts.figures(contracts, day, visit)
                    + RenewalCalendar.section(contracts, day, visit) + (try await view.html(store, visit))
                    + ContractParts.importForm(visit)))
    }

    private func newContractPage(
        _ request: WebRequest, fields: [String: String]? = nil, faults: [FieldFault] = []
    ) async throws -> Response {
        let visit = try await visit(request)
        let fields = fields ?? ["currency": "EUR", "renews": "yes", "billing": "yearly", "status": "active"]
        return try await page(
            visit, .contracts,
            PageContent(
                title: "New contract", sentence: "First the contract, then its lines.",
                crumb: ("Contracts", visit.to(.contracts)),
                body: ContractForm.html(fields, faults, to: .contracts, button: "Add the contract", visit)))
    }

    private func addContract(_ request: WebRequest) async throws -> Response {
        let texts = ContractForm.texts(request.form, ContractFields.ofContract)
        var fields = ContractFields(texts)
        guard let contract = fields.contract() else {
            return try await newContractPage(request, fields: texts, faults: fields.faults)
        }
        let id = try await store.add(contract, by: request.session?.name ?? "", at: request.now)
        return redirect(.contract(id, tab: "line"), after: request)
    }

    private func found(_ request: WebRequest) async throws -> Contract {
        guard let id = Int64(request.part("id")) else { throw WebProblem.noPage }
        return try await store.contract(id)
    }

    private func contractPage(
        _ request: WebRequest, tab: String, fields: [String: String]? = nil, faults: [FieldFault] = []
    ) async throws -> Response {
        let visit = try await visit(request)
        let contract = try await found(request)
        let day = CalendarDay(visit.moment.time)
        let body: HTML
        switch tab {
        case "":
            body =
                ContractParts.facts(contract, day, visit)
                + ContractParts.lines(contract, day, try await appNames(visit), visit)
        case "edit":
            body =
                ContractForm.html(
                    fields ?? contract.fields, faults, to: .contract(contract.id), button: "Save", visit)
                + ContractForm.remove(contract, visit)
        case "line":
            let id =
                request.query.filled("line").flatMap { Int64($0) } ?? request.form.filled("line").flatMap { Int64($0) }
            let line = contract.lines.first { $0.id == id }
            body = ContractForm.line(
                contract, line, fields ?? line?.fields(contract.currency) ?? [:], faults,
                apps: try await appNames(visit), visit)
        case "memo":
            let book = try await licenceMemory.book(store, visit.moment)
            body = DecisionMemo.html(contract, book, day, visit)
        default: throw WebProblem.noPage
        }
        let tabs = [("Contract", ""), ("Decision memo", "memo"), ("Edit", "edit"), ("Add a line", "line")]
        let strip = Part.tabs(
            tabs.map { ($0.0, nil, visit.to(.contract(contract.id, tab: $0.1)), $0.1 == tab) })
        return try await page(
            visit, .contracts,
            PageContent(
                title: "\(contract.vendor), \(contract.title)",
                sentence: ContractParts.standing(contract, day), crumb: ("Contracts", visit.to(.contracts)),
                action:
                    "<a class=\"button\" href=\"\(visit.to(.contract(contract.id, tab: "memo")))\">Decision memo</a>",
                body: strip + body))
    }

    private func appNames(_ visit: Visit) async throws -> [String: String] {
        Dictionary(
            try await licenceMemory.book(store, visit.moment).licences.map { ($0.appID, $0.appLabel) },
            uniquingKeysWith: { first, _ in first })
    }

    private func changeContract(_ request: WebRequest) async throws -> Response {
        let before = try await found(request)
        let texts = ContractForm.texts(request.form, ContractFields.ofContract)
        var fields = ContractFields(texts)
        guard var contract = fields.contract() else {
            return try await contractPage(request, tab: "edit", fields: texts, faults: fields.faults)
        }
        contract.id = before.id
        contract.lines = before.lines
        let faults = contract.faults
        guard faults.isEmpty else { return try await contractPage(request, tab: "edit", fields: texts, faults: faults) }
        try await store.change(contract, by: request.session?.name ?? "", at: request.now)
        return redirect(.contract(contract.id), after: request)
    }

    private func changeLine(_ request: WebRequest) async throws -> Response {
        var contract = try await found(request)
        let id = request.form.filled("line").flatMap { Int64($0) }
        let actor = request.session?.name ?? ""
        if request.form["do"] == "remove" {
            contract.lines.removeAll { $0.id == id }
            try await store.change(contract, by: actor, at: request.now)
            return redirect(.contract(contract.id), after: request)
        }
        let texts = ContractForm.texts(request.form, ContractFields.ofLine)
        var fields = ContractFields(texts)
        guard let read = fields.line(of: contract) else {
            return try await contractPage(request, tab: "line", fields: texts, faults: fields.faults)
        }
        let (resolved, unknown) = try await store.resolved([read])
        guard unknown.isEmpty, var line = resolved.first else {
            let named = unknown.map { fault in
                var fault = fault
                fault.field = fault.field.split(separator: ".").last.map(String.init) ?? fault.field
                return fault
            }
            return try await contractPage(request, tab: "line", fields: texts, faults: named)
        }
        if let place = contract.lines.firstIndex(where: { $0.id == id }) {
            line.id = contract.lines[place].id
            contract.lines[place] = line
        } else {
            contract.lines.append(line)
        }
        try await store.change(contract, by: actor, at: request.now)
        return redirect(.contract(contract.id), after: request)
    }

    private func removeContract(_ request: WebRequest) async throws -> Response {
        let contract = try await found(request)
        guard request.form.filled("confirm") == contract.vendor else {
            throw Problem(
                id: "contract.remove.unconfirmed", kind: .usage, title: "The contract was not removed",
                explanation: "Its vendor, \(contract.vendor), has to be typed to confirm.",
                remedy: "Go back, type the vendor's name, and remove it again.")
        }
        try await store.removeContract(contract.id, by: request.session?.name ?? "", at: request.now)
        return redirect(.contracts, after: request)
    }

    private func importContracts(_ request: WebRequest) async throws -> Response {
        var reading = ContractImport()
        var size = 0
        _ = try await request.receiveFile({ _ in }) { part in
            size += part.count
            guard size <= 32 << 20 else { throw UploadProblem.tooLarge(32 << 20) }
            reading.read(part[...])
        }
        let done: ContractImportResult
        do {
            done = try await reading.finish(store, by: request.session?.name ?? "", at: request.now)
        } catch {
            guard error.kind == .badInput else { throw error }
            return try await contractsPage(request, problem: error)
        }
        let words =
            "\(Count.of(done.added, "contract is", "contracts are")) new, \(Count.text(done.changed)) changed, "
            + "\(Count.text(done.unchanged)) as before."
        return try await contractsPage(request, done: Part.note(.good, "Imported. \(words)"))
    }
}
