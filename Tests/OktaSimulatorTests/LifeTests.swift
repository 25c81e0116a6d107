import Testing

@testable import OktaSimulator

@Suite struct LifeTests {
    private func lived(_ hours: Int32, seed: UInt64 = 7) -> (before: Company, after: Company, end: Seconds) {
        var configuration = SimulatorConfiguration()
        configuration.people = 400
        configuration.groups = 80
        configuration.apps = 60
        configuration.seed = seed
        let origin: Seconds = 1_781_500_000
        let before = Company(configuration, origin: origin)
        var after = before
        var life = Life(seed: seed, origin: origin)
        let end = origin + hours * Calendar.hour
        life.live(until: Int64(end) * 1_000, &after)
        return (before, after, end)
    }

    @Test("a day of life brings a few events a minute, in order, with joiners and leavers")
    func events() {
        let (before, after, end) = lived(24)
        let fresh = after.events.dropFirst(before.events.count)
        #expect((2_000...20_000).contains(fresh.count))
        #expect(fresh.allSatisfy { $0.published > Int64(before.origin) * 1_000 && $0.published <= Int64(end) * 1_000 })
        #expect(zip(fresh, fresh.dropFirst()).allSatisfy { $0.published <= $1.published })
        #expect(after.people.count > before.people.count)
        #expect(fresh.contains { $0.type == .userDeactivate })
        #expect(fresh.contains { $0.type == .assignmentAdd })
    }

    @Test("the same seed lives the same life, in one go or bit by bit")
    func deterministic() {
        let whole = lived(6).after
        let (before, _, end) = lived(0)
        var stepwise = before
        var life = Life(seed: 7, origin: before.origin)
        for moment in stride(from: before.origin, through: end + 6 * Calendar.hour, by: 777) {
            life.live(until: Int64(moment) * 1_000, &stepwise)
        }
        life.live(until: Int64(before.origin + 6 * Calendar.hour) * 1_000, &stepwise)
        #expect(whole.events.map(\.published) == stepwise.events.map(\.published))
        #expect(whole.people.map(\.login) == stepwise.people.map(\.login))
        #expect(whole.assignments.rows.count == stepwise.assignments.rows.count)
        #expect(lived(6, seed: 8).after.events.map(\.published) != whole.events.map(\.published))
    }

    @Test("nobody holds an app twice or is in a group twice, and leavers keep only what the stories leave them")
    func invariants() {
        let (_, company, end) = lived(48)
        for links in [company.memberships, company.assignments] {
            var held: Set<Int64> = []
            for link in links.rows where link.holds(at: end) {
                #expect(held.insert(Int64(link.left) << 32 | Int64(link.right)).inserted)
            }
        }
        for link in company.memberships.rows where link.holds(at: end) {
            #expect(company.people[Int(link.right)].belongs(at: end))
        }
        for link in company.assignments.rows where link.via >= 0 && link.holds(at: end) {
            #expect(
                company.groups(of: Int(link.right), at: end).contains(Int(link.via)),
                "the granting group has the person")
        }
    }

    @Test("the log of a living tenant replays to its memberships and assignments")
    func replay() {
        let (before, after, end) = lived(48)
        func pairs(_ links: Links, _ moment: Seconds) -> Set<Int64> {
            Set(links.rows.filter { $0.holds(at: moment) }.map { Int64($0.left) << 32 | Int64($0.right) })
        }
        var memberships = pairs(before.memberships, before.origin)
        var assignments = pairs(before.assignments, before.origin)
        for event in after.events.dropFirst(before.events.count) {
            let pair = Int64(event.object) << 32 | Int64(event.subject)
            switch event.type {
            case .memberAdd: memberships.insert(pair)
            case .memberRemove: memberships.remove(pair)
            case .assignmentAdd: assignments.insert(pair)
            case .assignmentRemove: assignments.remove(pair)
            default: break
            }
        }
        #expect(memberships == pairs(after.memberships, end))
        #expect(assignments == pairs(after.assignments, end))
    }

    @Test("an id can be read back, and only as what it is")
    func identifiers() {
        let identifiers = Identifiers(seed: 7)
        for index in [0, 1, 61, 4_095, 1_999_999, 4_294_967_295] {
            let text = identifiers.text(.user, index)
            #expect(text.utf8.count == 20)
            #expect(text.hasPrefix("00u"))
            #expect(identifiers.index(.user, of: text) == index)
            #expect(identifiers.index(.group, of: text) == nil)
            #expect(identifiers.index(.user, of: text.lowercased()) == nil)
            #expect(Identifiers(seed: 8).index(.user, of: text) == nil)
        }
    }

    @Test("dates are read and written as ISO 8601, leap days and offsets included")
    func dates() {
        #expect(Calendar.milliseconds(parsing: "1970-01-01T00:00:00Z") == 0)
        #expect(Calendar.milliseconds(parsing: "2024-02-29") == 1_709_164_800_000)
        #expect(Calendar.milliseconds(parsing: "2026-06-15T12:00:00.250+02:00") == 1_781_517_600_250)
        #expect(Calendar.text(1_781_517_600) == "2026-06-15T10:00:00Z")
        #expect(Calendar.text(1_781_517_600, fraction: true) == "2026-06-15T10:00:00.000Z")
        #expect(Calendar.weekday(1_781_517_600) == 0)
        for wrong in ["", "yesterday", "2026-13-01", "2026-06-15T25:00:00Z", "2026-06-15Tnoon"] {
            #expect(Calendar.milliseconds(parsing: wrong) == nil)
        }
    }
}
