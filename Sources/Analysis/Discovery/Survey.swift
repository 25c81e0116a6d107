import DatabaseEngine
import Directory
public import Problems
public import Storage

/// Everything that tells of the services a company uses, worked out of the store at one moment.
public struct Survey: Sendable {
    /// The services, by label.
    public let services: [DiscoveredService]
    /// Programs with an API token.
    public let machines: [MachineClient]
    /// Who opens the admin console.
    public let console: ConsoleVisits
    /// What could not be read.
    public let unread: [Unread]
    /// Who signed in to which app within 90 days, by the app's key.
    let active: [Int64: PersonSet]
    /// The keys of people by the number that they have in the sets.
    let people: [Int64]

    /// Who signed in to a service within 90 days.
    public func active(_ service: DiscoveredService) -> PersonSet { active[service.key] ?? PersonSet() }

    /// The service with this id.
    public func service(_ id: String) -> DiscoveredService? { services.first { $0.id == id } }

    /// How far back "new" goes, in days.
    public static let newDays: Int64 = 30
}

extension DiscoveredService {
    /// Whether it was first seen within the 30 days before a moment.
    public func isNew(_ moment: Moment) -> Bool {
        firstSeen.map { $0 > moment.time.advanced(bySeconds: -Survey.newDays * 86_400) } ?? false
    }
}

extension Store {
    /// The services of the company at a moment.
    public func survey(_ moment: Moment) async throws(Problem) -> Survey {
        let workspaceID = workspaceID
        let unread = try await unread([.apps, .logs, .assignments, .apiTokens], moment)
        return try await engine.read { connection in
            try SurveyQueries(connection: connection, workspaceID: workspaceID, moment: moment).survey(unread: unread)
        }
    }
}

extension Survey {
    /// How many of some people use at least one of these services, too.
    public func shared(_ people: PersonSet, with services: [DiscoveredService]) -> Int {
        var others = PersonSet()
        for service in services { others.formUnion(active(service)) }
        return people.shared(with: others)
    }
}
