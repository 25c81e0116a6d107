/// A product that companies use, as the shipped catalogue knows it: facts alone, each line with where they are from.
public struct CatalogueEntry: Sendable, Equatable {
    /// A short name that never changes: `adobe-creative-cloud`.
    public let id: String
    /// The product: `Adobe Creative Cloud`.
    public let name: String
    /// Who sells it.
    public let vendor: String
    /// Its home page, `https://…`.
    public let homepage: String
    /// The domains that are its own and no other entry's. Empty where a vendor serves several products from one.
    public let domains: [String]
    /// Other names of it, which an app's label may have.
    public let aliases: [String]
    /// The names by which Okta's catalogue keys it.
    public let oktaKeys: [String]
    /// What it is for.
    public let category: ServiceCategory
    /// How card statements and ledgers name it, in capitals, with `*` for anything: `SLACK T*`. Of several that fit, the one
    /// with the most letters is meant.
    public let descriptors: [String]
    /// Where the facts are from.
    public let source: CatalogueSource
    /// The day they were looked at last, `2026-11-23`.
    public let checkedOn: String
}

/// Where facts of the catalogue are from, and under which licence they may be passed on.
public struct CatalogueSource: Sendable, Equatable {
    /// The name in the catalogue's file: `2fa`.
    public let id: String
    /// The project.
    public let name: String
    /// Its licence.
    public let licence: String
    /// Where it is; nil for Muster's own.
    public let address: String?

    /// Every source that the file may name.
    public static let all = [
        CatalogueSource(
            id: "2fa", name: "2factorauth/twofactorauth", licence: "MIT",
            address: "https://github.com/2factorauth/twofactorauth"),
        CatalogueSource(id: "own", name: "Muster", licence: "as Muster itself", address: nil),
    ]
}

/// How an app was found in the catalogue.
public enum CatalogueMethod: String, Sendable {
    /// By the name Okta's catalogue has for it.
    case oktaKey = "okta_key"
    /// By its label, which is exactly a name of the product.
    case label
}
