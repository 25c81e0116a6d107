import Accounts
import Analysis
import DatabaseEngine
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    /// The seats that somebody asked to be taken back, and which of them a sync saw gone.
    func reclaimedPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let actions = try await store.reclaimActions()
        func count(_ state: ReclaimAction.State) -> Int { actions.count { $0.state == state } }
        let figures = Part.figures([
            Part.figure("Asked for", "\(Count.text(actions.count))", "instructions in all", nil),
            Part.figure("Waiting", "\(Count.text(count(.waits)))", "seats still assigned", nil),
            Part.figure(
                "Realised", "\(Count.text(count(.realised)))", "seats a sync saw gone, of \(Count.text(actions.count))",
                nil),
            Part.figure(
                "Realised a year", "\(actions.realised.isEmpty ? "–" : Amount.sums(actions.realised))",
                "at the price when they were asked for", nil),
        ])
        let rows = actions.prefix(500).map { action -> [HTML] in
            [
                "<a class=\"row-link\" href=\"\(visit.to(.user(action.userID)))\">\(action.login.isEmpty ? action.userID : action.login)</a>",
                "<a href=\"\(visit.to(.app(action.appID, tab: "licences")))\">\(action.appLabel.isEmpty ? action.appID : action.appLabel)</a> \(action.product)",
                "\(action.bucket.replacing("_", with: " "))", Self.state(action, visit),
                action.seatYear.map { "\(Amount.text($0))" } ?? Part.none,
                "\(When.ago(action.askedAt, now: visit.now)) by \(action.askedBy)", Self.withdraw(action, visit),
            ]
        }
        let table: HTML =
            rows.isEmpty
            ? Part.empty(
                "Nobody asked for a seat yet",
                "Open an app's licences, choose a bucket such as inactive, and ask for its seats to be taken back.")
            : Part.table(
                "Seats to be taken back",
                [
                    ("Person", false), ("App", false), ("Was", false), ("State", false), ("A year", true),
                    ("Asked", false), ("", false),
                ], rows)
        return try await page(
            visit, .licences,
            PageContent(
                title: "Reclaimed seats",
                sentence:
                    "Instructions to take seats back. Each is realised only when a later sync saw the seat gone, never by a click.",
                crumb: ("Licences", visit.to(.licences)),
                body: LicenceParts.tabs("reclaimed", visit) + figures + table))
    }

    private static func state(_ action: ReclaimAction, _ visit: Visit) -> HTML {
        switch action.state {
        case .waits: "<span class=\"badge attention\">waits</span>"
        case .realised:
            """
            <span class="badge good">realised</span> <small class="muted">gone \
            \(When.ago(action.goneAt, now: visit.now, none: Part.none))\(action.goneRun.map { ", seen by run \($0)" })</small>
            """
        case .withdrawn: "<span class=\"badge neutral\">withdrawn</span>"
        case .unknown: Part.notEvaluated
        }
    }

    private static func withdraw(_ action: ReclaimAction, _ visit: Visit) -> HTML {
        guard action.state == .waits else { return HTML() }
        return """
            <form method="post" action="\(Link.below(.licences, "reclaimed"))">\(visit.csrf())<input type="hidden" \
            name="withdraw" value="\(action.id)"><button class="quiet">Withdraw</button></form>
            """
    }

    func askReclaim(_ request: WebRequest) async throws -> Response {
        let actor = request.session?.name ?? ""
        if let id = request.form.filled("withdraw").flatMap({ Int64($0) }) {
            try await store.withdrawReclaim(id, by: actor, at: request.now)
            return redirect(.below(.licences, "reclaimed"), after: request)
        }
        let visit = try await visit(request)
        guard visit.moment.asOf == .now, let app = request.form.filled("app") else { throw WebProblem.noPage }
        var choice = SeatChoice([])
        choice.bucket = request.form.filled("bucket").flatMap { SeatBucket(name: $0) }
        choice.kind = request.form.filled("kind")
        choice.product = request.form["product"]
        let wanted = choice
        let book = try await licenceMemory.book(store, visit.moment)
        guard
            let found = try await store.seats(
                of: app, book.reader, where: { $0.bucket.isReclaimable && wanted.holds($0.bucket) })
        else { throw WebProblem.noPage }
        let rows = try await store.seatRows(found.licences, found.seats, visit.moment)
        for licence in found.licences where wanted.product == nil || licence.product == wanted.product {
            let price = licence.money.flatMap { money in
                money.seatYear.map { Money(minor: $0, money.currency) }
            }
            let seats = zip(found.seats, rows).compactMap { seat, row -> (userID: String, bucket: SeatBucket)? in
                guard seat.licence == licence.number, case .text(let id) = row[4] else { return nil }
                return (id, seat.bucket)
            }
            _ = try await store.instructReclaim(
                seats, app: app, product: licence.product, seatYear: price, by: actor, at: request.now)
        }
        return redirect(.below(.licences, "reclaimed"), after: request)
    }
}
