import Analysis
import Directory
import Problems

extension Contract {
    /// More than any contract costs, so that no sum ever overflows: a hundred million of most currencies.
    static let mostMinor: Int64 = 10_000_000_000
    static let mostSeats = 1_000_000
    /// More than all seats of a line cost for one period.
    static let mostOfLine: Int128 = 10_000_000_000_000
    static let mostYears = 30
    static let mostLines = 200

    /// Refuses a contract that cannot be.
    ///
    /// - Throws: `contract.invalid`.
    func check() throws(Problem) {
        let faults = faults
        if !faults.isEmpty { throw ContractProblem.invalid(faults) }
    }

    /// What is wrong with it, field by field.
    public var faults: [FieldFault] {
        var faults: [FieldFault] = []
        faults += FieldFault.text("vendor", vendor, most: 200, needed: "Salesforce, Inc.")
        faults += FieldFault.text("title", title, most: 200, needed: "Master agreement 2026")
        faults += FieldFault.text("number", number ?? "", most: 100)
        faults += FieldFault.text("owner", owner ?? "", most: 200)
        faults += FieldFault.text("note", note ?? "", most: 2000)
        faults += FieldFault.term("ends_on", startsOn, endsOn)
        if let noticeDays, !(0...730).contains(noticeDays) {
            faults.append(
                FieldFault("notice_days", found: "\(noticeDays)", says: "is not from 0 to 730", example: "60"))
        }
        if lines.count > Self.mostLines {
            faults.append(
                FieldFault(
                    "lines", found: "\(lines.count)", says: "are more than \(Self.mostLines) lines", example: "12"))
        }
        for (number, line) in lines.enumerated() {
            faults += line.faults(in: self).map { fault in
                var fault = fault
                fault.field = "lines.\(number + 1).\(fault.field)"
                return fault
            }
        }
        return faults
    }
}

extension ContractLine {
    /// What is wrong with a line of a contract.
    func faults(in contract: Contract) -> [FieldFault] {
        var faults = FieldFault.text("product", product, most: 200, needed: "Enterprise")
        let (starts, ends) = (startsOn ?? contract.startsOn, endsOn ?? contract.endsOn)
        if startsOn != nil || endsOn != nil { faults += FieldFault.term("line_ends_on", starts, ends) }
        if period == .term, ends == nil {
            faults.append(
                FieldFault(
                    "price_period", found: "term", says: "needs the day the contract ends", example: "year"))
        }
        switch kind {
        case .seats: faults += seatFaults
        case .fee, .once:
            if amount == nil {
                faults.append(FieldFault("amount", found: "", says: "is missing", example: "5000.00"))
            } else if let amount, abs(amount) > Contract.mostMinor {
                faults.append(FieldFault("amount", found: "\(amount)", says: "is too large", example: "5000.00"))
            }
        }
        if case .attribute(let name, let value) = selector {
            if !SeatSelector.attributes.contains(name) {
                faults.append(
                    FieldFault(
                        "selector_name", found: name,
                        says: "is none of \(SeatSelector.attributes.joined(separator: ", "))", example: "department"))
            }
            faults += FieldFault.text("selector_value", value, most: 200, needed: "Sales")
        }
        if case .group(let id) = selector {
            faults += FieldFault.text("selector_value", id, most: 200, needed: "the id or name of an Okta group")
        }
        return faults
    }

    private var seatFaults: [FieldFault] {
        var faults: [FieldFault] = []
        if let seats, !(0...Contract.mostSeats).contains(seats) {
            faults.append(FieldFault("seats", found: "\(seats)", says: "is not from 0 to 1,000,000", example: "250"))
        }
        if seats == nil { faults.append(FieldFault("seats", found: "", says: "is missing", example: "250")) }
        if unitPrice == nil {
            faults.append(FieldFault("unit_price", found: "", says: "is missing", example: "120.00"))
        }
        for (field, price) in [("unit_price", unitPrice), ("trueup_price", trueUp?.price)] {
            if let price, !(0...Contract.mostMinor).contains(price) {
                faults.append(
                    FieldFault(field, found: "\(price)", says: "is less than nothing or too large", example: "120.00"))
            }
        }
        if let seats, let price = [unitPrice, trueUp?.price].compactMap(\.self).max(),
            Int128(seats) * Int128(price) > Contract.mostOfLine
        {
            faults.append(
                FieldFault(
                    "unit_price", found: "\(price) × \(seats) seats", says: "come to more than any line costs",
                    example: "120.00"))
        }
        if let minimumSeats, !(0...(seats ?? Contract.mostSeats)).contains(minimumSeats) {
            faults.append(
                FieldFault(
                    "minimum_seats", found: "\(minimumSeats)", says: "is not from 0 to the seats of the line",
                    example: "\(seats ?? 100)"))
        }
        if let grace = trueUp?.gracePercent, !(0...100).contains(grace) {
            faults.append(FieldFault("trueup_grace", found: "\(grace)", says: "is not from 0 to 100", example: "5"))
        }
        return faults
    }
}

extension FieldFault {
    static func text(_ field: String, _ text: String, most: Int, needed example: String? = nil) -> [FieldFault] {
        if text.isEmpty, let example { return [FieldFault(field, found: "", says: "is missing", example: example)] }
        guard text.count <= most else {
            return [
                FieldFault(
                    field, found: text, says: "is longer than \(most) characters", example: example ?? "a shorter text")
            ]
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\n" && $0 != "\r" && $0 != "\t" }) else {
            return [FieldFault(field, found: text, says: "holds control characters", example: example ?? "plain text")]
        }
        return []
    }

    static func term(_ field: String, _ starts: CalendarDay, _ ends: CalendarDay?) -> [FieldFault] {
        guard let ends else { return [] }
        if ends <= starts {
            return [
                FieldFault(
                    field, found: ends.text, says: "is not after the first day, \(starts.text)",
                    example: starts.adding(months: 12).text)
            ]
        }
        if ends > starts.adding(months: Contract.mostYears * 12) {
            return [
                FieldFault(
                    field, found: ends.text, says: "is more than \(Contract.mostYears) years later",
                    example: starts.adding(months: 36).text)
            ]
        }
        return []
    }
}
