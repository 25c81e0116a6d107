import Directory
import WebSupport

/// Amounts of money as people read them.
enum Amount {
    /// `€1,234.50`, `CHF 1,234.50`, `−€20.00`.
    static func text(_ money: Money) -> String {
        let plain = money.plain.drop { $0 == "-" }
        let parts = plain.split(separator: ".", maxSplits: 1)
        let whole = parts.first.flatMap { Int64($0) }.map { Count.text($0) } ?? String(plain)
        let cents = parts.count > 1 ? ".\(parts[1])" : ""
        let sign =
            switch money.currency.code {
            case "EUR": "€"
            case "USD": "$"
            case "GBP": "£"
            default: "\(money.currency.code) "
            }
        return "\(money.minor < 0 ? "−" : "")\(sign)\(whole)\(cents)"
    }

    /// The same of a number of smallest units; nil: not evaluated.
    static func html(_ minor: Int64?, _ currency: Currency?) -> HTML {
        guard let currency else { return Part.none }
        return minor.map { "\(text(Money(minor: $0, currency)))" } ?? Part.notEvaluated
    }

    /// Sums, each in its currency, which are never added: `€1,000.00 and $20.00`.
    static func sums(_ sums: [Money]) -> String {
        sums.isEmpty ? "nothing" : sums.map(text).joined(separator: " and ")
    }

    /// Adds up amounts by currency.
    static func total(_ amounts: [Money]) -> [Money] {
        var sums: [Currency: Int64] = [:]
        for money in amounts { sums[money.currency, default: 0] += money.minor }
        return sums.keys.sorted().map { Money(minor: sums[$0] ?? 0, $0) }
    }
}

/// The words and looks of forms that several pages share.
enum Field {
    /// A field for text, with what is wrong with it beside it.
    static func input(
        _ title: String, _ name: String, _ value: String?, type: String = "text", hint: HTML = HTML(),
        faults: [String: String] = [:], required: Bool = false, most: Int = 200
    ) -> HTML {
        let fault: HTML? = faults[name].map {
            "<small class=\"down\" role=\"alert\" id=\"\(name)-fault\">\($0)</small>"
        }
        let described: HTML = fault == nil ? "" : " aria-invalid=\"true\" aria-describedby=\"\(name)-fault\""
        return """
            <label>\(title)<input name="\(name)" type="\(type)" maxlength="\(most)" value="\(value)"\
            \(required ? " required" : "" as HTML)\(described)>\(hint.isEmpty ? hint : "<small>\(hint)</small>" as HTML)\
            \(fault)</label>
            """
    }

    /// A choice of few.
    static func choice(
        _ title: String, _ name: String, _ value: String?, _ options: [(value: String, title: String)],
        hint: HTML = HTML(), faults: [String: String] = [:]
    ) -> HTML {
        let items = options.map { option -> HTML in
            """
            <option value="\(option.value)"\(option.value == value ? " selected" : "" as HTML)>\(option.title)</option>
            """
        }
        let fault: HTML? = faults[name].map { "<small class=\"down\" role=\"alert\">\($0)</small>" }
        return """
            <label>\(title)<select name="\(name)">\(items)</select>\
            \(hint.isEmpty ? hint : "<small>\(hint)</small>" as HTML)\(fault)</label>
            """
    }
}
