/// What the columns of a file of spend can hold, with the headings that finance systems, cards and banks give them.
public enum SpendField {
    /// Every field, in the order in which they choose their columns: the sure ones first.
    public static let all: [ImportField] = [
        ImportField(
            "date", "Date", required: true,
            [
                "transaction date", "invoice date", "posting date", "booking date", "date of transaction",
                "expense date",
                "purchase date", "posted date", "value date", "document date", "payment date", "bill date",
                "transaktionsdatum", "buchungsdatum", "buchungstag", "belegdatum", "rechnungsdatum", "wertstellung",
                "valutadatum", "kaufdatum", "date posted", "transaction time", "created date", "accounting date",
                "gl date", "date", "datum", "fecha", "data", "started date", "completed date",
            ]),
        ImportField(
            "amount", "Amount", required: true,
            [
                "amount", "transaction amount", "invoice amount", "amount net", "net amount", "total amount",
                "billing amount",
                "posted amount", "amount in local currency", "betrag", "umsatz", "rechnungsbetrag", "nettobetrag",
                "bruttobetrag", "gesamtbetrag", "gross amount", "total", "summe", "sum", "cost", "price", "montant",
                "importe", "importo", "betrag eur", "amount eur", "amount usd", "value",
            ]),
        ImportField(
            "debit", "Debit", ["debit", "debit amount", "soll", "sollbetrag", "ausgang", "money out", "paid out"]),
        ImportField(
            "credit", "Credit", ["credit", "credit amount", "haben", "habenbetrag", "eingang", "money in", "paid in"]),
        ImportField(
            "currency", "Currency",
            [
                "currency", "currency code", "transaction currency", "invoice currency", "billing currency", "curr",
                "ccy",
                "währung", "waehrung", "wkz", "devise", "moneda", "iso currency",
            ]),
        ImportField(
            "vendor", "Vendor",
            [
                "vendor name", "vendor", "merchant name", "merchant", "supplier name", "supplier", "payee name",
                "payee",
                "vendor description", "merchant descriptor", "statement descriptor", "descriptor", "creditor",
                "beneficiary",
                "counterparty", "counterparty name", "lieferant", "lieferantenname", "kreditor", "kreditorname",
                "händler",
                "haendler", "empfänger", "zahlungsempfänger", "beguenstigter zahlungspflichtiger",
                "auftraggeber empfänger",
                "name zahlungsbeteiligter", "firma", "company", "fournisseur", "proveedor", "vendor title", "provider",
            ]),
        ImportField(
            "external_id", "Id",
            [
                "external id", "transaction id", "transaction number", "transaction reference", "invoice id",
                "invoice number", "invoice no", "expense id", "document number", "voucher number", "belegnummer",
                "belegnr", "rechnungsnummer", "rechnungs nr", "transaktions id", "transaktionsnummer", "buchungsnummer",
                "reference number", "reference id", "reference", "referenz", "entry number", "journal id", "id", "uuid",
            ]),
        ImportField(
            "description", "Description",
            [
                "description", "expense description", "transaction description", "line description", "memo", "details",
                "narrative", "purpose", "notes", "note", "text", "buchungstext", "verwendungszweck", "beschreibung",
                "bezeichnung", "item", "item description", "product", "comment", "kommentar", "type detail", "libellé",
            ]),
        ImportField(
            "account", "Account",
            [
                "gl account", "gl code", "general ledger account", "account code", "account number", "account name",
                "expense category", "category", "sachkonto", "konto", "kontonummer", "kostenart", "kategorie",
                "gl account name",
                "account", "expense type",
            ]),
        ImportField(
            "cost_center", "Cost centre",
            [
                "cost center", "cost centre", "cost center code", "costcenter", "kostenstelle", "kst",
                "cost center name",
                "profit center", "centre de coûts",
            ]),
        ImportField(
            "department", "Department",
            [
                "department", "department name", "dept", "team", "business unit", "abteilung", "bereich",
                "employee department",
            ]),
        ImportField(
            "employee", "Employee",
            [
                "employee email", "employee e mail", "cardholder email", "user email", "email", "e mail",
                "email address",
                "e mail adresse", "mitarbeiter e mail", "submitter email", "employee name", "cardholder name",
                "cardholder",
                "card holder", "karteninhaber", "mitarbeiter", "employee", "employee id", "submitter", "purchaser",
                "user",
            ]),
        ImportField(
            "card_last4", "Card",
            [
                "card last 4", "last 4", "last four", "card last four", "last 4 digits", "card number", "card ending",
                "kartennummer", "card", "karte", "pan", "masked card number",
            ]),
        ImportField("mcc", "MCC", ["mcc", "mcc code", "merchant category code", "branchencode", "merchant category"]),
        ImportField(
            "period_from", "Service from",
            [
                "service period start", "period start", "service start", "billing period start", "service from",
                "from date",
                "leistungszeitraum von", "leistungsbeginn", "start date", "period from", "zeitraum von",
            ]),
        ImportField(
            "period_to", "Service to",
            [
                "service period end", "period end", "service end", "billing period end", "service to", "to date",
                "leistungszeitraum bis", "leistungsende", "end date", "period to", "zeitraum bis",
            ]),
    ]

    /// The field of a name.
    public static func named(_ name: String) -> ImportField? { all.first { $0.name == name } }

    /// Which column holds each field. Where debit and credit stand apart, no other column is the amount.
    static func columns(_ header: [String]) -> [String: Int] {
        var found = ImportHeader.columns(header, all)
        let plain = header.map(ImportHeader.plain)
        if let debit = found["debit"], let credit = found["credit"], debit != credit,
            found["amount"].map({ !["amount", "betrag"].contains(plain[$0]) }) ?? true
        {
            found["amount"] = nil
        } else if found["amount"] != nil {
            found["debit"] = nil
            found["credit"] = nil
        }
        // A card number in full is no last four digits of one, but ends with them.
        return found
    }
}
