import Directory
import OktaSimulator
import Problems
import Storage
import Testing

/// Questions about one person, group or app at random dates, put to a store and to the simulator's truth.
///
/// Names are not asked for: the simulator tells those of today whatever the date.
struct SubjectQuestions {
    let fixture: TenantFixture
    let simulator: Simulator
    /// Added to each date in the question alone: the truth is told by the second, the log by the millisecond, and what
    /// happened within the second counts.
    var withinSecond: Int64 = 0

    /// The kinds of question, asked in turn.
    enum Kind: CaseIterable {
        case membersOfGroup, appsOfGroup, peopleOfApp, groupsOfPerson, appsOfPerson, rolesOfPerson, statusOfPerson
    }

    /// What came of all questions.
    struct Tally {
        var asked = 0
        var answered = 0
        /// Of things that were not there at the date.
        var absent = 0
        /// Where the answer says that it cannot know.
        var unknown = 0
    }

    /// As many questions as there are dates, each about a thing drawn from those that there are now or were at the date.
    func ask(_ dates: [Timestamp], seed: UInt64) async throws -> Tally {
        var dice = Dice(state: seed)
        let now = try ["users", "groups", "apps"].map { try Set(table($0, nil).rows.map { $0[0] }) }
        var tally = Tally()
        for (number, date) in dates.enumerated() {
            let kind = Kind.allCases[number % Kind.allCases.count]
            let (place, name) =
                switch kind {
                case .membersOfGroup, .appsOfGroup: (1, "groups")
                case .peopleOfApp: (2, "apps")
                default: (0, "users")
                }
            let then = try table(name, date)
            let ids = Set(then.rows.map { $0[0] }).union(now[place]).sorted()
            let id = ids[dice.roll(ids.count)]
            let moment = Moment(asOf: .at(Timestamp(rawValue: date.rawValue + withinSecond)), now: .now)
            tally.asked += 1
            let row = then.rows.first { $0[0] == id }.map { Dictionary(zip(then.columns, $0)) { first, _ in first } }
            guard let row else {
                let problem = await problem(kind, id, moment)
                #expect(problem?.explanation.contains("at that date") == true, "\(kind) of \(id) at \(date.iso8601)")
                tally.absent += 1
                continue
            }
            try await compare(kind, id, moment, try truth(kind, id, row, date), &tally)
        }
        return tally
    }

    /// What the log cannot tell is left open in the answer, and never told wrong: how somebody had an app that they no
    /// longer had when Muster came, and which role was taken from somebody before any event named it.
    private func compare(
        _ kind: Kind, _ id: String, _ moment: Moment, _ truth: [String], _ tally: inout Tally
    ) async throws {
        let place = "\(kind) of \(id) at \(moment.time.iso8601)"
        let isGap = try await fixture.store.grade(of: moment.asOf).grade == .gap
        if isGap, let problem = await problem(kind, id, moment) {
            tally.unknown += 1
            #expect(problem.explanation.contains("It was there before"), "\(place): \(problem)")
            return
        }
        let found = try await answer(kind, id, moment)
        let open = found.filter { $0.contains("UNKNOWN|") || $0.hasSuffix("||") }
        if isGap {
            tally.unknown += 1
            let isTrue = Set(found).subtracting(open).isSubset(of: truth)
            #expect(isTrue, "\(place): \(differences(found, truth))")
        } else if open.isEmpty {
            tally.answered += 1
            // Bound first: what is compared would be printed whole.
            let isTrue = found == truth
            #expect(isTrue, "\(place): \(differences(found, truth))")
        } else {
            tally.unknown += 1
            let (known, missing) = (Set(found).subtracting(open), Set(truth).subtracting(found))
            let isTrue = known.isSubset(of: truth)
            #expect(isTrue, "\(place): \(differences(found, truth))")
            func subjects(_ rows: Set<String>) -> [Substring] { rows.map { $0.prefix { $0 != "|" } }.sorted() }
            if kind == .rolesOfPerson {
                #expect(open.count == missing.count, "\(place): \(differences(found, truth))")
            } else {
                #expect(subjects(Set(open)) == subjects(missing), "\(place): \(differences(found, truth))")
            }
        }
    }

    private func problem(_ kind: Kind, _ id: String, _ moment: Moment) async -> Problem? {
        do {
            _ = try await answer(kind, id, moment)
            return nil
        } catch {
            return error as? Problem
        }
    }

    // MARK: answers

    private func answer(_ kind: Kind, _ id: String, _ moment: Moment) async throws -> [String] {
        let store = fixture.store
        switch kind {
        case .membersOfGroup:
            let group = try await store.group(id, moment)
            // Everyone's members are not kept one by one.
            guard let count = group.members else { return ["UNKNOWN|"] }
            if group.group.name == "Everyone" { return ["\(count)"] }
            let members = try await rows(.memberships(moment, of: .group(group.key, large: false)), ["user_id"])
            #expect(count == members.count)
            return members
        case .appsOfGroup:
            let group = try await store.group(id, moment)
            guard let apps = group.apps else { return ["UNKNOWN|"] }
            return ["\(group.group.type), \(apps.count) apps"]
        case .peopleOfApp:
            let app = try await store.app(id, moment)
            let people = try await rows(
                .assignments(moment, of: .app(app.key, large: false)), ["user_id", "scope", "group_id"])
            #expect(app.users == people.count)
            return (people + [app.groups.map { "given by \($0.count) groups" } ?? "UNKNOWN|"]).sorted()
        case .groupsOfPerson:
            let person = try await store.user(id, moment)
            return try await rows(.memberships(moment, of: .user(person.key)), ["group_id"])
        case .appsOfPerson:
            let person = try await store.user(id, moment)
            let columns = ["app_id", "scope", "group_id"]
            return try await rows(.assignments(moment, of: .user(person.key)), columns)
        case .rolesOfPerson:
            let roles = try await store.user(id, moment).roles
            return roles?.map { "\($0.type)|\($0.assignmentType)|\($0.viaGroup ?? "")" }.sorted() ?? ["UNKNOWN|"]
        case .statusOfPerson:
            let person = try await store.user(id, moment)
            return ["\(person.user.attributes.login ?? "") is \(person.user.status.rawValue)"]
        }
    }

    private func rows(_ list: ListDefinition, _ columns: [String]) async throws -> [String] {
        var found: [String] = []
        try await fixture.store.each(list, ListRequest()) { batch in
            found += batch.map { row in columns.map { row.text($0) }.joined(separator: "|") }
        }
        return found.sorted()
    }

    // MARK: truth

    private func truth(_ kind: Kind, _ id: String, _ row: [String: String], _ date: Timestamp) throws -> [String] {
        switch kind {
        case .membersOfGroup:
            if row["name"] == "Everyone" { return [row["members"] ?? ""] }
            return try these("memberships", date, "group_id", id, ["user_id"])
        case .appsOfGroup: return ["\(row["type"] ?? ""), \(row["apps"] ?? "") apps"]
        case .peopleOfApp:
            let people = try these("assignments", date, "app_id", id, ["user_id", "scope", "group_id"])
            return (people + ["given by \(row["assigned_groups"] ?? "") groups"]).sorted()
        case .groupsOfPerson: return try these("memberships", date, "user_id", id, ["group_id"])
        case .appsOfPerson:
            return try these("assignments", date, "user_id", id, ["app_id", "scope", "group_id"])
        case .rolesOfPerson:
            return try these("roles", date, "user_id", id, ["role", "assignment_type", "via_group"])
        case .statusOfPerson: return ["\(row["login"] ?? "") is \(row["status"] ?? "")"]
        }
    }

    private func these(
        _ name: String, _ date: Timestamp, _ key: String, _ id: String, _ columns: [String]
    ) throws -> [String] {
        let truth = try table(name, date)
        let place = try #require(truth.columns.firstIndex(of: key))
        let places = columns.compactMap { truth.columns.firstIndex(of: $0) }
        try #require(places.count == columns.count)
        return truth.rows.filter { $0[place] == id }.map { row in places.map { row[$0] }.joined(separator: "|") }
            .sorted()
    }

    private func table(_ name: String, _ date: Timestamp?) throws -> SimulatorTable {
        try simulator.print(name, asOf: date?.iso8601)
    }
}

/// Numbers that look random and are the same each time.
struct Dice {
    var state: UInt64

    mutating func roll(_ sides: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(sides, 1)))
    }

    /// Moments of the seconds before an end.
    mutating func dates(_ count: Int, within seconds: Int, before end: Timestamp) -> [Timestamp] {
        (0..<count).map { _ in end.advanced(bySeconds: -Int64(roll(seconds))) }
    }
}
