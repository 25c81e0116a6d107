import Directory
import OktaSimulator
import Storage
import Support
import Testing

@testable import Analysis

@Suite("Services that are discovered, against what is so in the tenant")
struct SurveyTests {
    private static let seeds: [UInt64] = [7, 11, 23]

    private static func moment(_ store: Store) async throws -> Moment {
        try await store.moment(.now, now: try #require(Timestamp(iso8601: DiscoveredTenant.now)))
    }

    @Test(
        "every service, those gone from the list included, with its people, departments, consents and last use",
        arguments: TestEngine.available, seeds)
    func truth(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await DiscoveredTenant.with(engine, seed: seed) { store, simulator in
            let survey = try await store.survey(try await Self.moment(store))
            let found = survey.services.map(Self.line).sorted()
            let table = try simulator.print("services", asOf: nil)
            let truth = table.rows.map { row -> String in
                // Where nobody signs in through Okta at all, nobody can tell; the truth knows that there was none.
                let isSilent = survey.service(row[0])?.active90 == nil
                #expect(!isSilent || row[4] == "0", "\(row)")
                return (isSilent ? Array(row[0...2]) + ["?", "?", "?"] + row[6...] : row).joined(separator: "|")
            }.sorted()
            #expect(found == truth)
            #expect(found.contains { $0.contains("|GONE|") })
        }
    }

    private static func line(_ service: DiscoveredService) -> String {
        func number(_ count: Int?) -> String { count.map(String.init) ?? "?" }
        return [
            service.id, service.label, service.standing.rawValue, number(service.active30), number(service.active90),
            number(service.departments90), String(service.consents?.people ?? 0),
            service.lastSeen.map { Timestamp(seconds: $0.seconds).iso8601 } ?? "",
        ].joined(separator: "|")
    }

    @Test(
        "the planted stories are found: consents with their people, and the app that is gone",
        arguments: TestEngine.available, seeds)
    func stories(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await DiscoveredTenant.with(engine, seed: seed) { store, simulator in
            let survey = try await store.survey(try await Self.moment(store))
            let stories = try simulator.print("stories", asOf: nil).rows
            let consents = survey.services.compactMap { service in
                service.consents.map { "\(service.id) \($0.people) people let it act for them" }
            }
            #expect(
                consents.sorted() == stories.filter { $0[0] == "oauth_consents" }.map { "\($0[2]) \($0[4])" }.sorted())
            let gone = survey.services.filter { $0.standing == .gone && $0.lastSeen != nil }.map(\.id)
            #expect(gone.sorted() == stories.filter { $0[0] == "app_gone" }.map { $0[2] }.sorted())
            let console = survey.console
            let visits = "\(console.people) people opened it \(console.visits) times within 90 days"
            #expect(stories.filter { $0[0] == "admin_console" }.map { $0[4] } == [visits])
            let wiki = try #require(survey.services.first { $0.standing == .gone })
            #expect(wiki.label == "Old Wiki" && wiki.sources.contains(.assignments) && wiki.goneSince != nil)
            #expect(wiki.consents?.oktaScopes == ["okta.users.read.self"])
            let otter = try #require(survey.services.first { $0.label == "Otter Notes AI" })
            #expect(otter.consents != nil && otter.sources == [.list, .assignments, .signIns, .consents])
        }
    }

    @Test("the tokens that programs use are told with whose rights they have", arguments: TestEngine.available)
    func tokens(_ engine: TestEngine) async throws {
        try await DiscoveredTenant.with(engine) { store, _ in
            let survey = try await store.survey(try await Self.moment(store))
            #expect(!survey.machines.isEmpty)
            #expect(survey.machines.allSatisfy { $0.ownerLogin?.contains("@") ?? false })
            #expect(survey.machines.contains { $0.ownerStatus == "DEPROVISIONED" })
        }
    }

    @Test("at a date before it was deleted, the app that is gone is in the list, and what came later is not there")
    func past() async throws {
        try await DiscoveredTenant.with(.sqlite) { store, simulator in
            let now = try #require(Timestamp(iso8601: DiscoveredTenant.now))
            let date = "2026-05-01"
            let then = try await store.moment(.at(try #require(Timestamp(iso8601: date))), now: now)
            let survey = try await store.survey(then)
            let truth = try simulator.print("services", asOf: date)
            let found = Set(survey.services.filter { $0.standing != .gone }.map(\.id))
            #expect(found == Set(truth.rows.filter { $0[2] != "GONE" }.map { $0[0] }))
            let wiki = try #require(survey.services.first { $0.label == "Old Wiki" })
            #expect(wiki.standing != .gone)
            let people = truth.rows.first { $0[1] == "Old Wiki" }.map { $0[4] }
            #expect(wiki.active90.map(String.init) == people)
        }
    }

    @Test("an empty store has no services, and nothing is known of their use")
    func empty() async throws {
        try await SampleStore.with(people: 0) { sample in
            let moment = try await sample.store.moment(.now, now: SampleStore.now)
            let survey = try await sample.store.survey(moment)
            #expect(survey.services.isEmpty && survey.machines.isEmpty && survey.console.visits == 0)
            #expect(!moment.usageKnown)
        }
    }
}
