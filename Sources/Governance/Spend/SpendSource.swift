/// What kind of record a line of spend comes from.
public enum SpendSource: String, Sendable, CaseIterable {
    /// The general ledger, or accounts payable.
    case ledger
    /// A company card's statement.
    case card
    /// Expenses that people claimed.
    case expense
    /// Invoices of vendors.
    case invoice

    /// What people call it.
    public var title: String {
        switch self {
        case .ledger: "Ledger"
        case .card: "Card"
        case .expense: "Expenses"
        case .invoice: "Invoices"
        }
    }

    /// What the heading of a file speaks of, where it says.
    static func guessed(_ columns: [String: Int], header: [String]) -> SpendSource {
        let words = " " + header.map(ImportHeader.plain).joined(separator: " ") + " "
        func has(_ names: String...) -> Bool { names.contains { words.contains(" \($0) ") } }
        if columns["card_last4"] != nil || columns["mcc"] != nil
            || has("card", "cardholder", "merchant", "karte", "kartennummer")
        {
            return .card
        }
        if has("invoice", "rechnung", "rechnungsnummer", "belegnummer", "facture", "factura") { return .invoice }
        if has("expense", "report", "spesen", "auslage", "reimbursement") { return .expense }
        return .ledger
    }
}
