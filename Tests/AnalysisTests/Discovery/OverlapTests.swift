import DatabaseEngine
import Directory
import Storage
import Support
import Testing

@testable import Analysis

@Suite("Where services overlap")
struct OverlapTests {
    /// A store of two whiteboards, a bookmark of a third one, and a chat: who signed in to what.
    private static func with(
        _ engine: TestEngine, _ uses: [(app: Int, people: ClosedRange<Int>)],
        _ body: (Survey) async throws -> Void
    ) async throws {
        try await SampleStore.with(engine, people: 0) { sample in
            let workspace = Value.integer(sample.store.workspaceID)
            let now = SampleStore.now.rawValue
            try await sample.store.engine.write { connection in
                try connection.execute(
                    """
                    INSERT INTO integrations (workspace_id, integration_id, name, base_url, org_id, pipeline, contact,
                        credential_kind, created_at, log_since, log_read_to)
                    VALUES ($1, 1, 'acme', 'https://acme.okta.com', '00oacme', 'idx', '', 'apiToken', 0, 0, $2)
                    """, [workspace, .integer(now)])
                let apps = [
                    ("miro", "Miro", "SAML_2_0"), ("lucidchart", "Lucid", "SAML_2_0"),
                    ("bookmark", "Mural", "BOOKMARK"),
                    ("slack", "Slack", "SAML_2_0"),
                ]
                for (position, app) in apps.enumerated() {
                    let key = Value.integer(Int64(1000 + position))
                    try connection.execute(
                        "INSERT INTO objects (workspace_id, object_key, integration_id, okta_id) VALUES ($1, $2, 1, $3)",
                        [workspace, key, .text("0oa\(position)")])
                    try connection.execute(
                        """
                        INSERT INTO apps (workspace_id, app_key, valid_from, from_how, opened_run, content_hash,
                            integration_id, okta_id, name, label, status, sign_on_mode, features, implicit_assignment,
                            hidden, created_at)
                        VALUES ($1, $2, 0, 4, 1, 0, 1, $3, $4, $5, 'ACTIVE', $6, '', 0, 0, 0)
                        """,
                        [workspace, key, .text("0oa\(position)"), .text(app.0), .text(app.1), .text(app.2)])
                }
                for use in uses {
                    for person in use.people {
                        try connection.execute(
                            "INSERT INTO last_uses (workspace_id, app_key, user_key, last_at) VALUES ($1, $2, $3, $4)",
                            [
                                workspace, .integer(Int64(1000 + use.app)), .integer(Int64(person)),
                                .integer(now - 86_400_000_000),
                            ])
                        try connection.execute(
                            """
                            INSERT INTO usage_daily (workspace_id, app_key, user_key, day, sign_ins, last_at)
                            VALUES ($1, $2, $3, $4, 1, $5)
                            """,
                            [
                                workspace, .integer(Int64(1000 + use.app)), .integer(Int64(person)),
                                .integer(Int64(SampleStore.now.day) - 1), .integer(now - 86_400_000_000),
                            ])
                    }
                }
            }
            let moment = try await sample.store.moment(.now, now: SampleStore.now)
            try await body(try await sample.store.survey(moment))
        }
    }

    @Test(
        "people 1–10 use one, 8–15 the other: union 15, both 3, of the smaller 3 / 8, only the first 7, only the second 5",
        arguments: TestEngine.available)
    func worked(_ engine: TestEngine) async throws {
        try await Self.with(engine, [(0, 1...10), (1, 8...15), (3, 1...15)]) { survey in
            let overlaps = survey.overlaps { $0.entry?.category }
            let one = try #require(overlaps.first)
            #expect(overlaps.count == 1 && one.category == .whiteboards && one.people == 15)
            #expect(one.services.map(\.label) == ["Miro", "Lucid"])
            let pair = try #require(one.pairs.first)
            #expect(pair.both == 3 && pair.onlyFirst == 7 && pair.onlySecond == 5)
            #expect(pair.share == 3.0 / 8.0)
        }
    }

    @Test("two services of a category that nobody uses both of do not overlap: 1–10 and 11–15 share 0")
    func apart() async throws {
        try await Self.with(.sqlite, [(0, 1...10), (1, 11...15)]) { survey in
            let overlaps = survey.overlaps { $0.entry?.category }
            #expect(overlaps.isEmpty)
        }
    }

    @Test("one person who uses two is enough: 1–10 and 10–20 share 1 of 10")
    func single() async throws {
        try await Self.with(.sqlite, [(0, 1...10), (1, 10...20)]) { survey in
            let overlaps = survey.overlaps { $0.entry?.category }
            let pair = try #require(overlaps.first?.pairs.first)
            #expect(pair.both == 1 && pair.share == 0.1)
        }
    }

    @Test("a bookmark is never compared, even where the log tells of its use")
    func bookmark() async throws {
        try await Self.with(.sqlite, [(0, 1...10), (2, 1...10)]) { survey in
            let overlaps = survey.overlaps { $0.entry?.category }
            #expect(overlaps.isEmpty)
            let mural = try #require(survey.services.first { $0.label == "Mural" })
            #expect(!mural.canOverlap && mural.active90 == 10)
        }
    }

    @Test("a category that people gave counts in place of the catalogue's")
    func overridden() async throws {
        try await Self.with(.sqlite, [(0, 1...4), (3, 3...6)]) { survey in
            let overlaps = survey.overlaps { $0.entry?.category }
            #expect(overlaps.isEmpty)
            let given = survey.overlaps { _ in .chat }
            let pair = try #require(given.first?.pairs.first)
            #expect(pair.both == 2 && pair.onlyFirst == 2 && pair.onlySecond == 2)
        }
    }

    @Test("what nobody signed in to is zero, but of a bookmark nobody can tell")
    func silent() async throws {
        try await Self.with(.sqlite, [(0, 1...1)]) { survey in
            let byLabel = Dictionary(uniqueKeysWithValues: survey.services.map { ($0.label, $0) })
            #expect(byLabel["Slack"]?.active90 == 0)
            #expect(byLabel["Mural"]?.active90 == nil && byLabel["Mural"]?.isObservable == false)
        }
    }

    @Test("sets of people count what they share, whatever their sizes")
    func sets() {
        func set(_ people: some Sequence<Int>) -> PersonSet {
            var set = PersonSet()
            for person in people { set.insert(person) }
            return set
        }
        let even = set(stride(from: 0, to: 1000, by: 2))
        let third = set(stride(from: 0, to: 300, by: 3))
        #expect(even.count == 500 && third.count == 100 && even.shared(with: third) == 50)
        #expect(third.shared(with: even) == 50 && even.shared(with: PersonSet()) == 0)
        #expect(even.intersection(third).members == Array(stride(from: 0, to: 300, by: 6)))
        var union = third
        union.formUnion(even)
        #expect(union.count == 550)
    }
}
