import Directory

/// A look at a file of spend before anything of it is imported: what its columns seem to hold, what has to be asked, and how
/// its first lines would be read.
public struct SpendSurvey: Sendable {
    /// How the file is written.
    public let format: CSVFormat
    /// Its heading.
    public private(set) var header: [String] = []
    /// The first records below the heading.
    public private(set) var samples: [CSVRecord] = []
    /// How many records were looked at.
    public private(set) var records = 0
    /// Which column holds each field.
    public private(set) var columns: [String: Int] = [:]
    /// What its dates tell.
    public private(set) var dates = DateSurvey()
    /// What its amounts tell.
    public private(set) var amounts = AmountSurvey()
    /// What was said of how to read it.
    public private(set) var choice: SpendChoice
    private let remembered: @Sendable (String) -> SpendChoice?
    private var waiting: [CSVRecord] = []
    private var hasHeader = false

    /// Something that nobody can find out from the file.
    public enum Question: Sendable, Equatable {
        /// No column is this field.
        case column(String)
        /// Its dates can be read in two ways.
        case dates
        /// Its amounts can be read in two ways.
        case decimal
        /// Lines name no currency.
        case currency
    }

    /// Up to as many records are looked at where they leave no question open.
    static let enough = 20_000
    /// The heading stands within the first records.
    private static let headingWithin = 12

    /// A look at a file that is written so.
    init(
        _ format: CSVFormat, _ choice: SpendChoice,
        remembered: @escaping @Sendable (String) -> SpendChoice? = { _ in nil }
    ) {
        self.format = format
        self.choice = choice
        self.remembered = remembered
    }

    /// Looks at the next record.
    ///
    /// - Returns: whether to go on.
    mutating func see(_ record: CSVRecord) -> Bool {
        guard hasHeader else {
            waiting.append(record)
            // Some systems write a title, a date and a filter above the heading.
            let found = SpendField.columns(record.fields)
            let isHeading = found["date"] != nil && (found["amount"] != nil || found["debit"] != nil)
            if isHeading || waiting.count == Self.headingWithin { begin(isHeading ? waiting.count - 1 : 0) }
            return true
        }
        look(record)
        return records < Self.enough || (dates.order == nil && choice.dates == nil)
    }

    /// The file ended.
    mutating func end() { if !hasHeader, !waiting.isEmpty { begin(0) } }

    private mutating func begin(_ position: Int) {
        hasHeader = true
        header = waiting[position].fields.map { String(Substring($0).trimmed) }
        if let earlier = remembered(ImportHeader.signature(header)) { choice = choice.over(earlier) }
        columns = SpendField.columns(header)
        for (name, column) in choice.columns { columns[name] = header.indices.contains(column) ? column : nil }
        let rest = waiting[(position + 1)...]
        waiting = []
        for record in rest { look(record) }
    }

    private mutating func look(_ record: CSVRecord) {
        records += 1
        if samples.count < 8 { samples.append(record) }
        let row = record.row(columns: header.count)
        guard row.fault == nil else { return }
        if let column = columns["date"], !row.fields[column].isEmpty { dates.see(row.fields[column]) }
        for name in ["amount", "debit", "credit"] {
            if let column = columns[name], !row.fields[column].isEmpty { amounts.see(row.fields[column]) }
        }
    }

    /// What this heading is recognised by.
    public var signature: String { ImportHeader.signature(header) }

    /// What has to be said before the file can be imported.
    public var questions: [Question] {
        var questions: [Question] = []
        if columns["date"] == nil { questions.append(.column("date")) }
        if columns["amount"] == nil, columns["debit"] == nil, columns["credit"] == nil {
            questions.append(.column("amount"))
        }
        if columns["vendor"] == nil, columns["description"] == nil { questions.append(.column("vendor")) }
        if columns["date"] != nil, choice.dates == nil, dates.order == nil, !dates.isEmpty { questions.append(.dates) }
        if choice.decimal == nil, amounts.decimal == nil, amounts.count > 0 { questions.append(.decimal) }
        if columns["currency"] == nil, choice.currency == nil, !namesCurrency { questions.append(.currency) }
        return questions
    }

    /// Whether the amounts, or the heading above them, name their currency themselves.
    private var namesCurrency: Bool {
        guard headingCurrency == nil, let column = columns["amount"] else { return headingCurrency != nil }
        return !samples.isEmpty
            && samples.allSatisfy { record in
                record.fields.indices.contains(column)
                    && (try? WrittenAmount(record.fields[column], decimal: decimal))?.currency != nil
            }
    }

    /// `Amount (EUR)` names the currency of the column.
    private var headingCurrency: Currency? {
        guard let column = columns["amount"] else { return nil }
        let known = ["eur", "usd", "gbp", "chf", "jpy", "sek", "nok", "dkk", "pln", "cad", "aud", "inr", "czk", "huf"]
        return ImportHeader.plain(header[column]).split(separator: " ").first { known.contains(String($0)) }
            .flatMap { Currency($0) }
    }

    private var decimal: DecimalSign { choice.decimal ?? amounts.decimal ?? .point }

    /// How the file is read as far as it is known; where a question is open, by a guess that is only for the preview.
    public var mapping: SpendMapping {
        let source = choice.source ?? SpendSource.guessed(columns, header: header)
        return SpendMapping(
            source: source, format: format, columns: columns, dates: choice.dates ?? dates.order ?? .dayFirst,
            decimal: decimal, currency: choice.currency ?? headingCurrency,
            isSpendNegative: choice.isSpendNegative ?? (columns["debit"] == nil && amounts.isMostlyNegative))
    }
}
