import Foundation

/// What a vendor's name says once everything is taken away that banks, processors and bookkeepers add to it.
///
/// `SQ *NOTION LABS, INC. SAN FRANCISCO CA` and `Notion Labs Inc` are both `notion labs`. The steps, in order: compatibility
/// forms (NFKC) and case, processors' prefixes, domains, order and telephone numbers, words of billing, places, legal forms.
public struct VendorName: Sendable, Hashable {
    /// The name in small letters, its words with one space between them.
    public let key: String
    /// The domain that the text names: `zoom.us`.
    public let domain: String?
    /// The processor that stood before it: `google`.
    public let processor: String?
    /// What the file writes in small letters, with one space between words: what patterns of statements are held against.
    let written: String

    /// Normalises what a file writes.
    public init(_ text: String) {
        var folded = Self.folded(text)
        written = folded.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        processor = Self.takeProcessor(from: &folded)
        domain = Self.takeDomain(from: &folded)
        var words = Self.words(folded)
        words = Self.withoutNumbers(words)
        words = Self.withoutTail(words)
        let joined = words.joined(separator: " ")
        key = joined.isEmpty ? Self.words(Self.folded(text)).joined(separator: " ") : joined
    }

    /// The words of the key.
    public var tokens: [Substring] { key.split(separator: " ") }

    /// What names a vendor in addresses and rows: its key with hyphens.
    public var slug: String { key.replacing(" ", with: "-") }

    /// The name as people write it, where nobody gave one: each word with a capital.
    public var display: String {
        tokens.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }

    // MARK: steps

    /// NFKC, then small letters, and letters without their marks: names are written both ways.
    private static func folded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 128 }) { return text.lowercased() }
        return text.precomposedStringWithCompatibilityMapping.lowercased().replacing("ß", with: "ss")
            .decomposedStringWithCanonicalMapping.unicodeScalars.filter {
                !$0.properties.isDiacritic && $0.value != 0x308
            }
            .reduce(into: "") { $0.unicodeScalars.append($1) }
    }

    /// Processors that put their name and a star before the merchant's: `PAYPAL *ZOOM`.
    private static let processors: Set<String> = [
        "sq", "square", "paypal", "pp", "google", "amzn", "amzn mktp", "amazon", "aws", "apl", "apple", "stripe", "sp",
        "tst",
        "paddle", "paddle.net", "fs", "fastspring", "2co", "2checkout", "dri", "digital river", "in", "cko", "eb",
        "klarna",
        "sumup", "adyen", "mollie", "wpy", "wl", "pyp", "payu", "rzp", "bls", "ppl", "chg", "gum", "gumroad",
        "lmsqueezy",
        "lemonsqueezy", "lemsqzy", "n8", "msft", "microsoft", "cleverbridge", "cb", "xsolla", "buy", "izettle",
        "zettle",
        "ztl", "clr", "payoneer", "wise", "revolut", "ebanx", "dlocal", "bill.com", "bil", "int", "intuit", "qb",
    ]
    /// Processors that sell things of their own: what stands behind the star may be the name of a product.
    private static let sellers: [String: String] = [
        "google": "google", "amzn": "amazon", "amzn mktp": "amazon", "amazon": "amazon", "aws": "amazon web services",
        "apl": "apple", "apple": "apple", "msft": "microsoft", "microsoft": "microsoft", "intuit": "intuit",
        "int": "intuit",
        "qb": "intuit", "stripe": "stripe", "paypal": "paypal",
    ]

    private static func takeProcessor(from text: inout String) -> String? {
        guard let star = text.firstIndex(of: "*") else { return nil }
        let before = String(text[..<star]).split(separator: " ").joined(separator: " ")
        let behind = text[text.index(after: star)...].drop { $0.isWhitespace }
        guard processors.contains(before), !behind.isEmpty else { return nil }
        text = String(behind)
        return sellers[before]
    }

    private static let endings: Set<Substring> = [
        "com", "io", "net", "org", "co", "ai", "app", "dev", "us", "eu", "de", "uk", "fr", "nl", "ch", "at", "ie",
        "cloud", "so",
        "software", "tech", "me", "tv", "gg", "ly", "sh", "xyz", "team", "help", "one", "systems", "info", "biz", "ca",
        "in",
    ]

    /// The first word that is a domain becomes the name before its ending.
    private static func takeDomain(from text: inout String) -> String? {
        var domain: String?
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == "(" || $0 == ")" }).map { word in
            guard let found = host(word) else { return String(word) }
            if domain == nil { domain = found.domain }
            return found.name
        }
        if domain != nil { text = words.joined(separator: " ") }
        return domain
    }

    private static func host(_ word: Substring) -> (domain: String, name: String)? {
        var word = word
        for scheme in ["https://", "http://", "www."] where word.hasPrefix(scheme) {
            word = word.dropFirst(scheme.count)
        }
        if let at = word.firstIndex(of: "@") { word = word[word.index(after: at)...] }
        word = word.prefix { $0 != "/" && $0 != "?" && $0 != ":" && $0 != "*" && $0 != "#" }
        let labels = word.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.count <= 5, let ending = labels.last, endings.contains(ending),
            labels.allSatisfy({
                !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }),
            labels.dropLast().contains(where: { $0.contains(where: \.isLetter) })
        else { return nil }
        // acme.co.uk: the name stands before the two last.
        let isSecond =
            labels.count > 2 && ["co", "com", "org", "net"].contains(labels[labels.count - 2]) && ending.count == 2
        let name = labels[labels.count - (isSecond ? 3 : 2)]
        // s.a. and i.n.c. are no domains.
        guard name.count > 1 else { return nil }
        return (labels.suffix(isSecond ? 3 : 2).joined(separator: "."), String(name))
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var current = ""
        var sincePoint = 0
        for character in text {
            if character.isLetter || character.isNumber {
                current.append(character)
                sincePoint += 1
            } else if character == "." || character == "'" || character == "’" || character == "&" {
                // S.A.R.L., O'Reilly and AT&T are one word each; a lone ampersand is none.
                if character != ".", !current.isEmpty { continue }
                if character == ".", sincePoint > 1 { finish() }
                sincePoint = 0
            } else {
                finish()
            }
        }
        finish()
        return words

        func finish() {
            if !current.isEmpty { words.append(current) }
            current = ""
        }
    }

    private static let billing: Set<String> = [
        "invoice", "inv", "order", "ord", "ref", "subscription", "subscriptions", "subscr", "sub", "recurring",
        "payment",
        "payments", "bill", "billing", "purchase", "charge", "autopay", "rechnung", "abo", "lastschrift",
        "kartenzahlung",
        "no", "nr", "num", "number", "id", "txn", "trx", "helppay",
    ]

    /// Without order and telephone numbers, and without the words of billing where something else is left.
    private static func withoutNumbers(_ words: [String]) -> [String] {
        let kept = words.filter { word in
            let digits = word.utf8.count { $0 >= 48 && $0 <= 57 }
            if digits == word.utf8.count { return digits <= 2 || word == "365" || word == "360" }
            return digits < 3 || word.utf8.count <= digits + 1 && digits < 3
        }
        let names = kept.filter { !billing.contains($0) }
        // A name does not begin with a small number alone; one behind it may belong to it.
        let result = names.isEmpty ? kept : names
        return result.isEmpty ? [] : result
    }

    private static let forms: Set<String> = [
        "inc", "incorporated", "llc", "ltd", "limited", "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "co", "corp",
        "corporation", "company", "plc", "pty", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "asa", "aps",
        "oy",
        "oyj", "pte", "pvt", "lp", "llp", "se", "kk", "pbc", "dac", "ulc", "sl", "lda", "eg", "ev", "und", "and",
        "haftungsbeschrankt",
    ]
    private static let places: Set<String> = [
        "us", "usa", "uk", "gb", "gbr", "de", "deu", "ie", "irl", "nl", "nld", "fr", "fra", "ch", "che", "at", "aut",
        "lu", "lux",
        "se", "swe", "dk", "no", "fi", "es", "it", "pl", "au", "aus", "ca", "can", "il", "isr", "sg", "sgp", "in",
        "ind", "emea",
        "eu", "europe", "ireland", "germany", "deutschland", "netherlands", "france", "switzerland", "schweiz",
        "austria",
        "luxembourg", "sweden", "denmark", "australia", "canada", "israel", "singapore", "india", "america", "americas",
        "kingdom",
        "united", "states", "international", "san", "francisco", "jose", "mateo", "diego", "palo", "alto", "mountain",
        "view",
        "redwood", "city", "cupertino", "redmond", "seattle", "bellevue", "austin", "boston", "cambridge", "chicago",
        "denver",
        "boulder", "atlanta", "portland", "oakland", "los", "angeles", "new", "york", "nyc", "brooklyn", "dublin",
        "london",
        "berlin", "munich", "munchen", "hamburg", "frankfurt", "koln", "cologne", "stuttgart", "amsterdam", "rotterdam",
        "paris",
        "zurich", "zuerich", "geneva", "vienna", "wien", "stockholm", "copenhagen", "oslo", "helsinki", "madrid",
        "barcelona",
        "milano", "milan", "sydney", "melbourne", "toronto", "vancouver", "montreal", "tel", "aviv", "bangalore",
        "wilmington",
        "ny", "wa", "tx", "ma", "il", "co", "ga", "or", "fl", "nj", "va", "az", "nc", "pa", "oh", "mi", "mn", "ut",
        "md", "dc",
        "vic", "nsw", "on", "bc", "qc",
    ]

    /// Without the places and legal forms at the end, as long as something is left.
    private static func withoutTail(_ words: [String]) -> [String] {
        var words = words
        while words.count > 1, let last = words.last, forms.contains(last) || places.contains(last) {
            words.removeLast()
        }
        return words
    }
}
