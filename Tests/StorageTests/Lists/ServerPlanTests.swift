import DatabaseEngine
import Directory
import Foundation
import Support
import Testing

@testable import Storage

/// A step of a plan of PostgreSQL that reads a table.
private struct ServerStep: CustomStringConvertible {
    let table: String
    /// Through which index; nil for all rows as they lie.
    let index: String?
    /// By what the index is entered.
    var condition = ""
    var description: String { "\(table) by \(index ?? "nothing"): \(condition)" }

    /// Whether more than the workspace is known.
    var isNarrow: Bool { condition.contains(" AND ") }

    static func steps(of plan: [String]) -> [ServerStep] {
        var steps: [ServerStep] = []
        for line in plan {
            let words = line.split(separator: " ").map(String.init)
            if let scan = words.firstIndex(of: "Scan"), scan > 0, let on = words.firstIndex(of: "on"), on > scan,
                words.count > on + 1
            {
                let using = words.firstIndex(of: "using").map { words[$0 + 1] }
                let isBitmap = words[scan - 1] == "Index" && words[max(scan - 2, 0)] == "Bitmap"
                steps.append(ServerStep(table: isBitmap ? "" : words[on + 1], index: isBitmap ? words[on + 1] : using))
            } else if let condition = line.firstRange(of: "Index Cond: "), !steps.isEmpty {
                steps[steps.count - 1].condition += String(line[condition.upperBound...])
            }
        }
        return steps
    }
}

@Suite(
    "PostgreSQL plans as SQLite does: through indexes",
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct ServerPlanTests {
    private static let now = Moment(now: SampleStore.now)
    private static let past = Moment(
        asOf: .at(SampleStore.now.advanced(bySeconds: -15 * 86_400)), now: SampleStore.now)
    /// Tables that grow with people, memberships, assignments and events.
    private static let big: Set<String> = [
        "users", "user_profiles", "memberships", "assignments", "objects", "usage_daily", "last_uses", "log_events",
        "changes", "calls",
    ]

    /// A small company whose plans are those of a big one: a pass over a whole table costs as much as it would there.
    private static func with(
        without steps: [String] = ["seqscan"], _ body: (Store) async throws -> Void
    ) async throws {
        let address = try await TestServer.shared.freshAddress()
        let engine = try Engine(path: address + steps.map { "%20-cenable_\($0)%3Doff" }.joined())
        try await SampleStore.with(people: 400) { sample in
            _ = try await StoreCopy(from: sample.store.engine, to: engine).run(now: SampleStore.now) { _ in }
            try await body(Store(engine: engine, workspaceID: sample.store.workspaceID))
        }
        try engine.close()
    }

    private static func check(_ plan: [String], _ what: String, narrow: Bool = false) {
        let steps = ServerStep.steps(of: plan)
        #expect(!steps.isEmpty, "\(what): \(plan)")
        for step in steps where big.contains(step.table) || step.table.isEmpty {
            if step.table.isEmpty || step.index != nil { if narrow { #expect(step.isNarrow, "\(what): \(step)") } }
        }
        for line in plan where line.contains("Seq Scan on ") {
            let table = line.split(separator: " ").drop { $0 != "on" }.dropFirst().first.map(String.init) ?? ""
            #expect(!big.contains(table), "\(what): \(line)\n\(plan.joined(separator: "\n"))")
        }
    }

    @Test("lists walk no big table as it lies, now and at a date in the past")
    func lists() async throws {
        try await Self.with { store in
            let requests = [
                ListRequest(), ListRequest(descending: true), ListRequest(search: "ada"),
                ListRequest(filters: [ListFilter(column: "id", comparison: .equal, value: "00u1")]),
            ]
            for moment in [Self.now, Self.past] {
                for noun in ["users", "groups", "apps", "assignments", "memberships", "roles"] {
                    let list = try #require(ListDefinition.named(noun, moment))
                    for request in requests where request.filters.isEmpty || noun == "users" {
                        Self.check(try await store.explain(list, request), "\(noun) \(request)")
                    }
                }
            }
        }
    }

    @Test("people are ordered and found through the indexes made for it, and apps and groups by name")
    func ordered() async throws {
        // A sort is taken only where no index gives the order: for a small company it would be quicker.
        try await Self.with(without: ["seqscan", "sort", "bitmapscan"]) { store in
            for (request, index) in [
                (ListRequest(), "users_listed"), (ListRequest(descending: true), "users_listed"),
                (ListRequest(sort: "last_login_at"), "users_by_last_login"),
                (ListRequest(sort: "last_login_at", descending: true), "users_by_last_login"),
                (
                    ListRequest(filters: [ListFilter(column: "status", comparison: .equal, value: "ACTIVE")]),
                    "users_by_status"
                ),
            ] {
                let plan = try await store.explain(.users(Self.now), request)
                #expect(ServerStep.steps(of: plan).contains { $0.index == index }, "\(plan.joined(separator: "\n"))")
                #expect(!plan.contains { $0.contains("Sort") }, "\(plan.joined(separator: "\n"))")
            }
            for (list, index) in [
                (ListDefinition.apps(Self.now), "apps_by_label"), (.groups(Self.now), "user_groups_by_name"),
            ] {
                let plan = try await store.explain(list, ListRequest())
                #expect(ServerStep.steps(of: plan).contains { $0.index == index }, "\(plan.joined(separator: "\n"))")
                #expect(!plan.contains { $0.contains("Sort") }, "\(plan.joined(separator: "\n"))")
            }
        }
    }

    @Test("the list of one app, group or person is found by its key")
    func scoped() async throws {
        try await Self.with { store in
            for moment in [Self.now, Self.past] {
                for list in [
                    ListDefinition.assignments(moment, of: .app(7, large: false)), .assignments(moment, of: .user(7)),
                    .memberships(moment, of: .group(7, large: false)), .memberships(moment, of: .user(7)),
                ] {
                    Self.check(try await store.explain(list, ListRequest()), "\(list.noun)", narrow: true)
                }
            }
        }
    }

    @Test("who of many does not use an app, or is not active, is found without going through all of them for each")
    func lacking() async throws {
        try await Self.with { store in
            for moment in [Self.now, Self.past] {
                let list = ListDefinition.assignments(moment, of: .app(430, large: true))
                for filter in ["sign_ins_90d=0", "sign_ins_30d>0", "user_status!=ACTIVE", "department="] {
                    let request = ListRequest(filters: [try ListFilter(parsing: filter, for: list)])
                    let plan = try await store.explain(list, request)
                    // PostgreSQL makes no join of NOT IN. As of a date it steps to the first version of whoever had none then.
                    if moment.asOf != .now { continue }
                    #expect(!plan.contains { $0.contains("NOT (") && $0.contains("SubPlan") }, "\(filter): \(plan)")
                }
                let unlisted = UnlistedPeople(workspaceID: store.workspaceID, asOf: moment.asOf)
                let plan = try await store.engine.read { connection in
                    try connection.explain(unlisted.joined, [.integer(unlisted.workspaceID)])
                }
                // People are joined before anybody looks for what each has.
                let join = try #require(plan.firstIndex { $0.contains("Anti Join") }, "\(plan)")
                let look = try #require(plan.firstIndex { $0.contains("on assignments a") }, "\(plan)")
                #expect(join < look, "\(plan.joined(separator: "\n"))")
            }
        }
    }

    @Test("one person, group or app is compared, and its history read, through indexes alone")
    func history() async throws {
        try await Self.with { store in
            for subject in [Difference.Subject.user(7), .group(405), .app(430)] {
                let difference = try Difference(
                    from: SampleStore.now.advanced(bySeconds: -30 * 86_400), to: SampleStore.now, subject: subject)
                Self.check(try await store.explain(difference), "difference of \(subject)", narrow: true)
                Self.check(
                    try await store.explainTimeline(of: subject, Self.now), "timeline of \(subject)", narrow: true)
            }
        }
    }

    @Test("the state of a date is read through indexes, in the order of Okta's ids")
    func state() async throws {
        try await Self.with { store in
            for section in StateLines.sections {
                for asOf in [AsOf.now, .at(SampleStore.now.advanced(bySeconds: -86_400))] {
                    let plan = try await store.engine.read { connection in
                        try connection.explain(section.sql(asOf), [.integer(store.workspaceID), .integer(1)])
                    }
                    Self.check(plan, section.noun)
                }
            }
        }
    }
}
