import DatabaseEngine
import Directory
public import Problems
public import Storage

/// A vendor: the names it goes by, its apps and its contracts.
public struct VendorSheet: Sendable {
    /// What names it in addresses.
    public let id: String
    /// Its name.
    public let name: String
    /// The names that people taught, with who did and for which app.
    public var aliases: [(alias: String, appID: String?, by: String)] = []
    /// Its apps in Okta.
    public var apps: [App] = []
    /// Its contracts.
    public var contracts: [Contract] = []

    /// An app of a vendor.
    public struct App: Sendable, Equatable {
        /// Okta's id.
        public let id: String
        /// Its label.
        public let label: String
        /// How many people have it now; nil when that could not be read.
        public let users: Int?
        /// How many payments name it.
        public let payments: Int
    }

    /// A contract of a vendor.
    public struct Contract: Sendable, Equatable {
        /// Its number.
        public let id: Int64
        /// What people call it.
        public let title: String
        /// When it renews or ends, in days.
        public let ends: String?
        /// Where it stands.
        public let status: String
    }
}

extension Store {
    /// A vendor by the name in its address.
    ///
    /// - Throws: `spend.vendor.unknown`.
    public func vendor(_ id: String, _ moment: Moment) async throws(Problem) -> VendorSheet {
        let workspaceID = workspaceID
        let found = try await engine.read { try VendorSheet.read($0, workspaceID, id, moment) }
        guard let found else {
            throw Problem(
                id: "spend.vendor.unknown", kind: .notFound, title: "There is no vendor “\(id.prefix(60))”",
                explanation: "No payment, alias or contract names it.",
                remedy: "See the list of vendors on the page of spend.")
        }
        return found
    }

    /// The names of all vendors that are known, for forms.
    public func vendorNames() async throws(Problem) -> [String] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var names: [String: String] = [:]
            for vendor in try VendorQueries.known(connection, workspaceID) {
                names[vendor.target.vendorID] = vendor.target.name
            }
            return names.values.sorted { $0.lowercased() < $1.lowercased() }
        }
    }
}

extension VendorSheet {
    static func read(
        _ connection: Connection, _ workspaceID: Int64, _ id: String, _ moment: Moment
    ) throws -> VendorSheet? {
        let known = try VendorQueries.known(connection, workspaceID).filter { $0.target.vendorID == id }
        let key: [Value] = [.integer(workspaceID), .text(id)]
        let name = try connection.first(
            "SELECT v.name FROM spend_vendors v WHERE v.workspace_id = $1 AND v.vendor_id = $2", key, { $0.text(0) })
        guard let name = name ?? known.first?.target.name else { return nil }
        var sheet = VendorSheet(id: id, name: name)
        sheet.aliases = try connection.query(
            """
            SELECT a.alias, a.app_id, a.created_by FROM spend_aliases a WHERE a.workspace_id = $1 AND a.vendor_id = $2
            ORDER BY a.alias
            """, key
        ) { ($0.text(0), $0.optionalText(1), $0.text(2)) }
        var payments: [String: Int] = [:]
        try connection.each(
            """
            SELECT l.app_id, count(*) FROM spend_lines l WHERE l.workspace_id = $1 AND l.vendor_id = $2
                AND l.app_id IS NOT NULL AND l.state = 'matched'\(SpendQueries.until(moment)) GROUP BY l.app_id
            """, key
        ) { row in
            payments[row.text(0)] = Int(row.integer(1))
            return true
        }
        let ids = Set(payments.keys).union(known.compactMap(\.target.appID))
        for app in ids.sorted() {
            guard let key = try Objects.key(connection, workspaceID, oktaID: app) else { continue }
            let found = try connection.first(
                """
                SELECT p.label, p.users_count FROM apps p WHERE p.workspace_id = $1 AND p.app_key = $2
                    AND \(moment.asOf.holds("p"))
                """, [.integer(workspaceID), .integer(key)]
            ) {
                App(
                    id: app, label: $0.text(0), users: $0.optionalInteger(1).map(Int.init), payments: payments[app] ?? 0
                )
            }
            if let found { sheet.apps.append(found) }
        }
        try connection.each(
            """
            SELECT c.contract_id, c.title, c.ends_on, c.status, c.vendor FROM contracts c WHERE c.workspace_id = $1
            ORDER BY c.starts_on DESC, c.contract_id
            """, [.integer(workspaceID)]
        ) { row in
            guard VendorName(row.text(4)).slug == id else { return true }
            sheet.contracts.append(
                Contract(
                    id: row.integer(0), title: row.text(1), ends: row.optionalInteger(2).map(SpendQueries.date),
                    status: row.text(3)))
            return true
        }
        return sheet
    }
}
