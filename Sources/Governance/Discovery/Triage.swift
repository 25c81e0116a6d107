public import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// A service with what people decided about it.
public struct TriagedService: Sendable, Identifiable {
    /// Okta's id.
    public var id: String { service.id }
    /// What Okta tells of it.
    public let service: DiscoveredService
    /// What holds; nil where nobody decided anything.
    public let decision: AppDecision?
    /// Who is responsible; nil where nobody said.
    public let owners: AppOwners?
    /// What people call it.
    public let facts: AppFacts
    /// What is decided and not so.
    public let contradictions: [Contradiction]
    /// What it cost in twelve months, one amount for each currency; empty where nothing is known.
    public let spend: [Money]

    /// The state: discovered where nobody decided anything.
    public var state: AppState { decision?.state ?? .discovered }
    /// The name people gave it, else what Okta calls it.
    public var name: String { facts.name ?? service.label }
    /// What it is for: as people say, else as the catalogue does.
    public var category: ServiceCategory? {
        facts.category.flatMap(ServiceCategory.init(rawValue:)) ?? service.entry?.category
    }

    /// What makes it worth a look, each with its points; their sum orders the board behind money and people.
    public var risks: [(why: String, points: Int)] {
        var risks = contradictions.map { (why: $0.sentence, points: $0.rule.isUrgent ? 3 : 1) }
        if let scopes = service.consents?.oktaScopes, !scopes.isEmpty {
            risks.append((why: "People let it use Okta's own API: \(scopes.joined(separator: ", ")).", points: 2))
        }
        if decision == nil, (service.active90 ?? 0) > 0 {
            risks.append((why: "People use it, and nobody decided anything.", points: 1))
        }
        return risks
    }
}

/// All services with what people decided, in the order in which they are worth a look.
public struct Triage: Sendable {
    /// By money, then people, then risk, then name.
    public let services: [TriagedService]
    /// What Okta tells.
    public let survey: Survey
    /// The moment.
    public let moment: Moment
    private let positions: [String: Int]

    init(_ services: [TriagedService], _ survey: Survey, _ moment: Moment) {
        let sorted = services.sorted { one, other in
            let left = Self.rank(one)
            let right = Self.rank(other)
            if left != right { return right.lexicographicallyPrecedes(left) }
            return (one.name.lowercased(), one.id) < (other.name.lowercased(), other.id)
        }
        self.services = sorted
        self.survey = survey
        self.moment = moment
        positions = Dictionary(sorted.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func rank(_ one: TriagedService) -> [Int64] {
        // Amounts of two currencies are not added: the largest of one speaks for the service.
        [
            one.spend.map(\.minor).max() ?? 0, Int64(one.service.active90 ?? 0),
            Int64(one.risks.reduce(0) { $0 + $1.points }),
        ]
    }

    /// The service with this id.
    public func service(_ id: String) -> TriagedService? { positions[id].map { services[$0] } }

    /// How many services are in a state.
    public func count(_ state: AppState) -> Int { services.count { $0.state == state } }

    /// The categories in which somebody uses two services.
    public var overlaps: [Overlap] { survey.overlaps { service($0.id)?.category ?? $0.entry?.category } }
}

extension Store {
    /// What people decided about the services of a survey, at its moment, and what does not agree with it.
    public func triage(_ survey: Survey, _ moment: Moment) async throws(Problem) -> Triage {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let queries = DecisionQueries(connection: connection, workspaceID: workspaceID)
            let decisions = try queries.decisions(moment.asOf)
            let owners = try queries.owners(moment.asOf)
            let facts = try queries.facts()
            let amounts = try ServiceSpend.amounts(connection, workspaceID, moment)
            let contradictions = try ContradictionFinder(
                connection: connection, workspaceID: workspaceID, moment: moment, decisions: decisions,
                owners: owners,
                services: Dictionary(survey.services.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
                spend: amounts
            ).find()
            let services = survey.services.map { service in
                TriagedService(
                    service: service, decision: decisions[service.id], owners: owners[service.id],
                    facts: facts[service.id] ?? AppFacts(), contradictions: contradictions[service.id] ?? [],
                    spend: amounts[service.id] ?? [])
            }
            return Triage(services, survey, moment)
        }
    }
}
