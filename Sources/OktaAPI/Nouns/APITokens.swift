public import Directory

extension Listing where Item == APIToken {
    /// Every SSWS token of the tenant, without its secret.
    public static var apiTokens: Listing {
        Listing(.apiTokens, callClass: "api_tokens", path: "/api/v1/api-tokens", decode: APIToken.init(okta:))
    }
}

extension APIToken {
    init(okta record: JSONValue) throws(RecordDefect) {
        self.init(id: try record.required("id"), name: record.text("name"))
        userID = record["userId"]?.identifier
        clientName = record["clientName"]?.text
        created = record["created"]?.timestamp
        lastUpdated = record["lastUpdated"]?.timestamp
        expiresAt = record["expiresAt"]?.timestamp
    }
}
