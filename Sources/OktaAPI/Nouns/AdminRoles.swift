public import Directory

extension Listing where Item == String {
    /// The ids of all users who hold an admin role directly: roles are asked for these only, not for everybody.
    public static var roleAssignees: Listing {
        Listing(
            .roles, callClass: "roles", path: "/api/v1/iam/assignees/users", query: [("limit", "100")], shape: .value,
            decode: { record throws(RecordDefect) in try record.required("id") })
    }
}

extension Listing where Item == AdminRole {
    /// The admin roles of one user, those held through groups included.
    public static func roles(ofUser id: String) -> Listing {
        Listing(
            .roles, callClass: "roles", subject: id, path: "/api/v1/users/\(id)/roles", decode: AdminRole.init(okta:))
    }

    /// The admin roles of one group.
    public static func roles(ofGroup id: String) -> Listing {
        Listing(
            .roles, callClass: "roles", subject: id, path: "/api/v1/groups/\(id)/roles", decode: AdminRole.init(okta:))
    }
}

extension AdminRole {
    init(okta record: JSONValue) throws(RecordDefect) {
        self.init(
            id: try record.required("id"), type: record.text("type"), label: record.text("label"),
            status: record.text("status"), assignmentType: record.text("assignmentType"))
        created = record["created"]?.timestamp
        lastUpdated = record["lastUpdated"]?.timestamp
        customRoleID = record["role"]?.identifier
        resourceSetID = record["resource-set"]?.identifier
    }
}
