import Directory
import Problems
import Storage
import WebSupport

/// How far what Muster shows can be believed, in a few words and one of three looks.
struct DataHealth: Sendable {
    enum Look: String { case good, attention, danger, unknown }

    let look: Look
    let title: String
    let since: Timestamp?
    let link: Link

    /// The worst of all connected tenants.
    static func of(_ store: Store, now: Timestamp) async throws(Problem) -> DataHealth {
        let integrations = try await store.integrations().filter { $0.disconnectedAt == nil }
        if integrations.isEmpty {
            return DataHealth(look: .unknown, title: "No tenant connected", since: nil, link: .connect)
        }
        var worst: DataHealth?
        for integration in integrations {
            let run = try await store.latestRun(of: integration.id)
            let tail = try await store.tailHealth(of: integration.id, now: now)
            let health = Self.health(integration, run, tail, now)
            if worst.map({ health.look.rank > $0.look.rank }) ?? true { worst = health }
        }
        return worst ?? DataHealth(look: .unknown, title: "No tenant connected", since: nil, link: .connect)
    }

    static func health(
        _ integration: Integration, _ run: RunRecord?, _ tail: TailHealth, _ now: Timestamp
    ) -> DataHealth {
        let link = Link.integration(integration.name)
        if let problem = integration.problem {
            return DataHealth(look: .danger, title: problem.title, since: integration.lastCallAt, link: link)
        }
        guard let run else {
            return DataHealth(look: .unknown, title: "Not synced yet", since: nil, link: link)
        }
        // What the log is followed for is as fresh as the last look into it.
        let followed = tail.isFollowing(at: now) ? tail.askedAt : nil
        let since = followed ?? run.finishedAt ?? run.heartbeatAt
        let old = now.seconds - since.seconds > 26 * 3600
        switch run.status {
        case .complete where old: return DataHealth(look: .attention, title: "Out of date", since: since, link: link)
        case .complete: return DataHealth(look: .good, title: "Complete", since: since, link: link)
        case .partial:
            return DataHealth(
                look: .attention, title: "Partial", since: since, link: .integration(integration.name, tab: "coverage"))
        case .held:
            return DataHealth(
                look: .attention, title: "Held for you", since: since, link: .run(integration.name, run.id))
        case .running:
            return DataHealth(look: .unknown, title: "Syncing", since: followed ?? run.startedAt, link: link)
        case .interrupted:
            return DataHealth(look: .attention, title: "Interrupted", since: since, link: link)
        case .failed: return DataHealth(look: .danger, title: "Failed", since: since, link: link)
        }
    }

    func badge(_ visit: Visit) -> HTML {
        let age: HTML = since.map { " <span class=\"age\">\(When.ago($0, now: visit.now))</span>" } ?? HTML()
        return """
            <a class="health \(look.rawValue)" href="\(visit.to(link))"><span class="dot" aria-hidden="true"></span>\
            <span class="sr">Data: </span>\(title)\(age)</a>
            """
    }
}

extension DataHealth.Look {
    var rank: Int {
        switch self {
        case .good: 0
        case .unknown: 1
        case .attention: 2
        case .danger: 3
        }
    }
}
