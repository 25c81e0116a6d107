import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var spendDecisionRoutes: [Route] {
        [
            Route(RouteRule(.get, "/spend/lines/:id", .signedIn, "Payment")) { request in try await linePage(request) },
            Route(RouteRule(.post, "/spend/lines", .signedIn, "Decide whose payments are")) { request in
                try await decideLines(request)
            },
            Route(RouteRule(.post, "/spend/lines/:id/:act", .signedIn, "Decide of one payment")) { request in
                try await decideLine(request)
            },
            Route(RouteRule(.post, "/spend/teach", .signedIn, "Teach whose a name is")) { request in
                try await teach(request)
            },
            Route(RouteRule(.post, "/spend/forget", .signedIn, "Forget whose a name is")) { request in
                let changed = try await store.forgetSpend(
                    request.form["payee"] ?? "", actor: request.session?.name ?? "", now: request.now)
                _ = changed
                return goBack(request, .below(.spend, "vendors"))
            },
        ]
    }

    /// Back to the page that the form was on.
    private func goBack(_ request: WebRequest, _ link: Link) -> Response {
        guard let path = request.referrerPath, path.hasPrefix("/spend") else { return redirect(link, after: request) }
        return Response(status: .seeOther, headers: [.location: path])
    }

    /// Teaches one name by a button, or several chosen ones by the bar below.
    private func teach(_ request: WebRequest) async throws -> Response {
        var vendor = request.form.filled("vendor") ?? ""
        var app: String?
        if let target = request.form["target"] {
            let parts = target.split(separator: " ", maxSplits: 1).map(String.init)
            vendor = parts.count == 2 ? parts[1] : ""
            app = parts.first.flatMap { $0 == "-" ? nil : $0 }
        }
        let payees = request.form.all("payee").prefix(200)
        guard !payees.isEmpty else { throw Self.nothingChosen }
        for payee in Set(payees).sorted() {
            try await store.teachSpend(
                payee, vendor, appID: app, actor: request.session?.name ?? "", now: request.now)
        }
        return goBack(request, .below(.spend, "unmatched"))
    }

    private func decideLines(_ request: WebRequest) async throws -> Response {
        let lines = request.form.all("line").compactMap { Int64($0) }
        guard !lines.isEmpty else { throw Self.nothingChosen }
        try await store.decideSpend(
            lines, try decision(request), actor: request.session?.name ?? "", now: request.now)
        return goBack(request, .below(.spend, "transactions"))
    }

    private func decision(_ request: WebRequest) throws(Problem) -> SpendDecision {
        if request.form["what"] == "ignore" { return .ignored }
        return .vendor(name: request.form.filled("vendor") ?? "", appID: request.form.filled("app"))
    }

    private func decideLine(_ request: WebRequest) async throws -> Response {
        guard let id = Int64(request.part("id")) else { throw SpendProblem.noLine }
        let actor = request.session?.name ?? ""
        switch request.part("act") {
        case "decide": try await store.decideSpend([id], try decision(request), actor: actor, now: request.now)
        case "take-back": try await store.takeBackSpend(id, actor: actor, now: request.now)
        case "dismiss": try await store.dismissSpendDuplicate(id, actor: actor, now: request.now)
        default: throw WebProblem.noPage
        }
        return redirect(SpendParts.line(id), after: request)
    }

    private static let nothingChosen = Problem(
        id: "spend.choice.empty", kind: .usage, title: "No row was chosen", explanation: "Nothing was changed.",
        remedy: "Go back and tick the rows first.")

    private func linePage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        guard let id = Int64(request.part("id")) else { throw SpendProblem.noLine }
        let sheet = try await store.spendLine(id)
        let names = try await store.vendorNames()
        let apps = try await store.page(.apps(Moment(now: request.now)), ListRequest(sort: "label", limit: 500)).rows
        return try await page(
            visit, .spend,
            PageContent(
                title: sheet.payee.isEmpty ? "Payment \(id)" : sheet.payee,
                sentence: "\(SpendParts.money(sheet.amount)) on \(sheet.date)",
                crumb: ("Payments", visit.to(.below(.spend, "transactions"))),
                body: LineParts.html(sheet, names, apps, visit)))
    }
}
