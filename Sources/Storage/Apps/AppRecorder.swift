import DatabaseEngine
public import Directory

/// Records apps, one asset each, and puts the lists of their users and groups on the run's list of work.
public struct AppRecorder: PageRecorder {
    static let table = ObjectTable(
        name: "apps", key: "app_key", noun: "apps",
        versioned: [
            "name", "label", "status", "sign_on_mode", "features", "implicit_assignment", "hidden", "created_at",
        ],
        forward: ["last_updated_at"], carried: ["users_count", "groups_count"])

    /// The apps that a person's own list is sure to show: Okta may leave out apps that are off, and apps that everyone may
    /// use name nobody.
    static let readByPerson = """
        SELECT app_key FROM apps WHERE workspace_id = $1 AND valid_to IS NULL AND status = 'ACTIVE'
            AND implicit_assignment = 0
        """

    /// A recorder.
    public init() {}

    /// Whether the integration has apps in the store.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try Self.table.hasRows(writer)
    }

    /// Writes one page of apps.
    public func record(_ items: [App], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for app in items {
            let key = try writer.key(of: app.id)
            guard listing.seen.insert(key) else { continue }
            try Self.table.record(Self.version(of: app, key: key), writer, hasPrior: listing.hasPrior)
            try writer.expect("app_groups", subject: key)
            try writer.expect("app_users", subject: key)
        }
        writer.count("apps", seen: items.count)
    }

    /// Closes the apps that are gone, with their assignments.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        for key in try Self.table.closeMissing(writer, &listing, with: AssignmentRecorder.table) {
            try Self.closeLists(of: key, writer)
        }
    }

    /// Closes one app that vanished while the run was on.
    public static func closeGone(_ writer: RunWriter, _ key: Int64) throws {
        try table.closeGone(key, writer)
        try closeLists(of: key, writer)
    }

    /// Writes one app that was read alone.
    static func record(_ app: App, _ writer: RunWriter) throws {
        try table.record(version(of: app, key: try writer.key(of: app.id)), writer, hasPrior: true)
    }

    private static func closeLists(of key: Int64, _ writer: RunWriter) throws {
        try AssignmentRecorder.table.closeAll(writer, key)
        try AppGroupRecorder.table.closeAll(writer, key)
    }

    private static func version(of app: App, key: Int64) -> ObjectTable.Version {
        ObjectTable.Version(
            key: key, oktaID: app.id,
            versioned: [
                .text(app.name), .text(app.label), .text(app.status), .optional(app.signOnMode),
                .text(app.features.joined(separator: " ")), .flag(app.implicitAssignment), .flag(app.hidden),
                .optional(app.created?.rawValue),
            ],
            forward: [.optional(app.lastUpdated?.rawValue)], began: app.created)
    }
}
