import Analysis
import Testing

@Suite("After how long a silence somebody has stopped using an app")
struct SilencesTests {
    /// Silences of known lengths, each beginning on the last day that leaves room for it.
    private func silences(
        days: Int, ended: [(count: Int, length: Int)] = [], open: [(count: Int, length: Int)] = []
    ) -> Silences {
        var silences = Silences(from: 0, to: days - 1)
        for (count, length) in ended { for _ in 0..<count { silences.add(after: 0, until: length) } }
        for (count, length) in open {
            for _ in 0..<count { silences.add(after: days - 1 - length, openUntil: days - 1) }
        }
        return silences
    }

    @Test(
        "100 of 160 silences end after 2 days and 60 go on: S(2) = 60/160, P(0) = 1 - 0.375 = 62.5 %, P(2) = 0, w = 2")
    func daily() {
        let silences = silences(days: 100, ended: [(100, 2)], open: [(60, 50)])
        let shares = silences.returning()
        #expect(shares[0] == 0.625 && shares[1] == 0.625 && shares[2] == 0)
        let window = silences.window()
        #expect(window.outcome == .calibrated && window.days == 2 && window.spells == 160 && window.silences == 60)
        #expect(window.judgedDays == 20, "50 days of silence less the 30 behind the window")
    }

    @Test("5 of 100 come back on day 40: S(40) = 95/100, P(10) = 5 % is not more than α, so w = 1")
    func atTheRisk() {
        let window = silences(days: 120, ended: [(5, 40)], open: [(95, 80)]).window()
        #expect(window.days == 1)
    }

    @Test("6 of 100 come back on day 40: P(10…39) = 6 % is more than α, so w = 40")
    func overTheRisk() {
        let silences = silences(days: 120, ended: [(6, 40)], open: [(94, 80)])
        #expect(abs(silences.returning()[10] - 0.06) < 1e-12)
        #expect(silences.returning()[9] == 0, "day 40 lies 31 days behind day 9")
        #expect(silences.window().days == 40)
    }

    @Test("censored silences leave the risk set: 10 ended of 50 at risk after 50 of 100 were cut, S = 1 - 10/50 = 0.8")
    func censoring() {
        let silences = silences(days: 120, ended: [(10, 20)], open: [(50, 10), (40, 100)])
        #expect(abs(silences.returning()[5] - 0.2) < 1e-12)
    }

    @Test("people who come at the end of each quarter are not dormant after a week: gaps of 76 days give w = 76, not 1")
    func quarterly() {
        var silences = Silences(from: 0, to: 399)
        for _ in 0..<60 {
            for quarter in 0..<4 { silences.add(after: quarter * 76, until: quarter * 76 + 76) }
            silences.add(after: 304, openUntil: 399)
        }
        for _ in 0..<60 { silences.add(after: 100, openUntil: 399) }
        #expect(silences.returning()[5] == 0)
        #expect(silences.window().days == 76)
    }

    @Test("with 90 known days a window and its 30 days fit only up to w = 59")
    func shortHistory() {
        let window = silences(days: 90, open: [(80, 89)]).window()
        #expect(window.judgedDays == 59)
        let shorter = silences(days: 31, open: [(80, 30)]).window()
        #expect(shorter.outcome == .short && shorter.days == nil)
    }

    @Test("49 silences are too few and 50 are enough")
    func few() {
        #expect(silences(days: 100, open: [(49, 60)]).window().outcome == .few)
        #expect(silences(days: 100, open: [(50, 60)]).window().days == 1)
        let unfollowed = silences(days: 100, ended: [(40, 1)], open: [(49, 60)]).window()
        #expect(unfollowed.outcome == .few && unfollowed.spells == 89, "49 of them tell of what came after a silence")
    }

    @Test("where people come back after the longest silence that is known, nobody can say")
    func returns() {
        let window = silences(days: 100, ended: [(60, 65)], open: [(60, 90)]).window()
        #expect(window.outcome == .returns && window.days == nil && window.judgedDays == 64)
        #expect(window.reason.contains("64 days (50 % within 30 more)"))
    }

    @Test(
        "back-test of w = 30 over days 0-119: dormant on days 89 and 59, back on day 100: 1 of 2 in 30, 1 of 1 in 60 days"
    )
    func backTest() {
        var silences = Silences(from: 0, to: 119)
        silences.add(after: 10, until: 100)
        silences.add(after: 100, openUntil: 119)
        let test = silences.backTest(30)
        #expect((test.dormant30, test.back30) == (2, 1))
        #expect((test.dormant60, test.back60) == (1, 1), "day 89 has no 60 days behind it")
        #expect((test.dormant90, test.back90) == (0, 0), "day 29 has no 30 days before it")
        #expect(silences.backTestDays(30).map(\.day) == [89, 59])
        #expect(silences.backTest(50).dormant30 == 1 && silences.backTest(80).dormant30 == 0)
    }

    @Test(
        "whoever lost the app is silent no longer: the silence counts up to that day and calls nobody dormant after it")
    func leavers() {
        var silences = Silences(from: 0, to: 119)
        silences.add(after: 10, openUntil: 50)
        #expect(silences.backTest(30).dormant30 == 0)
        silences.add(after: 10, openUntil: 60)
        #expect(silences.backTest(30).dormant30 == 1, "on day 59 it was held still")
    }

    @Test("days outside of those that are known, and days out of order, are left out")
    func badData() {
        var silences = Silences(from: 100, to: 199)
        silences.add(after: 99, until: 120)
        silences.add(after: 150, until: 200)
        silences.add(after: 150, until: 150)
        silences.add(after: 150, until: 140)
        silences.add(after: 150, openUntil: 149)
        silences.add(after: -5, openUntil: 9)
        #expect(silences.window().spells == 0)
        silences.add(after: 150, openUntil: .max)
        #expect(silences.window().spells == 1)
        #expect(Silences(from: 5, to: 1).window().outcome == .few)
    }

    @Test("random days of random people give the window and the back-test that counting one by one gives")
    func property() {
        let windows = (1...24).map { compared(seed: $0) }
        #expect(windows.count { $0 != nil } > 4 && windows.count { $0 == nil } > 4)
    }

    private func compared(seed: Int) -> Int? {
        var dice = Dice(state: UInt64(seed))
        let last = 40 + dice.roll(160)
        let pace = 1 + dice.roll(seed % 2 == 0 ? 40 : 6)
        let people = (0..<(100 + dice.roll(80))).map { _ -> Person in
            let quit = dice.roll(3) > 0 ? dice.roll(last + 1) : last
            var day = dice.roll(max(1, last / 3))
            var days: [Int] = []
            while day <= quit {
                days.append(day)
                day += 1 + dice.roll(pace)
            }
            return Person(days: days, lost: dice.roll(8) == 0 ? min(last, (days.last ?? 0) + dice.roll(60)) : last)
        }
        var silences = Silences(from: 0, to: last)
        for person in people {
            for (one, next) in zip(person.days, person.days.dropFirst()) { silences.add(after: one, until: next) }
            if let day = person.days.last { silences.add(after: day, openUntil: person.lost) }
        }
        let plain = Plain(people: people, last: last)
        let window = silences.window()
        #expect(window.days == plain.window)
        #expect(window.spells == plain.spells.count)
        for tried in [1, 14, 30, 60, 90] { #expect(silences.backTest(tried) == plain.backTest(tried)) }
        return window.days
    }
}

private struct Person {
    let days: [Int]
    /// The last day the person had the app.
    let lost: Int
}

/// The same questions answered the slow way, from the definitions.
private struct Plain {
    let people: [Person]
    let last: Int
    var spells: [(start: Int, length: Int, ended: Bool)] {
        people.flatMap { person -> [(start: Int, length: Int, ended: Bool)] in
            let ended = zip(person.days, person.days.dropFirst()).map { (start: $0, length: $1 - $0, ended: true) }
            guard let day = person.days.last else { return ended }
            return ended + [(start: day, length: person.lost - day, ended: false)]
        }
    }

    /// The share of silences that outlast each length.
    private func survivals(_ spells: [(start: Int, length: Int, ended: Bool)]) -> [Double] {
        var product = 1.0
        return (0...last).map { day in
            let atRisk = spells.count { $0.length >= day }
            let ends = spells.count { $0.length == day && $0.ended }
            if day > 0, atRisk > 0 { product *= 1 - Double(ends) / Double(atRisk) }
            return product
        }
    }

    var window: Int? {
        let spells = spells
        guard spells.count >= 50, last > 30 else { return nil }
        var best: Int?
        let known = (1..<max(2, last - 29)).filter { length in
            spells.count { spell in
                let isSilent = spell.ended ? spell.length > length : spell.length >= length + 30
                return isSilent && spell.start + length + 30 <= last
            } >= 50
        }
        let survivals = survivals(spells)
        for length in known.reversed() {
            let before = survivals[length]
            let share = before > 0 ? 1 - survivals[length + 30] / before : 0
            guard share <= 0.05 + 1e-9 else { break }
            best = length
        }
        return best
    }

    func backTest(_ window: Int) -> BackTest {
        var test = BackTest(window: window)
        for step in 1...12 {
            let day = last - 30 * step
            guard day >= window, day > 0 else { continue }
            for person in people where person.days.contains(where: { $0 <= day }) {
                let before = person.days.last { $0 <= day } ?? 0
                let next = person.days.first { $0 > day }
                guard day - before >= window, next != nil || person.lost >= day else { continue }
                func back(_ days: Int) -> Int { next.map { $0 <= day + days } ?? false ? 1 : 0 }
                if day + 30 <= last { (test.dormant30, test.back30) = (test.dormant30 + 1, test.back30 + back(30)) }
                if day + 60 <= last { (test.dormant60, test.back60) = (test.dormant60 + 1, test.back60 + back(60)) }
                if day + 90 <= last { (test.dormant90, test.back90) = (test.dormant90 + 1, test.back90 + back(90)) }
            }
        }
        return test
    }
}

/// Random numbers that are the same for a seed.
struct Dice {
    var state: UInt64

    /// A number from 0 to below `sides`.
    mutating func roll(_ sides: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(sides, 1)))
    }
}
