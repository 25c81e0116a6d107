package import DatabaseEngine

/// The vendors that a workspace knows: those people named, those of contracts, those of the tenant's apps, and the products
/// of the shipped catalogue that the tenant does not have.
package enum VendorQueries {
    /// All of them.
    package static func known(_ connection: Connection, _ workspaceID: Int64) throws -> [KnownVendor] {
        var vendors = try named(connection, workspaceID)
        let (contracts, vendorOfApp) = try contracted(connection, workspaceID)
        vendors += contracts
        var owned: Set<String> = []
        try connection.each(
            "SELECT p.okta_id, p.label, p.name FROM apps p WHERE p.workspace_id = $1 AND p.valid_to IS NULL",
            [.integer(workspaceID)]
        ) { row in
            let entry = Catalogue.entry(forOktaKey: row.text(2), label: row.text(1))
            if let entry { owned.insert(entry.id) }
            vendors += app(row.text(0), label: row.text(1), entry, vendorOfApp[row.text(0)])
            return true
        }
        for entry in Catalogue.entries where !owned.contains(entry.id) { vendors.append(product(entry)) }
        return vendors
    }

    /// Vendors that people named. Those that matching itself once used are told again by the app or contract they came from.
    private static func named(_ connection: Connection, _ workspaceID: Int64) throws -> [KnownVendor] {
        try connection.query(
            "SELECT v.vendor_id, v.name, v.domain FROM spend_vendors v WHERE v.workspace_id = $1 AND v.created_by <> ''",
            [.integer(workspaceID)]
        ) { row in
            KnownVendor(
                target: VendorTarget(vendorID: row.text(0), name: row.text(1)), names: [row.text(1)],
                domains: row.optionalText(2).map { [$0] } ?? [])
        }
    }

    /// Vendors of contracts, and of which of them an app is bought.
    private static func contracted(
        _ connection: Connection, _ workspaceID: Int64
    ) throws -> ([KnownVendor], [String: String]) {
        var vendors: [KnownVendor] = []
        var vendorOfApp: [String: String] = [:]
        try connection.each(
            """
            SELECT c.vendor, l.app_id FROM contracts c LEFT JOIN contract_lines l
                ON l.workspace_id = c.workspace_id AND l.contract_id = c.contract_id
            WHERE c.workspace_id = $1 ORDER BY c.contract_id, l.line_id
            """, [.integer(workspaceID)]
        ) { row in
            let name = row.text(0)
            vendors.append(
                KnownVendor(target: VendorTarget(vendorID: VendorName(name).slug, name: name), names: [name]))
            if let app = row.optionalText(1), vendorOfApp[app] == nil { vendorOfApp[app] = name }
            return true
        }
        return (vendors, vendorOfApp)
    }

    /// An app: its label, what stands in its brackets and before a dash, and what the catalogue knows of it. Its vendor is
    /// that of its contract, else the catalogue's, else its own name.
    private static func app(
        _ id: String, label: String, _ entry: CatalogueEntry?, _ contracted: String?
    ) -> [KnownVendor] {
        var names = [label]
        if let open = label.firstIndex(of: "("), let close = label.lastIndex(of: ")"), open < close {
            names.append(String(label[..<open]))
            names.append(String(label[label.index(after: open)..<close]))
        }
        if let dash = label.firstRange(of: " - ") { names.append(String(label[..<dash.lowerBound])) }
        names += (entry.map { [$0.name] + $0.aliases } ?? [])
        let name = contracted ?? entry?.vendor ?? label
        let vendor = VendorTarget(vendorID: VendorName(name).slug, name: name)
        let target = VendorTarget(vendorID: vendor.vendorID, name: name, appID: id)
        return [
            KnownVendor(
                target: target, names: names.filter { $0.contains(where: \.isLetter) }, domains: entry?.domains ?? [],
                descriptors: entry?.descriptors ?? []),
            KnownVendor(target: vendor, names: [name]),
        ]
    }

    /// A product that the tenant does not have.
    private static func product(_ entry: CatalogueEntry) -> KnownVendor {
        KnownVendor(
            target: VendorTarget(vendorID: VendorName(entry.vendor).slug, name: entry.vendor),
            names: [entry.name, entry.vendor] + entry.aliases, domains: entry.domains, descriptors: entry.descriptors)
    }
}
