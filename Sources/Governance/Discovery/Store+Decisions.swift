import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

extension Store {
    /// Okta's id of the service that a person means by an id, a label or a name.
    ///
    /// - Throws: `discovery.service.unknown`, `discovery.service.ambiguous`.
    public func serviceID(_ name: String) async throws(Problem) -> String {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try DecisionQueries(connection: connection, workspaceID: workspaceID).oneServiceID(name)
        }
    }

    /// Decides about services, all or none of them.
    ///
    /// - Parameters:
    ///   - services: ids, labels or names.
    ///   - alternative: the id, label or name of what people should use instead.
    /// - Throws: `discovery.*`, each naming what would be right; nothing is changed then.
    public func decide(
        _ services: [String], state: String, reason: String?, alternative: String? = nil, actor: String,
        now: Timestamp
    ) async throws(Problem) {
        guard let decided = AppState(naming: state) else { throw DiscoveryProblem.unknownState(state) }
        let reason = Self.trimmed(reason) ?? ""
        guard !reason.isEmpty else { throw DiscoveryProblem.noReason }
        try Self.limit(reason, DiscoveryProblem.longest.reason, "reason")
        let other = Self.trimmed(alternative)
        try Self.check(services)
        let workspaceID = workspaceID
        try await write { connection in
            let queries = DecisionQueries(connection: connection, workspaceID: workspaceID)
            let alternative = try other.map(queries.oneServiceID)
            for name in services {
                let id = try queries.oneServiceID(name)
                guard id != alternative else { throw DiscoveryProblem.alternativeIsItself }
                try queries.decide(id, decided, reason: reason, alternative: alternative, actor: actor, now: now)
                let instead = alternative.map { "; instead: \($0)" } ?? ""
                try AuditNote(
                    actor: actor, action: "app.state", subject: id, detail: "\(decided.rawValue): \(reason)\(instead)"
                ).write(on: connection, workspaceID: workspaceID, at: now)
            }
        }
    }

    /// Says who is responsible for services; what the request leaves out stays as it was.
    ///
    /// - Throws: `discovery.*`; nothing is changed then.
    public func own(
        _ services: [String], _ request: OwnersRequest, actor: String, now: Timestamp
    ) async throws(Problem) {
        for (text, what) in [
            (request.owner, "owner"), (request.backup, "backup owner"), (request.finance, "finance owner"),
            (request.department, "department"),
        ] {
            try Self.limit(text ?? "", DiscoveryProblem.longest.person, what)
        }
        try Self.check(services)
        let workspaceID = workspaceID
        try await write { connection in
            let queries = DecisionQueries(connection: connection, workspaceID: workspaceID)
            func person(_ text: String?, _ former: AppOwners.Owner?) throws -> AppOwners.Owner? {
                guard let text else { return former }
                return try Self.trimmed(text).map(queries.person)
            }
            let held = try queries.owners(.now)
            for name in services {
                let id = try queries.oneServiceID(name)
                let former = held[id]
                let owners = AppOwners(
                    appID: id, owner: try person(request.owner, former?.owner),
                    backup: try person(request.backup, former?.backup),
                    finance: try person(request.finance, former?.finance),
                    department: request.department == nil ? former?.department : Self.trimmed(request.department),
                    actor: actor, from: now, to: nil)
                try queries.own(id, owners, now: now)
                let all = owners.all.map { "\($0.role) \($0.owner.name)" } + [owners.department].compactMap(\.self)
                try AuditNote(
                    actor: actor, action: "app.owner", subject: id,
                    detail: all.isEmpty ? "nobody" : all.joined(separator: ", ")
                ).write(on: connection, workspaceID: workspaceID, at: now)
            }
        }
    }

    /// Gives a service a name, a category or a note of the company's own: nil leaves one as it is, an empty text takes it
    /// away. They outlive updates of the catalogue.
    ///
    /// - Throws: `discovery.*`; nothing is changed then.
    public func describe(
        _ service: String, name: String? = nil, category: String? = nil, note: String? = nil, actor: String,
        now: Timestamp
    ) async throws(Problem) {
        try Self.limit(name ?? "", DiscoveryProblem.longest.name, "name")
        try Self.limit(note ?? "", DiscoveryProblem.longest.note, "note")
        var wanted: ServiceCategory?
        if let text = Self.trimmed(category) {
            guard let found = ServiceCategory(naming: text) else { throw DiscoveryProblem.unknownCategory(text) }
            wanted = found
        }
        let categoryID = wanted?.rawValue
        let workspaceID = workspaceID
        try await write { connection in
            let queries = DecisionQueries(connection: connection, workspaceID: workspaceID)
            let id = try queries.oneServiceID(service)
            var facts = try queries.facts()[id] ?? AppFacts()
            if let name { facts.name = Self.trimmed(name) }
            if category != nil { facts.category = categoryID }
            if let note { facts.note = Self.trimmed(note) }
            try queries.note(id, facts, actor: actor, now: now)
            let told = [
                facts.name.map { "name \($0)" }, facts.category.map { "category \($0)" },
                facts.note.map { _ in "a note" },
            ]
            try AuditNote(
                actor: actor, action: "app.describe", subject: id,
                detail: told.compactMap(\.self).joined(separator: ", ")
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Everything that was decided about a service, the latest first.
    public func decisions(about appID: String, _ moment: Moment) async throws(Problem) -> [AppDecision] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try DecisionQueries(connection: connection, workspaceID: workspaceID).history(of: appID, until: moment.time)
        }
    }

    /// Everybody who was responsible for a service, the latest first.
    public func owners(of appID: String, _ moment: Moment) async throws(Problem) -> [AppOwners] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try DecisionQueries(connection: connection, workspaceID: workspaceID)
                .ownerHistory(of: appID, until: moment.time)
        }
    }

    // MARK: what was written

    private static func check(_ services: [String]) throws(Problem) {
        guard (1...DiscoveryProblem.most).contains(services.count) else { throw DiscoveryProblem.nothingChosen }
    }

    private static func limit(_ text: String, _ most: Int, _ what: String) throws(Problem) {
        if text.unicodeScalars.count > most { throw DiscoveryProblem.tooLong(what, most) }
    }

    /// A text without the space around it; nil where nothing is left.
    static func trimmed(_ text: String?) -> String? {
        guard let text else { return nil }
        let begun = text.drop { $0.isWhitespace }
        let whole = String(begun.reversed().drop { $0.isWhitespace }.reversed()).filter { $0 != "\0" }
        return whole.isEmpty ? nil : whole
    }
}

extension DecisionQueries {
    func oneServiceID(_ name: String) throws -> String {
        guard let name = Store.trimmed(name) else { throw DiscoveryProblem.unknownService("") }
        let ids = try serviceID(name)
        guard let id = ids.first else { throw DiscoveryProblem.unknownService(name) }
        guard ids.count == 1 else { throw DiscoveryProblem.ambiguous(name) }
        return id
    }
}
