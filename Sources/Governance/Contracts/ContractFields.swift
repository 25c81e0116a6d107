import Analysis
public import Directory

/// Reads contracts and their lines out of named texts, as forms and files have them. What cannot be read is a fault; the
/// reading goes on, so that all faults are told at once.
public struct ContractFields: Sendable {
    /// The fields of a contract, in order.
    public static let ofContract = [
        "vendor", "title", "number", "starts_on", "ends_on", "notice_days", "renews", "status", "currency", "billing",
        "owner", "note",
    ]
    /// The fields of a line, in order.
    public static let ofLine = [
        "product", "kind", "app", "selector", "selector_name", "selector_value", "seats", "unit_price", "price_period",
        "amount", "line_starts_on", "line_ends_on", "minimum_seats", "reducible", "trueup_measure", "trueup_every",
        "trueup_grace", "trueup_price",
    ]

    private let texts: [String: String]
    /// What could not be read so far.
    public private(set) var faults: [FieldFault] = []

    /// Fields by name; blank ones count as missing.
    public init(_ texts: [String: String]) { self.texts = texts.mapValues(Self.trimmed) }

    private static func trimmed(_ text: String) -> String {
        var rest = text.drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }

    /// The contract without its lines; nil where something is at fault.
    public mutating func contract() -> Contract? {
        let vendor = text("vendor") ?? ""
        let starts = day("starts_on", needed: true)
        let ends = day("ends_on")
        let currency = currency()
        var contract = Contract(
            vendor: vendor, title: text("title") ?? vendor, number: text("number"),
            startsOn: starts ?? CalendarDay(rawValue: 0), endsOn: ends,
            noticeDays: number("notice_days").map(Int.init), renews: flag("renews") ?? true,
            status: word("status", ContractStatus.allCases) ?? .active, currency: currency ?? .unknown,
            billing: word("billing", Contract.Billing.allCases) ?? .yearly, owner: text("owner"), note: text("note"))
        if starts == nil { contract.endsOn = nil }
        faults += contract.faults
        return faults.isEmpty ? contract : nil
    }

    /// A line of a contract; nil where something is at fault. App and group stand as they were written.
    public mutating func line(of contract: Contract) -> ContractLine? {
        let kind = word("kind", LicenceLine.Kind.allCases) ?? (texts["amount", default: ""].isEmpty ? .seats : .fee)
        let isSeats = kind == .seats
        var line = ContractLine(
            product: text("product") ?? "", kind: kind, appID: text("app"), selector: selector(),
            seats: isSeats ? number("seats").map(Int.init) : nil,
            unitPrice: isSeats ? amount("unit_price", contract.currency) : nil,
            amount: isSeats ? nil : amount("amount", contract.currency),
            period: word("price_period", PricePeriod.allCases) ?? .year, startsOn: day("line_starts_on"),
            endsOn: day("line_ends_on"), minimumSeats: isSeats ? number("minimum_seats").map(Int.init) : nil,
            isReducible: flag("reducible") ?? false)
        if let measure = word("trueup_measure", TrueUpClause.Measure.allCases) {
            line.trueUp = TrueUpClause(
                measure: measure, every: word("trueup_every", TrueUpClause.Frequency.allCases) ?? .term,
                gracePercent: number("trueup_grace").map(Int.init) ?? 0,
                price: amount("trueup_price", contract.currency))
        }
        // What was not read at all is told once, not again as missing.
        let known = Set(faults.map(\.field))
        faults += line.faults(in: contract).filter { !known.contains($0.field) }
        return faults.isEmpty ? line : nil
    }

    // MARK: one field

    private func text(_ name: String) -> String? { texts[name].flatMap { $0.isEmpty ? nil : $0 } }

    private mutating func day(_ name: String, needed: Bool = false) -> CalendarDay? {
        guard let text = text(name) else {
            if needed { faults.append(FieldFault(name, found: "", says: "is missing", example: "2026-01-31")) }
            return nil
        }
        if let day = CalendarDay(text), (1970...2200).contains(day.numbers.year) { return day }
        faults.append(FieldFault(name, found: text, says: "is not a date", example: "2026-01-31"))
        return nil
    }

    private mutating func number(_ name: String) -> Int64? {
        guard let text = text(name) else { return nil }
        let digits = text.replacing(",", with: "")
        if let number = Int64(digits), (-1...100_000_000).contains(number) { return number }
        faults.append(FieldFault(name, found: text, says: "is not a whole number", example: "30"))
        return nil
    }

    private mutating func amount(_ name: String, _ currency: Currency) -> Int64? {
        guard let text = text(name) else { return nil }
        if let money = Money(parsing: text, currency) { return money.minor }
        faults.append(
            FieldFault(
                name, found: text, says: "is not an amount of \(currency.code)",
                example: Money(minor: 123_450, currency).plain))
        return nil
    }

    private mutating func currency() -> Currency? {
        let text = text("currency") ?? ""
        if let currency = Currency(text) { return currency }
        faults.append(
            FieldFault("currency", found: text, says: text.isEmpty ? "is missing" : "is not a currency", example: "EUR")
        )
        return nil
    }

    private mutating func flag(_ name: String) -> Bool? {
        guard let text = text(name) else { return nil }
        switch text.lowercased() {
        case "yes", "true", "1", "y": return true
        case "no", "false", "0", "n": return false
        default:
            faults.append(FieldFault(name, found: text, says: "is neither yes nor no", example: "yes"))
            return nil
        }
    }

    private mutating func word<Word: RawRepresentable<String>>(_ name: String, _ all: [Word]) -> Word? {
        guard let text = text(name) else { return nil }
        if let word = Word(rawValue: text.lowercased()) { return word }
        let words = all.map(\.rawValue)
        faults.append(
            FieldFault(
                name, found: text, says: "is none of \(words.joined(separator: ", "))", example: words.first ?? ""))
        return nil
    }

    private mutating func selector() -> SeatSelector {
        switch text("selector")?.lowercased() {
        case nil, "all": return .all
        case "rest": return .rest
        case "group": return .group(text("selector_value") ?? "")
        case "attribute": return .attribute(text("selector_name") ?? "", text("selector_value") ?? "")
        case .some(let other):
            faults.append(
                FieldFault("selector", found: other, says: "is none of all, rest, group, attribute", example: "group"))
            return .all
        }
    }
}

extension Contract {
    /// The texts of its fields: what `ContractFields` reads back.
    public var fields: [String: String] {
        [
            "vendor": vendor, "title": title, "number": number ?? "", "starts_on": startsOn.text,
            "ends_on": endsOn?.text ?? "", "notice_days": noticeDays.map(String.init) ?? "",
            "renews": renews ? "yes" : "no", "status": status.rawValue, "currency": currency.code,
            "billing": billing.rawValue, "owner": owner ?? "", "note": note ?? "",
        ]
    }
}

extension ContractLine {
    /// The texts of its fields: what `ContractFields` reads back.
    public func fields(_ currency: Currency) -> [String: String] {
        func plain(_ minor: Int64?) -> String { minor.map { Money(minor: $0, currency).plain } ?? "" }
        var fields = [
            "product": product, "kind": kind.rawValue, "app": appID ?? "", "seats": seats.map(String.init) ?? "",
            "unit_price": plain(unitPrice), "price_period": period.rawValue, "amount": plain(amount),
            "line_starts_on": startsOn?.text ?? "", "line_ends_on": endsOn?.text ?? "",
            "minimum_seats": minimumSeats.map(String.init) ?? "", "reducible": isReducible ? "yes" : "no",
        ]
        switch selector {
        case .all: fields["selector"] = "all"
        case .rest: fields["selector"] = "rest"
        case .group(let id): (fields["selector"], fields["selector_value"]) = ("group", id)
        case .attribute(let name, let value):
            (fields["selector"], fields["selector_name"], fields["selector_value"]) = ("attribute", name, value)
        }
        if let trueUp {
            fields["trueup_measure"] = trueUp.measure.rawValue
            fields["trueup_every"] = trueUp.every.rawValue
            fields["trueup_grace"] = String(trueUp.gracePercent)
            fields["trueup_price"] = plain(trueUp.price)
        }
        return fields
    }
}
