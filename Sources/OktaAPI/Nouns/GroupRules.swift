public import Directory

extension Listing where Item == GroupRule {
    /// Every rule that puts users into groups.
    public static var groupRules: Listing {
        Listing(
            .groupRules, callClass: "group_rules", path: "/api/v1/groups/rules", query: [("limit", "200")],
            decode: GroupRule.init(okta:))
    }
}

extension GroupRule {
    init(okta record: JSONValue) throws(RecordDefect) {
        let conditions = record["conditions"]
        self.init(id: try record.required("id"), name: record.text("name"), status: record.text("status"))
        expression = conditions?["expression"]?["value"]?.text
        groupIDs = record["actions"]?["assignUserToGroups"]?["groupIds"]?.identifiers ?? []
        excludedUserIDs = conditions?["people"]?["users"]?["exclude"]?.identifiers ?? []
        created = record["created"]?.timestamp
        lastUpdated = record["lastUpdated"]?.timestamp
    }
}

extension JSONValue {
    /// The ids in an array; what is no id is left out.
    var identifiers: [String] { values.compactMap { $0.identifier } }
}
