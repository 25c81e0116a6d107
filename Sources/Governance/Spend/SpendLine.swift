public import Directory

/// One line of spend as a file tells it.
public struct SpendLine: Sendable, Equatable {
    /// The line of the file.
    public var line: Int
    /// When it was paid or booked, in days since 1970-01-01.
    public var day: Int64
    /// Who was paid, as the file writes it.
    public var vendor: String
    /// What for.
    public var description: String
    /// How much: what was spent is above zero, a refund below.
    public var amount: Money
    /// What the file calls it.
    public var externalID: String?
    /// The account it was booked on, or its category.
    public var account: String?
    /// The cost centre.
    public var costCenter: String?
    /// The department.
    public var department: String?
    /// The e-mail or name of the employee who paid.
    public var employee: String?
    /// The last four digits of the card.
    public var card: String?
    /// What the card's bank calls the merchant's trade.
    public var mcc: String?
    /// The days the payment is for, where the file says.
    public var period: ClosedRange<Int64>?
    /// The fields as they stand in the file, as one line of CSV.
    public var original: String

    /// What the vendor is found by: the vendor, or, where the file names none, the description.
    public var payee: String { vendor.isEmpty ? description : vendor }

    /// What makes two lines the same: everything the file said of it but its place.
    var hash: Int64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ text: String) {
            for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
            state = (state ^ 0xff) &* 0x100_0000_01b3
        }
        mix("\(day) \(amount.minor) \(amount.currency.code)")
        for text in [vendor, description, externalID ?? "", card ?? ""] { mix(text) }
        return Int64(bitPattern: state)
    }
}

/// Reads records of a file as lines of spend, or says what is wrong with them.
struct SpendLineReader {
    let mapping: SpendMapping
    let width: Int
    /// The last day that is believed: a year from today.
    let today: Int64
    private var days: [String: Int64] = [:]

    /// What a line may hold in one field; more is cut off in the field, never in the original.
    private static let longest = 500

    init(_ mapping: SpendMapping, header: [String], today: Int64) {
        self.mapping = mapping
        width = header.count
        self.today = today
    }

    /// Why a record cannot be imported.
    struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    mutating func line(_ record: CSVRecord) throws(Refusal) -> SpendLine {
        let row = record.row(columns: width)
        if let fault = row.fault { throw Refusal("the line \(fault.sentence)") }
        func field(_ name: String) -> String {
            mapping.columns[name].map { String(Substring(row.fields[$0]).trimmed.prefix(Self.longest)) } ?? ""
        }
        func filled(_ name: String) -> String? {
            let text = field(name)
            return text.isEmpty ? nil : text
        }
        let amount = try amount(field, isMapped: mapping.columns["amount"] != nil)
        let vendor = field("vendor")
        let description = field("description")
        if vendor.isEmpty, description.isEmpty { throw Refusal("neither a vendor nor a description is there") }
        let card = field("card_last4").filter { $0.isASCII && $0.isNumber }
        var line = SpendLine(
            line: row.line, day: try day(field("date"), "date"), vendor: vendor, description: description,
            amount: amount,
            original: Self.csv(row.fields))
        line.externalID = filled("external_id")
        line.account = filled("account")
        line.costCenter = filled("cost_center")
        line.department = filled("department")
        line.employee = filled("employee")
        line.card = card.count >= 4 ? String(card.suffix(4)) : nil
        line.mcc = filled("mcc")
        if let from = filled("period_from"), let to = filled("period_to") {
            let (first, last) = (
                try day(from, "first day of service", ahead: Self.service),
                try day(to, "last day of service", ahead: Self.service)
            )
            guard first <= last else { throw Refusal("the service ends on \(to), before it begins on \(from)") }
            line.period = first...last
        }
        return line
    }

    private func amount(_ field: (String) -> String, isMapped: Bool) throws(Refusal) -> Money {
        let named = field("currency")
        var currency = mapping.currency
        if !named.isEmpty {
            guard let found = Currency(named) ?? Self.sign(named) else {
                throw Refusal("“\(named.prefix(20))” is no code of a currency, such as EUR")
            }
            currency = found
        }
        if isMapped {
            let written = try read(field("amount"))
            if let own = written.currency {
                if !named.isEmpty, let currency, own != currency, own.code != "USD" || !field("amount").contains("$") {
                    throw Refusal("the amount says \(own.code), the column of currencies \(currency.code)")
                }
                if named.isEmpty { currency = own }
            }
            return try money([(written, mapping.isSpendNegative ? -1 : 1)], currency)
        }
        let (debit, credit) = (field("debit"), field("credit"))
        guard !debit.isEmpty || !credit.isEmpty else { throw Refusal("the amount is missing") }
        var parts: [(WrittenAmount, Int64)] = []
        if !debit.isEmpty { parts.append((try read(debit), 1)) }
        if !credit.isEmpty { parts.append((try read(credit), -1)) }
        return try money(parts, currency)
    }

    private func read(_ text: String) throws(Refusal) -> WrittenAmount {
        do { return try WrittenAmount(text, decimal: mapping.decimal) } catch { throw Refusal(error.reason(text)) }
    }

    private func money(_ parts: [(WrittenAmount, Int64)], _ currency: Currency?) throws(Refusal) -> Money {
        guard let currency else { throw Refusal("the line names no currency") }
        var sum: Int64 = 0
        for (written, sign) in parts {
            do { sum += sign * (try written.minor(currency)) } catch { throw Refusal(error.reason(written.digits)) }
        }
        return Money(minor: sum, currency)
    }

    private static func sign(_ text: String) -> Currency? {
        ["€": "EUR", "£": "GBP", "$": "USD", "US$": "USD", "¥": "JPY", "₹": "INR"][text].flatMap { Currency($0) }
    }

    /// How many days ahead a service may be paid for: ten years.
    private static let service: Int64 = 3_653

    private mutating func day(_ text: String, _ what: String, ahead: Int64 = 366) throws(Refusal) -> Int64 {
        let latest = today + ahead
        if let day = days[text], day <= latest { return day }
        guard !text.isEmpty else { throw Refusal("the \(what) is missing") }
        guard let day = mapping.dates.day(text) else {
            throw Refusal("the \(what) “\(text.prefix(40))” is no date written as \(mapping.dates.title)")
        }
        // 1990-01-01: what is older is a typing error, and so is a payment that lies more than a year ahead.
        guard day >= 7305 else { throw Refusal("the \(what) “\(text.prefix(40))” is before 1990") }
        guard day <= latest else {
            throw Refusal("the \(what) “\(text.prefix(40))” is more than \(ahead > 366 ? "ten years" : "a year") ahead")
        }
        if days.count > 5000 { days.removeAll(keepingCapacity: true) }
        days[text] = day
        return day
    }

    /// The fields as one line of CSV, byte by byte what stood in them.
    static func csv(_ fields: [String]) -> String {
        fields.map { field in
            guard field.utf8.contains(where: { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }) else { return field }
            return "\"" + field.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }

    /// The fields of such a line.
    static func fields(_ csv: String) -> [String] {
        var parser = CSVParser(CSVFormat(encoding: .utf8, delimiter: .comma))
        var fields: [String] = []
        parser.read(Array(csv.utf8)[...]) { if fields.isEmpty { fields = $0.fields } }
        parser.finish { if fields.isEmpty { fields = $0.fields } }
        return fields
    }
}
