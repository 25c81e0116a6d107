public import Directory

extension Listing where Item == Group {
    /// Every group, with the counts that tell how many pages its members fill.
    public static var groups: Listing {
        Listing(
            .groups, callClass: "groups", path: "/api/v1/groups", query: [("expand", "stats"), ("limit", "200")],
            decode: Group.init(okta:))
    }

    /// One group. Okta answers 404 when it is deleted.
    public static func group(_ id: String) -> Listing {
        Listing(
            .groups, callClass: "group", subject: id, path: "/api/v1/groups/\(id)", query: [("expand", "stats")],
            shape: .object, decode: Group.init(okta:))
    }
}

extension Listing where Item == GroupMember {
    /// The members of one group. Okta sends whole users; only their ids are read.
    ///
    /// 1,000 a page is Okta's default here; where that takes too long, Okta fails and the page shrinks by itself.
    public static func members(ofGroup id: String) -> Listing {
        Listing(
            .memberships, callClass: "group_users", subject: id, path: "/api/v1/groups/\(id)/users",
            query: [("limit", "1000")], decode: GroupMember.init(okta:))
    }
}

extension Listing where Item == String {
    /// The ids of the groups that one user is in: the other side of `members(ofGroup:)`, in another rate limit. Okta sends
    /// whole groups on one page, Everyone among them.
    public static func groups(ofUser id: String) -> Listing {
        Listing(
            .memberships, callClass: "user_groups", subject: id, path: "/api/v1/users/\(id)/groups",
            decode: { record throws(RecordDefect) in try record.required("id") })
    }
}

/// One user's membership in a group.
public struct GroupMember: Sendable, Hashable {
    /// The user's Okta id.
    public let userID: String

    /// A membership.
    public init(userID: String) { self.userID = userID }

    init(okta record: JSONValue) throws(RecordDefect) {
        userID = try record.required("id")
    }
}

extension Group {
    init(okta record: JSONValue) throws(RecordDefect) {
        let profile = record["profile"]
        self.init(
            id: try record.required("id"), name: profile?["name"]?.text ?? "", type: record.text("type"))
        description = profile?["description"]?.text
        created = record["created"]?.timestamp
        lastUpdated = record["lastUpdated"]?.timestamp
        lastMembershipUpdated = record["lastMembershipUpdated"]?.timestamp
        sourceAppID = record["source"]?["id"]?.identifier ?? record["_links"]?["source"]?.linkedID
        if let stats = record["_embedded"]?["stats"] {
            usersCount = stats["usersCount"]?.integer
            appsCount = stats["appsCount"]?.integer
            // The specification misspells it, and the release notes have a plural.
            hasAdminPrivilege =
                (stats["hasAdminPrivilege"] ?? stats["hasAdminPrivlege"] ?? stats["hasAdminPrivileges"])?.boolean
        }
    }
}

extension JSONValue {
    /// The id at the end of a link's address: the last part of its path.
    var linkedID: String? {
        self["href"]?.withUTF8 { bytes -> String? in
            let path = bytes.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            guard let slash = path.lastIndex(of: UInt8(ascii: "/")), slash + 1 < path.endIndex else { return nil }
            return String(decoding: path[(slash + 1)...], as: UTF8.self)
        } ?? nil
    }
}
