import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    /// What other rules would take back of one app, and how often they would have been wrong on past dates.
    func simulatorPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let book = try await licenceMemory.book(store, visit.moment)
        let paid = book.licences.filter { $0.buckets != nil && $0.evidence.isObservable }
        let asked = request.query.filled("app")
        // Where nobody chose an app, the one with the most to take back.
        let app = asked ?? paid.max { ($0.reclaimable ?? 0) < ($1.reclaimable ?? 0) }?.appID
        var body = LicenceParts.tabs("simulate", visit)
        if let app, let licence = book.licences.first(where: { $0.appID == app }) {
            var policy = try SimulatorParts.policy(request.query, licence.policy)
            // A calibrated window may be any number of days: the one that is shown is the one that is tried.
            policy.windowDays = policy.windowDays ?? licence.windowDays
            body += SimulatorParts.form(book.licences, licence, policy, visit)
            if let simulation = try await store.simulateReclaim(of: app, policy, book.reader) {
                let licences = book.licences.filter { $0.appID == app }
                body += SimulatorParts.outcome(simulation, licences, policy, visit)
            }
        } else if asked != nil {
            throw Problem(
                id: "app.unknown", kind: .notFound, title: "There is no such app here",
                explanation: "No app has this Okta id at that date.", remedy: "Choose another app.")
        } else {
            body += Part.empty("Nothing to simulate", "No app's seats are known yet. A sync fills this page.")
        }
        return try await page(
            visit, .licences,
            PageContent(
                title: "Reclaim simulator",
                sentence: "What other rules would take back, and how often their owners would have come back for it.",
                crumb: ("Licences", visit.to(.licences)), body: body))
    }
}

/// The parts of the simulator's page.
enum SimulatorParts {
    static func policy(_ query: FormData, _ usual: SeatPolicy) throws(Problem) -> SeatPolicy {
        var policy = usual
        if let window = try whole(query, "window") { policy.windowDays = window }
        if let grace = try whole(query, "grace") { policy.graceDays = grace }
        if let buffer = try whole(query, "buffer") { policy.bufferPercent = buffer }
        return policy
    }

    private static func whole(_ query: FormData, _ name: String) throws(Problem) -> Int? {
        guard let text = query.filled(name) else { return nil }
        let range = name == "window" ? 1...730 : name == "grace" ? 0...365 : 0...200
        if let number = Int(text), range.contains(number) { return number }
        throw Problem(
            id: "policy.invalid", kind: .badInput, title: "\(name) cannot be “\(text.prefix(20))”",
            explanation: "Nothing was changed.",
            remedy: "Give a whole number from \(range.lowerBound) to \(range.upperBound).")
    }

    static func form(_ all: [Licence], _ licence: Licence, _ policy: SeatPolicy, _ visit: Visit) -> HTML {
        var seen: Set<String> = []
        let apps = all.filter { $0.buckets != nil && seen.insert($0.appID).inserted }
            .sorted { $0.appLabel.lowercased() < $1.appLabel.lowercased() }
            .map { (value: $0.appID, title: $0.appLabel) }
        let window = policy.windowDays ?? licence.windowDays
        return """
            <form method="get" action="\(Link.below(.licences, "simulate"))" class="card form">\(visit.hiddenDates)\
            \(Field.choice("App", "app", licence.appID, apps))<div class="two">\
            \(Field.input("Window, days without a sign-in", "window", String(window), type: "number"))\
            \(Field.input("Grace, days a new seat is left alone", "grace", String(policy.graceDays), type: "number"))</div>\
            \(Field.input("Buffer, % more seats than are used", "buffer", String(policy.bufferPercent), type: "number"))\
            <p><button class="primary">Simulate</button> <span class="muted">Protected people are left alone: \
            <a href="\(visit.to(.below(.licences, "rules")))">see whom</a>.</span></p></form>
            """
    }

    static func outcome(
        _ simulation: ReclaimSimulation, _ licences: [Licence], _ policy: SeatPolicy, _ visit: Visit
    ) -> HTML {
        guard let licence = licences.first else { return HTML() }
        let window = policy.windowDays ?? licence.windowDays
        let point = simulation.points.first { $0.windowDays == window } ?? simulation.points.first
        let assigned = licences.reduce(0) { $0 + ($1.assigned ?? 0) }
        let money = licence.money
        let year = money?.seatYear.flatMap { price in point.map { price * Int64($0.seats) } }
        let used = assigned - (point?.seats ?? 0)
        let size = Licence.rightSize(
            active: used, peak: licence.peakActive ?? 0, policy, minimum: licence.minimum)
        let regret = point?.regrets.last { $0.tried > 0 }
        let figures = Part.figures([
            Part.figure(
                "Seats to take back", Part.number(licence.evidence.isObservable ? point?.seats : nil),
                "of \(Count.text(assigned)) assigned, window \(window) days", nil),
            Part.figure(
                "Worth a year", Amount.html(year, money?.currency),
                money?.seatYear.map {
                    "at \(Amount.text(Money(minor: $0, money?.currency ?? .unknown))) a seat" as HTML
                }
                    ?? "no price is known", nil),
            Part.figure(
                "Regret", regret?.share.map { "\($0.percent) %" } ?? Part.notEvaluated,
                regret.map {
                    "\(Count.text($0.cameBack)) of \(Count.text($0.tried)) came back within \($0.horizonDays) days"
                        as HTML
                }
                    ?? "the log is too short to try it", nil),
            Part.figure(
                "Right size then", "\(Count.text(size))", "with \(policy.bufferPercent) % buffer on what stays", nil),
        ])
        return figures
            + Part.section(
                "Seats and regret by window", ReclaimCurve.draw(simulation, window, assigned),
                note: "\(licence.appLabel), \(licence.evidence.reason)") + table(simulation, visit)
    }

    private static func table(_ simulation: ReclaimSimulation, _ visit: Visit) -> HTML {
        let rows = simulation.points.map { point -> [HTML] in
            ["\(point.windowDays) days", Part.number(point.isCovered ? point.seats : nil)]
                + point.regrets.map { regret in
                    regret.share.map { "\($0.percent) % <small class=\"muted\">\($0.part) of \($0.whole)</small>" }
                        ?? Part.notEvaluated
                }
        }
        let dates = ReclaimSimulation.horizons.map { horizon -> HTML in
            let dates = simulation.dates[horizon] ?? []
            let words = dates.isEmpty ? "no past date: the log is too short" : dates.map(\.date).joined(separator: ", ")
            return "<li>\(horizon) days: \(words)</li>"
        }
        return Part.section(
            "By window",
            Part.table(
                "Seats and regret by window",
                [("Window", false), ("Seats today", true)]
                    + ReclaimSimulation.horizons.map { ("Came back within \($0) days", true) }, rows) + """
                    <details class="behind"><summary>How this is counted</summary><p>Seats today: leavers, suspended, never used \
                    and inactive under these rules. Came back: the rules are applied on past dates to everybody who had the \
                    app then (never used, or silent for as long as the window); of those seats, the share whose owner signed in \
                    within the next 30, 60 or 90 days. A seat counts once for each date it would have been taken back on. Dates \
                    tried, by horizon:</p><ul>\(dates)</ul></details>
                    """)
    }
}

/// Seats taken back against the share that would have been missed, window by window.
enum ReclaimCurve {
    static func draw(_ simulation: ReclaimSimulation, _ chosen: Int, _ assigned: Int) -> HTML {
        // Of a window that the log does not reach back over, nothing can be drawn.
        let points = simulation.points.filter(\.isCovered)
        let most = max(1, points.map(\.seats).max() ?? 1)
        guard points.count > 1 else { return Part.empty("No curve", "There is no window to compare.") }
        func x(_ position: Int) -> Int { 40 + position * 520 / (points.count - 1) }
        let seats = points.enumerated().map { (x($0), 130 - $1.seats * 110 / most) }
        let regret = points.enumerated().compactMap { position, point -> (Int, Int)? in
            point.regrets.last { $0.tried > 0 }?.share.map { (x(position), 130 - $0.percent * 110 / 100) }
        }
        let marks = points.enumerated().map { position, point -> HTML in
            let isChosen = point.windowDays == chosen
            return """
                <text class="\(isChosen ? "value" : "axis")" x="\(x(position))" y="148">\(point.windowDays)</text>\
                <circle class="fill" cx="\(x(position))" cy="\(seats[position].1)" r="\(isChosen ? 5 : 3)">\
                <title>\(point.windowDays) days: \(Count.text(point.seats)) seats</title></circle>
                """
        }
        let last = seats.last ?? (560, 130)
        let regretLine: HTML? = regret.isEmpty ? nil : line(regret, "edge")
        let regretName: HTML? = regret.last.map {
            "<text class=\"value left\" x=\"\($0.0 + 8)\" y=\"\($0.1 + 4)\">regret</text>"
        }
        return """
            <figure class="chart"><svg viewBox="0 0 620 156" preserveAspectRatio="xMinYMid" role="img" \
            aria-labelledby="curve-title curve-desc"><title id="curve-title">Seats and regret by window</title>\
            <desc id="curve-desc">With a window of \(points[0].windowDays) days \(Count.text(points[0].seats)) of \
            \(Count.text(assigned)) seats would be taken back, with \(points[points.count - 1].windowDays) days \
            \(Count.text(points[points.count - 1].seats)). The dashed line is the share whose owner came back.</desc>\
            <line class="base" x1="30" y1="130.5" x2="570" y2="130.5"/>\(line(seats, "edge used"))\(regretLine)\(marks)\
            <text class="value left" x="\(last.0 + 8)" y="\(last.1 + 4)">seats</text>\(regretName)\
            <text class="axis" x="20" y="24">\(Count.text(most))</text></svg></figure>
            """
    }

    private static func line(_ points: [(Int, Int)], _ look: String) -> HTML {
        let path = points.map { "\($0.0),\($0.1)" }.joined(separator: " ")
        return "<polyline class=\"\(look)\" points=\"\(path)\"/>"
    }
}
