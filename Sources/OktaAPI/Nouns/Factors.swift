public import Directory

extension Listing where Item == Factor {
    /// The factors that one user has enrolled, as far as Okta shows them to this machine's network zone.
    public static func factors(ofUser id: String) -> Listing {
        Listing(
            .factors, callClass: "factors", subject: id, path: "/api/v1/users/\(id)/factors",
            decode: Factor.init(okta:))
    }
}

extension Factor {
    init(okta record: JSONValue) throws(RecordDefect) {
        self.init(
            id: try record.required("id"), type: record.text("factorType"), provider: record.text("provider"),
            status: record.text("status"))
        created = record["created"]?.timestamp
        lastUpdated = record["lastUpdated"]?.timestamp
    }
}
