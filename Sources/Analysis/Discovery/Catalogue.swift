/// The products that Muster knows by name when it is installed. People's own names and categories are kept apart
/// (`Governance`) and outlive any update of it; an app that is not in it stays what its label says.
public enum Catalogue {
    /// All of them, in the order of their ids.
    public static let entries: [CatalogueEntry] = read(PackageResources.catalogue_tsv)

    /// The entry of an app: by its key in Okta's catalogue, else by a label that is exactly a name of the product.
    public static func entry(forOktaKey key: String, label: String) -> CatalogueEntry? {
        match(oktaKey: key, label: label)?.entry
    }

    /// The same, with how it was found.
    public static func match(oktaKey key: String, label: String) -> (entry: CatalogueEntry, how: CatalogueMethod)? {
        if let found = index.keys[key] { return (entries[found], .oktaKey) }
        return index.names[folded(label)].map { (entries[$0], .label) }
    }

    /// The entry that a name means: its own or an alias, in any case, with or without spaces and punctuation.
    public static func entry(named name: String) -> CatalogueEntry? { index.names[folded(name)].map { entries[$0] } }

    /// The entry of this id.
    public static func entry(id: String) -> CatalogueEntry? { index.ids[id].map { entries[$0] } }

    /// The entry a domain belongs to, be it its own or one below it; also of an address or of the end of an e-mail address.
    public static func entry(forDomain text: String) -> CatalogueEntry? {
        var host = text.lowercased()[...]
        if let scheme = host.firstRange(of: "://") { host = host[scheme.upperBound...] }
        host = host.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        host = host.prefix { $0 != ":" }
        // No domain has so many parts, and each is looked up once.
        for _ in 0..<8 {
            if let found = index.domains[String(host)] { return entries[found] }
            guard let dot = host.firstIndex(of: ".") else { return nil }
            host = host[host.index(after: dot)...]
        }
        return nil
    }

    /// A name by its letters and digits alone, in small letters: `Notion Labs, Inc.` is `notionlabsinc`.
    public static func folded(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    // MARK: the file

    /// The names of the columns, which are the file's first line.
    static let columns = [
        "id", "name", "vendor", "homepage", "domains", "aliases", "okta_keys", "category", "descriptors", "source",
        "checked_on",
    ]

    /// Reads the file; a line that is not understood is left out, and a test finds it.
    static func read(_ bytes: [UInt8]) -> [CatalogueEntry] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().compactMap(entry)
    }

    private static func entry(_ line: Substring) -> CatalogueEntry? {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard cells.count == columns.count, let category = ServiceCategory(rawValue: cells[7]),
            let source = CatalogueSource.all.first(where: { $0.id == cells[9] })
        else { return nil }
        func list(_ cell: String, _ separator: Character) -> [String] {
            cell.split(separator: separator).map(String.init)
        }
        return CatalogueEntry(
            id: cells[0], name: cells[1], vendor: cells[2], homepage: cells[3], domains: list(cells[4], ","),
            aliases: list(cells[5], ";"), oktaKeys: list(cells[6], ","), category: category,
            descriptors: list(cells[8], ";"), source: source, checkedOn: cells[10])
    }

    private struct Index: Sendable {
        var ids: [String: Int] = [:]
        var keys: [String: Int] = [:]
        var domains: [String: Int] = [:]
        var names: [String: Int] = [:]
    }

    private static let index: Index = {
        var index = Index()
        for (position, entry) in entries.enumerated() {
            index.ids[entry.id] = position
            for key in entry.oktaKeys { index.keys[key] = position }
            for domain in entry.domains { index.domains[domain] = position }
            for name in [entry.name] + entry.aliases { index.names[folded(name)] = position }
        }
        return index
    }()
}
