import Analysis
import Directory
import Testing

/// A licence of counts and lines as the examples need it.
private func licence(
    _ counts: [SeatBucket: Int] = [:], on day: String = "2026-07-02", policy: SeatPolicy = SeatPolicy(),
    peak: Int? = nil, grade: EvidenceGrade = .observed, _ lines: [LicenceLine]
) -> Licence {
    var buckets = SeatBuckets()
    for (bucket, count) in counts { buckets[bucket] = count }
    return Licence(
        appKey: 1, appID: "0oa1", appLabel: "App", product: "Pro", day: CalendarDay(day) ?? CalendarDay(rawValue: 0),
        lines: lines, policy: policy, evidence: SeatEvidence(grade), buckets: buckets, peakActive: peak)
}

private func line(
    _ seats: Int, _ price: Int64, _ period: PricePeriod = .year, from: String = "2026-01-01",
    to: String? = "2027-01-01", minimum: Int = 0, reducible: Bool = false, trueUp: TrueUpClause? = nil,
    kind: LicenceLine.Kind = .seats, currency: Currency = Currency("EUR") ?? .unknown
) -> LicenceLine {
    LicenceLine(
        product: "Pro", kind: kind, appID: "0oa1", seats: seats, price: price, period: period, currency: currency,
        starts: CalendarDay(from) ?? CalendarDay(rawValue: 0), ends: to.flatMap { CalendarDay($0) },
        minimumSeats: minimum, isReducible: reducible, trueUp: trueUp)
}

@Suite("Licences: the counts") struct LicenceCountTests {
    @Test("P = 60 + 40 of two lines in force; the third, which ended on the day, is none of them")
    func purchased() {
        let lines = [line(60, 100), line(40, 120), line(500, 100, from: "2025-07-02", to: "2026-07-02")]
        let inForce = lines.filter { $0.covers(CalendarDay("2026-07-02") ?? CalendarDay(rawValue: 0)) }
        #expect(licence([:], inForce).purchased == 100)
        #expect(licence([:], []).purchased == nil)
    }

    @Test("what is paid once belongs to the first year of a contract without an end: 1200 in 2024, 0 in 2026")
    func onceOnly() {
        let fee = line(0, 1200, from: "2024-01-01", to: nil, kind: .once)
        let first = CalendarDay("2024-06-01") ?? CalendarDay(rawValue: 0)
        let later = CalendarDay("2026-06-01") ?? CalendarDay(rawValue: 0)
        #expect(fee.total(on: first) == 1200 && fee.total(on: later) == 0)
    }

    @Test("S = max(0, 100 − 80) = 20 and O = 0; with 130 assigned S = 0 and O = 130 − 100 = 30")
    func shelfAndOverage() {
        let some = licence([.active: 80], [line(100, 100)])
        #expect(some.shelf == 20 && some.overage == 0)
        let many = licence([.active: 130], [line(100, 100)])
        #expect(many.shelf == 0 && many.overage == 30)
    }

    @Test("O = max(0, A − P·(1+g)): 110 − 101·1.05 = 110 − 106 whole seats = 4")
    func grace() {
        let clause = TrueUpClause(measure: .atDate, gracePercent: 5)
        #expect(licence([.active: 110], [line(101, 100, trueUp: clause)]).overage == 4)
        #expect(licence([.active: 106], [line(101, 100, trueUp: clause)]).overage == 0)
    }

    @Test("Rec = 3 + 2 + 5 + 10 = 20, Act = 4 + 1 + 55 = 60, set aside 1 + 6 + 13 = 20, and together A = 100")
    func sums() {
        let all = licence(
            [
                .leaver: 3, .suspended: 2, .protected: 1, .new: 6, .noData: 13, .neverUsed: 5, .inactive: 10,
                .underused: 4, .overlapping: 1, .active: 55,
            ], [line(125, 100)])
        #expect(all.reclaimable == 20 && all.active == 60 && all.buckets?.setAside == 20 && all.assigned == 100)
        #expect(all.allocation == Ratio(100, of: 125) && all.allocation?.percent == 80)
        #expect(all.seatUtilisation == Ratio(60, of: 80) && all.seatUtilisation?.percent == 75)
        #expect(all.effectiveUtilisation == Ratio(60, of: 125) && all.effectiveUtilisation?.percent == 48)
    }

    @Test(
        "T = max(10, ⌈max(50, 60·100 %)·1.1⌉ + 3) = 66 + 3 = 69; rounded to tens 70; the minimum of 80 wins over both")
    func rightSize() {
        let policy = SeatPolicy(knownHires: 3)
        #expect(licence([.active: 50], policy: policy, peak: 60, [line(100, 1, minimum: 10)]).rightSize == 69)
        #expect(Licence.rightSize(active: 50, peak: 60, SeatPolicy(knownHires: 3, roundTo: 10), minimum: 0) == 70)
        #expect(Licence.rightSize(active: 50, peak: 60, policy, minimum: 80) == 80)
        #expect(Licence.rightSize(active: 50, peak: 60, SeatPolicy(peakPercent: 50), minimum: 0) == 55)
        #expect(Licence.rightSize(active: 51, peak: 0, SeatPolicy(), minimum: 0) == 57, "56.1 is rounded up")
    }

    @Test("what single sign-on cannot tell is no figure: no active, no right size, no utilisation")
    func blind() {
        let blind = licence([.noData: 40], grade: .none, [line(50, 100)])
        #expect(blind.active == nil && blind.rightSize == nil && blind.seatUtilisation == nil)
        #expect(blind.effectiveUtilisation == nil && blind.renewalSaving == nil && blind.assigned == 40)
    }
}

@Suite("Licences: the money") struct LicenceMoneyTests {
    private let day = CalendarDay("2026-07-02") ?? CalendarDay(rawValue: 0)

    @Test(
        "100 seats at 120.00 a year = 12,000.00; July has 31 of 365 days = 1,019.18; annualised 12 × 1,019.18 = 12,230.16"
    )
    func amortisation() {
        let one = line(100, 12_000)
        #expect(one.total(on: day) == 1_200_000)
        #expect(one.cost(ofMonth: day.month, on: day) == 101_918)
        #expect(licence([.active: 10], [one]).money?.year == 1_223_016)
        let months = (0..<12).map { one.cost(ofMonth: 2026 * 12 + $0, on: day) }
        #expect(months.reduce(0, +) == 1_200_000, "the months sum to the cent")
    }

    @Test(
        "10.00 a month for 5 seats over 18 months = 10 · 5 · 18 = 900.00; for a year's 100.00 it is 5 · (100 + 100·181/365) = 747.95"
    )
    func periods() {
        let monthly = line(5, 1_000, .month, to: "2027-07-01")
        #expect(monthly.total(on: day) == 90_000)
        // Seats cost 5 · 100.00 a year together; 181 of the 365 days of the second year are 247.95.
        let yearly = line(5, 10_000, .year, to: "2027-07-01")
        #expect(yearly.total(on: day) == 74_795)
        #expect(line(5, 10_000, .term, to: "2029-01-01").total(on: day) == 50_000)
    }

    @Test("without an end the year of the line that the day is in counts: 2026-01-01 to 2027-01-01, then the next")
    func open() {
        let open = line(1, 36_500, to: nil)
        #expect(open.term(on: day)?.days == 365)
        let later = CalendarDay("2028-03-01") ?? day
        #expect(open.term(on: later).map { "\($0.starts.text) \($0.ends.text)" } == "2028-01-01 2029-01-01")
        #expect(open.total(on: later) == 36_500)
    }

    @Test("cost per active = 1,019.18 / 60 = 16.99 and per assigned 1,019.18 / 80 = 12.74 in July")
    func perSeat() {
        let money = licence([.active: 60, .inactive: 20], [line(100, 12_000)]).money
        #expect(money?.perActive == 1_699 && money?.perAssigned == 1_274)
    }

    @Test("a fee is in the cost and not in the price of a seat: 12,000 + 3,650 a year, a seat stays 120.00")
    func fees() {
        let both = licence([.active: 60], [line(100, 12_000), line(0, 365_000, kind: .fee)])
        #expect(both.money?.month == 132_918 && both.money?.seatYear == 12_000)
    }

    @Test(
        "(i) cash now = 0 unless the line can be reduced; else (100 − max(80 − 20, 0)) = 40 seats · (120.00 · 183/365 = 60.16) = 2,406.40"
    )
    func cashNow() {
        let counts: [SeatBucket: Int] = [.active: 60, .inactive: 20]
        #expect(licence(counts, [line(100, 12_000)]).cashNow == 0)
        // One seat from 2 July to the end: 12,000 · 183 / 365 = 6,016.44, rounded to 6,016 cents.
        #expect(licence(counts, [line(100, 12_000, reducible: true)]).cashNow == 240_640)
        #expect(licence(counts, [line(100, 12_000, minimum: 90, reducible: true)]).cashNow == 60_160)
    }

    @Test("(ii) avoided true-up = min(Rec 20, O 12) · 150.00 · 183/365 = 12 · 75.21 = 902.52")
    func avoided() {
        let clause = TrueUpClause(measure: .atDate, price: 15_000)
        let over = licence([.active: 92, .inactive: 20], [line(100, 12_000, trueUp: clause)])
        #expect(over.overage == 12 && over.avoidedTrueUp == 90_252)
        #expect(
            licence([.active: 92, .inactive: 20], [line(100, 12_000)]).avoidedTrueUp == 72_192, "at contract price")
    }

    @Test("(iii) renewal saving = max(0, P 100 − T 66) · 120.00 = 34 · 120.00 = 4,080.00")
    func renewal() {
        #expect(licence([.active: 60, .inactive: 20], [line(100, 12_000)]).renewalSaving == 408_000)
        #expect(licence([.active: 99], [line(100, 12_000)]).renewalSaving == 0)
    }

    @Test("the three sums stand beside each other and nothing adds them")
    func apart() throws {
        let clause = TrueUpClause(measure: .atDate)
        let money = try #require(
            licence([.active: 60, .inactive: 60], [line(100, 12_000, reducible: true, trueUp: clause)]).money)
        #expect(money.cashNow == 240_640 && money.avoidedTrueUp == 120_320 && money.renewalSaving == 408_000)
    }

    @Test("exposure at the date (112 − 100) = 12, at the peak (125 − 100) = 25, of the mean 3,300/30 − 100 = 10 seats")
    func exposure() {
        func exposure(_ measure: TrueUpClause.Measure) -> Int64? {
            var over = licence([.active: 112], [line(100, 36_500, trueUp: TrueUpClause(measure: measure))])
            over.period = Licence.AssignedPeriod(begins: day.adding(days: -29), days: 30, peak: 125, personDays: 3_300)
            return over.trueUpExposure
        }
        // One seat from 2 July on: 365.00 · 183 / 365 = 183.00.
        #expect(exposure(.atDate) == 219_600)
        #expect(exposure(.peak) == 457_500)
        #expect(exposure(.mean) == 183_000)
        var half = licence([.active: 112], [line(100, 36_500, trueUp: TrueUpClause(measure: .mean))])
        half.period = Licence.AssignedPeriod(begins: day, days: 2, peak: 112, personDays: 201)
        #expect(half.countedOverage == 50 && half.trueUpExposure == 9_150, "half a seat of the mean is half its price")
        half.period = nil
        #expect(half.trueUpExposure == nil, "days nobody knows are no exposure, not none")
    }

    @Test("amounts of two currencies are never added")
    func currencies() {
        let two = licence([.active: 1], [line(1, 100), line(1, 100, currency: Currency("USD") ?? .unknown)])
        #expect(two.money == nil && two.currencies.map(\.code) == ["EUR", "USD"])
    }

    @Test("spread: 100 over 1:1:1 = 34 + 33 + 33; −100 = −34 − 33 − 33; any amount over any weights sums to itself")
    func spread() {
        #expect(Amortisation.spread(100, over: [1, 1, 1]) == [34, 33, 33])
        #expect(Amortisation.spread(-100, over: [1, 1, 1]) == [-34, -33, -33])
        #expect(Amortisation.spread(10, over: [0, 0]) == [5, 5] && Amortisation.spread(10, over: []).isEmpty)
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let amount = Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)
            let weights = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                Int64.random(in: 0...5_000, using: &random)
            }
            let parts = Amortisation.spread(amount, over: weights)
            #expect(parts.reduce(0, +) == amount && parts.count == weights.count)
        }
    }

    @Test("periods of a true-up are counted from the first day of the term: quarters of 2026-02-15 begin on 05-15")
    func periodsOfClause() {
        let term = Term(CalendarDay("2026-02-15") ?? day, CalendarDay("2027-02-15") ?? day)
        func begin(_ every: TrueUpClause.Frequency, _ on: String) -> String {
            TrueUpClause(measure: .peak, every: every).begin(of: CalendarDay(on) ?? day, in: term).text
        }
        #expect(begin(.quarter, "2026-07-02") == "2026-05-15" && begin(.month, "2026-07-02") == "2026-06-15")
        #expect(begin(.quarter, "2026-02-20") == "2026-02-15" && begin(.term, "2026-07-02") == "2026-02-15")
        #expect(begin(.month, "2026-07-15") == "2026-07-15" && begin(.year, "2026-07-15") == "2026-02-15")
    }
}
