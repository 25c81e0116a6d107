package import DatabaseEngine

/// The vendors that a workspace knows: those people named, those of contracts, and those of the tenant's apps.
package enum VendorQueries {
    /// All of them.
    package static func known(_ connection: Connection, _ workspaceID: Int64) throws -> [KnownVendor] {
        let workspace: [Value] = [.integer(workspaceID)]
        var vendors: [KnownVendor] = []
        // Names that matching itself once used are told again by the app or contract they came from.
        try connection.each(
            "SELECT v.vendor_id, v.name, v.domain FROM spend_vendors v WHERE v.workspace_id = $1 AND v.created_by <> ''",
            workspace
        ) { row in
            vendors.append(
                KnownVendor(
                    target: VendorTarget(vendorID: row.text(0), name: row.text(1)), names: [row.text(1)],
                    domains: row.optionalText(2).map { [$0] } ?? []))
            return true
        }
        // An app belongs to the vendor of its contract.
        var vendorOfApp: [String: String] = [:]
        try connection.each(
            """
            SELECT c.vendor, l.app_id FROM contracts c LEFT JOIN contract_lines l
                ON l.workspace_id = c.workspace_id AND l.contract_id = c.contract_id
            WHERE c.workspace_id = $1 ORDER BY c.contract_id, l.line_id
            """, workspace
        ) { row in
            let name = row.text(0)
            vendors.append(KnownVendor(target: VendorTarget(vendorID: VendorName(name).slug, name: name), names: [name]))
            if let app = row.optionalText(1), vendorOfApp[app] == nil { vendorOfApp[app] = name }
            return true
        }
        try connection.each(
            "SELECT p.okta_id, p.label, p.name FROM apps p WHERE p.workspace_id = $1 AND p.valid_to IS NULL", workspace
        ) { row in
            vendors.append(app(row.text(0), label: row.text(1), key: row.text(2), vendorOfApp[row.text(0)]))
            return true
        }
        return vendors
    }

    /// An app as a vendor: its label, what stands in its brackets, and what stands before a dash.
    private static func app(_ id: String, label: String, key: String, _ vendor: String?) -> KnownVendor {
        var names = [label]
        if let open = label.firstIndex(of: "("), let close = label.lastIndex(of: ")"), open < close {
            names.append(String(label[..<open]))
            names.append(String(label[label.index(after: open)..<close]))
        }
        if let dash = label.firstRange(of: " - ") { names.append(String(label[..<dash.lowerBound])) }
        names = names.filter { $0.contains(where: \.isLetter) }
        let name = vendor ?? label
        return KnownVendor(target: VendorTarget(vendorID: VendorName(name).slug, name: name, appID: id), names: names)
    }
}
