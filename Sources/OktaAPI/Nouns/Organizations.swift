import Directory

extension Organization {
    /// Nil when the body is not an Okta org's description of itself.
    init?(okta record: JSONValue) {
        guard record.isObject, let id = record["id"]?.identifier, id.hasPrefix("00o") || record["pipeline"] != nil
        else {
            return nil
        }
        self.init(id: id, pipeline: record["pipeline"]?.text)
    }
}
