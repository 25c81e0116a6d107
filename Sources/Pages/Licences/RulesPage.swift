import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    /// The rules that seats are judged by, whom to leave alone, and rates of currencies.
    func rulesPage(_ request: WebRequest, problem: Problem? = nil) async throws -> Response {
        let visit = try await visit(request)
        let records = try await store.seatPolicies()
        let people = try await store.protectedPeople()
        let rates = try await store.rates()
        let apps = Dictionary(
            try await licenceMemory.book(store, visit.moment).licences.map { ($0.appID, $0.appLabel) },
            uniquingKeysWith: { first, _ in first })
        let app = request.query.filled("app") ?? request.form.filled("app") ?? ""
        let banner: HTML? = problem.map {
            "<div class=\"banner danger\" role=\"alert\"><strong>\($0.title).</strong> \($0.explanation) \($0.remedy)</div>"
        }
        let body: HTML = """
            \(LicenceParts.tabs("rules", visit))\(banner)\(RuleParts.policies(records, apps, app, visit))\
            \(RuleParts.people(people, apps, visit))\(RuleParts.rates(rates, visit))
            """
        return try await page(
            visit, .licences,
            PageContent(
                title: "Rules for seats",
                sentence:
                    "By which windows seats are judged, whose seats are left alone, and what currencies are worth.",
                crumb: ("Licences", visit.to(.licences)), body: body))
    }

    func setRules(_ request: WebRequest) async throws -> Response {
        let form = request.form
        let (app, product) = (form.filled("app") ?? "", form.filled("product") ?? "")
        let actor = request.session?.name ?? ""
        if form["do"] == "remove" {
            try await store.removeSeatPolicy(app: app, product: product, by: actor, at: request.now)
        } else {
            do {
                let policy = try RuleParts.policy(form)
                try await store.setSeatPolicy(
                    policy, category: form.filled("category").map { String($0.prefix(100)) }, app: app,
                    product: product,
                    by: actor, at: request.now)
            } catch {
                guard error.kind == .badInput else { throw error }
                return try await rulesPage(request, problem: error)
            }
        }
        return redirect(.below(.licences, "rules"), after: request)
    }

    func protectPerson(_ request: WebRequest) async throws -> Response {
        let form = request.form
        let actor = request.session?.name ?? ""
        let app = form.filled("app") ?? ""
        if form["do"] == "remove" {
            try await store.unprotect(form["user"] ?? "", app: app, by: actor, at: request.now)
            return redirect(.below(.licences, "rules"), after: request)
        }
        do throws(Problem) {
            let visit = try await visit(request)
            guard let until = form.filled("until").flatMap({ CalendarDay($0) }) else {
                throw Problem(
                    id: "protection.invalid", kind: .badInput, title: "To protect somebody needs a day to end on",
                    explanation: "Nothing was changed.",
                    remedy: "For example \(CalendarDay(request.now).adding(months: 6).text).")
            }
            let person = try await store.user(form.filled("person") ?? "", visit.moment)
            try await store.protect(
                person.user.id, app: app, reason: form.filled("reason") ?? "", until: until, by: actor, at: request.now)
        } catch {
            guard [.badInput, .notFound].contains(error.kind) else { throw error }
            return try await rulesPage(request, problem: error)
        }
        return redirect(.below(.licences, "rules"), after: request)
    }

    func takeRates(_ request: WebRequest) async throws -> Response {
        var bytes: [UInt8] = []
        _ = try await request.receiveFile({ _ in }) { part in
            guard bytes.count + part.count <= 8 << 20 else { throw UploadProblem.tooLarge(8 << 20) }
            bytes += part
        }
        do {
            _ = try await store.importRates(bytes, by: request.session?.name ?? "", at: request.now)
        } catch {
            guard error.kind == .badInput else { throw error }
            return try await rulesPage(request, problem: error)
        }
        return redirect(.below(.licences, "rules"), after: request)
    }
}

/// The parts of the page of rules.
enum RuleParts {
    /// The rules that a form sets.
    static func policy(_ form: FormData) throws(Problem) -> SeatPolicy {
        func number(_ name: String, _ usual: Int) throws(Problem) -> Int {
            guard let text = form.filled(name) else { return usual }
            guard let number = Int(text) else {
                throw Problem(
                    id: "policy.invalid", kind: .badInput, title: "\(name) cannot be “\(text.prefix(20))”",
                    explanation: "Nothing was changed.", remedy: "Give a whole number.")
            }
            return number
        }
        let usual = SeatPolicy()
        return SeatPolicy(
            windowDays: form.filled("window_days") == nil ? nil : try number("window_days", SeatPolicy.usualWindow),
            graceDays: try number("grace_days", usual.graceDays),
            underusedPercent: try number("underused_percent", usual.underusedPercent),
            bufferPercent: try number("buffer_percent", usual.bufferPercent),
            peakPercent: try number("peak_percent", usual.peakPercent),
            knownHires: try number("known_hires", usual.knownHires), roundTo: try number("round_to", usual.roundTo))
    }

    static func policies(
        _ records: [SeatPolicyRecord], _ apps: [String: String], _ app: String, _ visit: Visit
    ) -> HTML {
        let rows = records.map { record -> [HTML] in
            [
                record.appID.isEmpty
                    ? "The whole company"
                    : "<a href=\"\(visit.to(.app(record.appID, tab: "licences")))\">\(apps[record.appID] ?? record.appID)</a> \(record.product)",
                "\(record.policy.words)\(record.category.map { ", category \($0)" })",
                "\(record.changedBy), \(When.ago(record.changedAt, now: visit.now))",
                """
                <form method="post" action="\(Link.below(.licences, "rules"))">\(visit.csrf())<input type="hidden" name="do" \
                value="remove"><input type="hidden" name="app" value="\(record.appID)"><input type="hidden" name="product" \
                value="\(record.product)"><button class="quiet">Remove</button></form>
                """,
            ]
        }
        let known =
            records.first { $0.appID == app && $0.product.isEmpty }?.policy
            ?? records.first { $0.appID.isEmpty }?.policy ?? SeatPolicy()
        func number(_ title: String, _ name: String, _ value: Int?, _ hint: HTML = HTML()) -> HTML {
            Field.input(title, name, value.map(String.init), type: "number", hint: hint)
        }
        let options =
            [(value: "", title: "The whole company")]
            + apps.sorted { $0.value.lowercased() < $1.value.lowercased() }.map { (value: $0.key, title: $0.value) }
        let table =
            rows.isEmpty
            ? "<p>The usual rules hold for all apps: \(SeatPolicy().words).</p>"
            : Part.table("Rules", [("For", false), ("Rules", false), ("Set by", false), ("", false)], rows)
        return Part.section(
            "Rules",
            table + """
                <details\(app.isEmpty ? "" : " open" as HTML)><summary>Set rules</summary>\
                <form method="post" action="\(Link.below(.licences, "rules"))" class="form">\(visit.csrf())\
                <div class="two">\(Field.choice("For", "app", app, options))\
                \(Field.input("Product", "product", "", hint: "empty: all of the app's"))\
                \(number("Window, days", "window_days", known.windowDays, "empty: as calibrated, else 60"))\
                \(number("Grace, days", "grace_days", known.graceDays))\
                \(number("Underused below, %", "underused_percent", known.underusedPercent))\
                \(number("Buffer, %", "buffer_percent", known.bufferPercent))\
                \(number("Of the busiest month, %", "peak_percent", known.peakPercent))\
                \(number("Known hires", "known_hires", known.knownHires))\
                \(number("Round up to", "round_to", known.roundTo))\
                \(Field.input("Category", "category", "", hint: "two apps of one category overlap", most: 100))</div>\
                <button class="primary">Set rules</button></form></details>
                """)
    }

    static func people(_ people: [ProtectedPerson], _ apps: [String: String], _ visit: Visit) -> HTML {
        let today = CalendarDay(visit.now)
        let rows = people.map { person -> [HTML] in
            let isOver = person.expiresOn <= today
            return [
                "<a class=\"row-link\" href=\"\(visit.to(.user(person.userID)))\">\(person.login ?? person.userID)</a>",
                person.appID.isEmpty ? "all apps" : "\(apps[person.appID] ?? person.appID)", "\(person.reason)",
                "\(person.expiresOn.text)\(isOver ? " <span class=\"badge neutral\">over</span>" : "" as HTML)",
                "\(person.decidedBy), \(When.ago(person.decidedAt, now: visit.now))",
                """
                <form method="post" action="\(Link.below(.licences, "protected"))">\(visit.csrf())<input type="hidden" \
                name="do" value="remove"><input type="hidden" name="user" value="\(person.userID)"><input type="hidden" \
                name="app" value="\(person.appID)"><button class="quiet">Remove</button></form>
                """,
            ]
        }
        let options =
            [(value: "", title: "All apps")]
            + apps.sorted { $0.value.lowercased() < $1.value.lowercased() }.map { (value: $0.key, title: $0.value) }
        let table: HTML =
            rows.isEmpty
            ? "<p>Nobody is protected. Protect people whose seats look unused for a good reason, until a day.</p>"
            : Part.table(
                "Protected people",
                [("Person", false), ("App", false), ("Why", false), ("Until", false), ("By", false), ("", false)], rows)
        return Part.section(
            "Protected people",
            table + """
                <details><summary>Protect somebody</summary>\
                <form method="post" action="\(Link.below(.licences, "protected"))" class="form">\(visit.csrf())\
                <div class="two">\(Field.input("Login or Okta id", "person", "", required: true))\
                \(Field.choice("App", "app", "", options))\
                \(Field.input("Why", "reason", "", hint: "parental leave, break-glass, seasonal work", required: true, most: 500))\
                \(Field.input("Until", "until", "", type: "date", required: true))</div>\
                <button class="primary">Protect</button></form></details>
                """)
    }

    static func rates(_ table: RateTable, _ visit: Visit) -> HTML {
        var latest: [String: Rate] = [:]
        for rate in table.rates { latest["\(rate.from.code) \(rate.to.code)"] = rate }
        let rows = latest.keys.sorted().compactMap { key -> [HTML]? in
            latest[key].map { ["1 \($0.from.code)", "\($0.text) \($0.to.code)", "\($0.day.text)"] }
        }
        let shown: HTML =
            rows.isEmpty
            ? "<p>No rate is known, so that amounts of several currencies stand beside each other. Muster never guesses one.</p>"
            : Part.table("Latest rates", [("For", false), ("Rate", true), ("Of", false)], rows)
        return Part.section(
            "Rates of currencies",
            shown + """
                <form method="post" action="\(Link.below(.licences, "rates"))" enctype="multipart/form-data" class="form">\
                \(visit.csrf())<label>A CSV file<input type="file" name="file" accept=".csv,text/csv" required><small>with the \
                columns date, from, to, rate: 2026-01-31,USD,EUR,0.9231</small></label>\
                <button>Import rates</button></form>
                """, note: table.rates.isEmpty ? HTML() : "\(Count.of(table.rates.count, "rate", "rates")) known")
    }
}
