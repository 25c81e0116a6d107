public import Directory

extension Listing where Item == SystemLogEvent {
    /// The events between two times, oldest first. Finite; may miss events that Okta stored late.
    ///
    /// With event types, only those: up to about 50 fit into one question.
    public static func logs(since: Timestamp, until: Timestamp, eventTypes: [String] = []) -> Listing {
        Listing(
            .logs, callClass: "logs", path: "/api/v1/logs",
            query: [("since", since.iso8601), ("until", until.iso8601)] + filter(eventTypes)
                + [("sortOrder", "ASCENDING"), ("limit", "1000")], decode: SystemLogEvent.init(okta:))
    }

    /// Every event from a time on, in the order Okta stored them. Never ends: there is always a next page, and asking for
    /// it again later is how new events are found.
    public static func logPolling(since: Timestamp, eventTypes: [String] = []) -> Listing {
        Listing(
            .logs, callClass: "logs", path: "/api/v1/logs",
            query: [("since", since.iso8601)] + filter(eventTypes) + [("sortOrder", "ASCENDING"), ("limit", "1000")],
            shape: .endlessArray, decode: SystemLogEvent.init(okta:))
    }

    /// The newest event of the last seven days: the log's own clock, which decides what 90 days back is.
    public static var newestLogEvent: Listing {
        Listing(
            .logs, callClass: "logs", path: "/api/v1/logs", query: [("sortOrder", "DESCENDING"), ("limit", "1")],
            decode: SystemLogEvent.init(okta:))
    }

    private static func filter(_ eventTypes: [String]) -> [(name: String, value: String)] {
        guard !eventTypes.isEmpty else { return [] }
        return [("filter", eventTypes.map { "eventType eq \"\($0)\"" }.joined(separator: " or "))]
    }
}

extension SystemLogEvent {
    init(okta record: JSONValue) throws(RecordDefect) {
        guard let published = record["published"]?.timestamp else { throw RecordDefect.missing("published") }
        let uuid = try record.required("uuid")
        let isSignOn = record["eventType"]?.isText("user.authentication.sso") ?? false
        // Sign-ons are most of a log and counted, not kept: who and which app is all that is read of them.
        self.init(
            uuid: uuid, published: published,
            eventType: isSignOn ? Self.signOn : record.text("eventType"))
        result = record["outcome"]?["result"]?.text
        if let actor = record["actor"] {
            actorID = actor["id"]?.text
            actorType = actor["type"]?.text
            if !isSignOn { actorName = actor["displayName"]?.text }
        }
        if eventType.hasSuffix(".privilege.grant") {
            detail = record["debugContext"]?["debugData"]?["privilegeGranted"]?.text
        } else if eventType.hasSuffix(".consent.grant") {
            let data = record["debugContext"]?["debugData"]
            detail = data?["grantedScopes"]?.text ?? data?["scopes"]?.text ?? data?["scope"]?.text
        }
        for target in record.values("target") {
            if isSignOn, target["type"]?.isText("AppUser") ?? false { continue }
            targets.append(Target(okta: target))
        }
    }
}

extension SystemLogEvent.Target {
    fileprivate init(okta record: JSONValue) {
        let isUser = record["type"]?.isText("User") ?? false
        self.init(
            id: record.text("id"), type: record.text("type"), displayName: record["displayName"]?.text,
            login: isUser ? record["alternateId"]?.text : nil)
    }
}
