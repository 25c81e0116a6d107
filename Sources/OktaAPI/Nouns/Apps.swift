public import Directory

extension Listing where Item == App {
    /// Every app, active or not.
    public static var apps: Listing {
        Listing(.apps, callClass: "apps", path: "/api/v1/apps", query: [("limit", "200")], decode: App.init(okta:))
    }

    /// One app. Okta answers 404 when it is deleted.
    public static func app(_ id: String) -> Listing {
        Listing(
            .apps, callClass: "app", subject: id, path: "/api/v1/apps/\(id)", shape: .object, decode: App.init(okta:))
    }
}

extension Listing where Item == AppAssignment {
    /// Who may use one app, since when, and how each got it.
    public static func assignments(ofApp id: String) -> Listing {
        Listing(
            .assignments, callClass: "app_users", subject: id, path: "/api/v1/apps/\(id)/users",
            query: [("limit", "500")], decode: AppAssignment.init(okta:))
    }

    /// Whether one user may use one app, since when and how. Okta answers 404 when not.
    public static func assignment(ofApp app: String, user: String) -> Listing {
        Listing(
            .assignments, callClass: "app_user", subject: app, path: "/api/v1/apps/\(app)/users/\(user)",
            shape: .object, decode: AppAssignment.init(okta:))
    }
}

extension Listing where Item == AppGroupAssignment {
    /// The groups that one app is assigned to.
    public static func groups(ofApp id: String) -> Listing {
        Listing(
            .appGroups, callClass: "app_groups", subject: id, path: "/api/v1/apps/\(id)/groups",
            query: [("limit", "200")], decode: AppGroupAssignment.init(okta:))
    }
}

extension Listing where Item == String {
    /// The ids of the apps that one group gives: the other side of `groups(ofApp:)`, in another rate limit, and without
    /// priorities.
    public static func apps(ofGroup id: String) -> Listing {
        Listing(
            .appGroups, callClass: "group_apps", subject: id, path: "/api/v1/groups/\(id)/apps",
            query: [("limit", "200")], decode: { record throws(RecordDefect) in try record.required("id") })
    }
}

extension Listing where Item == PersonalAssignment {
    /// The apps of one user, each with since when and how: the other side of `assignments(ofApp:)`.
    public static func apps(ofUser id: String) -> Listing {
        Listing(
            .assignments, callClass: "user_apps", subject: id, path: "/api/v1/apps",
            query: [("filter", "user.id eq \"\(id)\""), ("expand", "user/\(id)"), ("limit", "200")],
            decode: { record throws(RecordDefect) in try PersonalAssignment(okta: record, of: id) })
    }
}

extension PersonalAssignment {
    init(okta record: JSONValue, of user: String) throws(RecordDefect) {
        guard let embedded = record["_embedded"]?["user"] else { throw RecordDefect.missing("_embedded.user") }
        self.init(appID: try record.required("id"), assignment: try AppAssignment(okta: embedded))
        guard assignment.userID == user else {
            throw RecordDefect(reason: "The field \"_embedded.user\" is about another user.")
        }
    }
}

extension App {
    init(okta record: JSONValue) throws(RecordDefect) {
        self.init(
            id: try record.required("id"), name: record.text("name"), label: record.text("label"),
            status: record.text("status"))
        signOnMode = record["signOnMode"]?.text
        created = record["created"]?.timestamp
        lastUpdated = record["lastUpdated"]?.timestamp
        features = record["features"]?.values.compactMap { $0.text } ?? []
        implicitAssignment = record["settings"]?["implicitAssignment"]?.boolean ?? false
        hidden = record["visibility"]?["hide"]?["web"]?.boolean ?? false
    }
}

extension AppAssignment {
    init(okta record: JSONValue) throws(RecordDefect) {
        let scope = record["scope"]?.withUTF8 { Scope(oktaUTF8: $0) } ?? .unknown
        self.init(
            userID: try record.required("id"), scope: scope, status: record.text("status"),
            assignedAt: record["created"]?.timestamp)
        // Okta names the group of group assignments only.
        groupID = record["_links"]?["group"]?.linkedID
    }
}

extension AppAssignment.Scope {
    fileprivate init(oktaUTF8 word: UnsafeBufferPointer<UInt8>) {
        if word.elementsEqual("USER".utf8) {
            self = .user
        } else if word.elementsEqual("GROUP".utf8) {
            self = .group
        } else {
            self = .unknown
        }
    }
}

extension AppGroupAssignment {
    init(okta record: JSONValue) throws(RecordDefect) {
        self.init(
            groupID: try record.required("id"), priority: record["priority"]?.integer,
            lastUpdated: record["lastUpdated"]?.timestamp)
    }
}
