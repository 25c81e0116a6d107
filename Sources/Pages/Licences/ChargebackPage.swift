import Analysis
import Directory
import Governance
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    /// What each department is charged for this month's licences.
    func chargebackPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let way = request.query.filled("by").flatMap { Chargeback.Way(rawValue: $0) } ?? .licence
        let percentages = try ChargebackParts.percentages(request.query.filled("shares") ?? "")
        let book = try await licenceMemory.book(store, visit.moment)
        var sums: [String?: [Currency: Int64]] = [:]
        var total: [Money] = []
        for licence in book.licences {
            guard let charge = Chargeback(licence, by: way, percentages: percentages), let money = licence.money
            else { continue }
            total.append(Money(minor: money.month, money.currency))
            for share in charge.shares {
                sums[share.department, default: [:]][share.amount.currency, default: 0] += share.amount.minor
            }
        }
        let body = ChargebackParts.html(sums, Amount.total(total), way, request.query.filled("shares") ?? "", visit)
        return try await page(
            visit, .licences,
            PageContent(
                title: "Chargeback",
                sentence: "This month's licence costs by department, to the cent.",
                crumb: ("Licences", visit.to(.licences)), body: LicenceParts.tabs("chargeback", visit) + body))
    }
}

/// The parts of the page that charges departments.
enum ChargebackParts {
    /// Reads `Sales=40, IT=60`.
    static func percentages(_ text: String) throws(Problem) -> [String: Int] {
        var shares: [String: Int] = [:]
        for part in text.split(separator: ",").prefix(200) {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard sides.count == 2, let percent = Int(sides[1].prefix { $0 != " " && $0 != "%" }),
                (0...100).contains(percent)
            else {
                throw Problem(
                    id: "chargeback.shares.malformed", kind: .badInput, title: "“\(part.prefix(40))” is not a share",
                    remedy: "Write department=percent, with commas between: Sales=40, IT=60.")
            }
            shares[String(sides[0].reversed().drop { $0 == " " }.reversed())] = percent
        }
        guard shares.values.reduce(0, +) <= 100 else {
            throw Problem(
                id: "chargeback.shares.tooMuch", kind: .badInput, title: "The shares come to more than 100 %",
                remedy: "Lower some of them; what is left of 100 % is charged to nobody.")
        }
        return shares
    }

    static func html(
        _ sums: [String?: [Currency: Int64]], _ total: [Money], _ way: Chargeback.Way, _ shares: String, _ visit: Visit
    ) -> HTML {
        let here = Link.below(.licences, "chargeback")
        let ways: [(value: String, title: String)] = [
            ("licence", "By seats assigned"), ("user", "By seats used"), ("percent", "By percentages"),
        ]
        let form: HTML = """
            <form method="get" action="\(here)" class="card form">\(visit.hiddenDates)\
            \(Field.choice("Divide", "by", way.rawValue, ways))\
            \(Field.input("Percentages", "shares", shares, hint: "for the last way: Sales=40, IT=60", most: 2000))\
            <button class="primary">Divide</button></form>
            """
        guard !total.isEmpty else {
            return form + Part.empty("Nothing to charge", "No contract is for an app in Okta on this date.")
        }
        let ordered = sums.sorted { left, right in
            (left.key == nil ? 1 : 0, left.key ?? "") < (right.key == nil ? 1 : 0, right.key ?? "")
        }
        let currencies = total.map(\.currency)
        let rows =
            ordered.map { department, amounts -> [HTML] in
                [name(department, way, visit)]
                    + currencies.map { currency in
                        amounts[currency].map { "\(Amount.text(Money(minor: $0, currency)))" } ?? Part.none
                    }
            } + [["<strong>Together</strong>"] + total.map { "<strong>\(Amount.text($0))</strong>" }]
        return form
            + Part.section(
                "By department",
                Part.table(
                    "Chargeback", [("Department", false)] + currencies.map { ($0.code, true) }, rows) + """
                        <details class="behind"><summary>How this is counted</summary><p>Each licence's cost of this month is \
                        divided by itself and rounded to the smallest unit by largest remainders, so that the parts add up to the \
                        whole. By seats assigned: seats that are bought and given to nobody are charged to nobody. By seats used: \
                        the whole cost, by people who use it. By percentages: what is left of 100 % is charged to nobody.</p></details>
                        """, note: "\(visit.moment.time.date.prefix(7))")
    }

    private static func name(_ department: String?, _ way: Chargeback.Way, _ visit: Visit) -> HTML {
        guard let department else {
            let words = way == .licence ? "Not given to anybody" : way == .user ? "Used by nobody" : "Not charged"
            return "<span class=\"muted\">\(words)</span>"
        }
        let title = department.isEmpty ? "No department" : department
        return "<a href=\"\(visit.to(.department(department)))\">\(title)</a>"
    }
}
