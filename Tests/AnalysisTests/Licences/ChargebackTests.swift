import Analysis
import Directory
import Testing

@Suite("Chargeback") struct ChargebackTests {
    private static let euro = Currency("EUR") ?? .unknown

    private static func seats(_ counts: [String: (Int, Int)]) -> [String: Licence.DepartmentSeats] {
        counts.mapValues { assigned, active in
            var seats = Licence.DepartmentSeats()
            seats.assigned = assigned
            seats.active = active
            return seats
        }
    }

    private static func amounts(_ charge: Chargeback) -> [String] {
        charge.shares.map { "\($0.department ?? "nobody") \($0.amount.plain)" }
    }

    @Test("by seats: 100.00 over 6 bought, Sales 2, IT 1: 33.33 + 16.67, and the 3 on the shelf 50.00 to nobody")
    func byLicence() {
        let charge = Chargeback(
            Money(minor: 10_000, Self.euro), by: .licence, purchased: 6,
            departments: Self.seats(["Sales": (2, 1), "IT": (1, 1)]))
        #expect(Self.amounts(charge) == ["IT 16.67", "Sales 33.33", "nobody 50.00"])
    }

    @Test(
        "by users: 100.00 over the 3 who use it: IT 2 of 3 = 66.67, Sales 1 of 3 = 33.33; used by nobody, charged to nobody"
    )
    func byUser() {
        let departments = Self.seats(["Sales": (8, 1), "IT": (2, 2)])
        let charge = Chargeback(Money(minor: 10_000, Self.euro), by: .user, purchased: 20, departments: departments)
        #expect(Self.amounts(charge) == ["IT 66.67", "Sales 33.33"])
        let unused = Chargeback(Money(minor: 10_000, Self.euro), by: .user, departments: Self.seats(["Sales": (8, 0)]))
        #expect(Self.amounts(unused) == ["nobody 100.00"])
    }

    @Test("by percentages: 99.99 at 40 % and 25 % = 40.00 + 25.00 − …, and what is left of 100 % is charged to nobody")
    func byPercent() {
        let charge = Chargeback(
            Money(minor: 9_999, Self.euro), by: .percent, departments: [:], percentages: ["Sales": 40, "IT": 25])
        #expect(Self.amounts(charge) == ["IT 25.00", "Sales 39.99", "nobody 35.00"])
    }

    @Test("whatever is divided, in whatever way, adds up to the cent")
    func sums() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<600 {
            var departments: [String: (Int, Int)] = [:]
            for number in 0..<Int.random(in: 0...30, using: &random) {
                let assigned = Int.random(in: 0...400, using: &random)
                departments["D\(number)"] = (assigned, Int.random(in: 0...assigned, using: &random))
            }
            let cost = Money(minor: Int64.random(in: -5_000_000...5_000_000_000, using: &random), Self.euro)
            var shares: [String: Int] = [:]
            for name in departments.keys { shares[name] = Int.random(in: 0...9, using: &random) }
            for way in Chargeback.Way.allCases {
                let charge = Chargeback(
                    cost, by: way, purchased: Int.random(in: 0...9_000, using: &random),
                    departments: Self.seats(departments), percentages: shares)
                #expect(charge.shares.reduce(0) { $0 + $1.amount.minor } == cost.minor)
            }
        }
    }
}
