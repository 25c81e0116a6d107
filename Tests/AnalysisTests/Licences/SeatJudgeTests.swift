import Analysis
import Directory
import Storage
import Testing

@Suite("Buckets of seats") struct SeatJudgeTests {
    private static let now = Timestamp(iso8601: "2026-06-15T12:00:00Z") ?? Timestamp(seconds: 0)
    private static let moment = Moment(now: now, usageSince: now.advanced(bySeconds: -200 * 86_400))

    private static func ago(_ days: Int64) -> Int64 { now.advanced(bySeconds: -days * 86_400).rawValue }

    private static func bucket(
        _ seat: SeatFacts, _ policy: SeatPolicy = SeatPolicy(), grade: EvidenceGrade = .observed,
        calibrated: Int? = nil, at moment: Moment = Self.moment
    ) -> SeatBucket {
        SeatJudge(moment, policy, SeatEvidence(grade, calibratedDays: calibrated)).bucket(of: seat)
    }

    private static func seat(assigned: Int64 = 150, used: Int64? = nil) -> SeatFacts {
        SeatFacts(ownerSince: ago(700), assignedAt: ago(assigned), lastUse: used.map(ago), months: 0b111111)
    }

    @Test("the first bucket that fits, in order: leaver, suspended, protected, new, no data, never used, inactive, …")
    func order() {
        // A seat that fits everything; then what made it fit is taken away, one by one.
        var seat = SeatFacts(
            owner: .left, ownerSince: Self.ago(5), assignedAt: Self.ago(5), isProtected: true, isUsedElsewhere: true)
        #expect(Self.bucket(seat, grade: .none) == .leaver)
        seat.owner = .suspended
        #expect(Self.bucket(seat, grade: .none) == .suspended)
        seat.owner = .here
        #expect(Self.bucket(seat, grade: .none) == .protected)
        seat.isProtected = false
        #expect(Self.bucket(seat, grade: .none) == .new)
        seat.ownerSince = Self.ago(700)
        #expect(Self.bucket(seat, grade: .none) == .new)
        seat.assignedAt = Self.ago(150)
        #expect(Self.bucket(seat, grade: .none) == .noData)
        #expect(Self.bucket(seat) == .neverUsed)
        seat.lastUse = Self.ago(100)
        #expect(Self.bucket(seat) == .inactive)
        seat.lastUse = Self.ago(10)
        #expect(Self.bucket(seat) == .underused)
        seat.months = 0b111111
        #expect(Self.bucket(seat) == .overlapping)
        seat.isUsedElsewhere = false
        #expect(Self.bucket(seat) == .active)
    }

    @Test("window 60: used 60 days ago is inactive, 59 days ago active; calibrated 90 or set 20 move the line")
    func window() {
        #expect(Self.bucket(Self.seat(used: 60)) == .inactive)
        #expect(Self.bucket(Self.seat(used: 59)) == .active)
        #expect(Self.bucket(Self.seat(used: 60), calibrated: 90) == .active)
        #expect(Self.bucket(Self.seat(used: 90), calibrated: 90) == .inactive)
        #expect(Self.bucket(Self.seat(used: 20), SeatPolicy(windowDays: 20), calibrated: 90) == .inactive)
    }

    @Test("grace 30: assigned 29 days ago is new, 31 days ago never used; the same for people hired since")
    func grace() {
        #expect(Self.bucket(Self.seat(assigned: 29)) == .new)
        #expect(Self.bucket(Self.seat(assigned: 31)) == .neverUsed)
        var hired = Self.seat(assigned: 31)
        hired.ownerSince = Self.ago(10)
        #expect(Self.bucket(hired) == .new)
        #expect(Self.bucket(Self.seat(assigned: 9), SeatPolicy(graceDays: 7)) == .neverUsed)
    }

    @Test("an account that waits is suspended only once it has waited for longer than the grace period")
    func waiting() {
        var seat = Self.seat(used: 1)
        seat.owner = .waiting(since: Self.ago(40))
        #expect(Self.bucket(seat) == .suspended)
        seat.owner = .waiting(since: Self.ago(20))
        #expect(Self.bucket(seat) == .active)
    }

    @Test(
        "assigned 300 days ago with 200 days of log: no use since is inactive, never “never used”; with 20 days no data"
    )
    func shortLog() {
        #expect(Self.bucket(Self.seat(assigned: 300)) == .inactive)
        let short = Moment(now: Self.now, usageSince: Self.now.advanced(bySeconds: -20 * 86_400))
        #expect(Self.bucket(Self.seat(assigned: 300), at: short) == .noData)
        #expect(Self.bucket(Self.seat(assigned: 300, used: 3), at: short) == .active)
        let blind = Moment(now: Self.now, usageKnown: false)
        #expect(Self.bucket(Self.seat(assigned: 300, used: 3), at: blind) == .noData)
    }

    @Test("use before the seat was assigned again is no use of it")
    func again() { #expect(Self.bucket(Self.seat(assigned: 40, used: 50)) == .neverUsed) }

    @Test("underused below 30 %: 1 of 5 whole months (20 %) is, 2 of 5 (40 %) is not, and of 2 months nothing is said")
    func underused() {
        // The log reaches back 200 days, so that six whole months are known; the seat is five whole months old.
        var seat = Self.seat(assigned: 166, used: 3)
        seat.months = 0b00010
        #expect(Self.bucket(seat) == .underused)
        seat.months = 0b00011
        #expect(Self.bucket(seat) == .active)
        seat.months = 0b100001
        #expect(Self.bucket(seat) == .underused, "what lies before the seat was assigned does not count")
        var young = Self.seat(assigned: 80, used: 3)
        young.months = 0
        #expect(Self.bucket(young) == .active)
        #expect(Self.bucket(seat, SeatPolicy(underusedPercent: 0)) == .active)
    }

    @Test("each of 20,000 random seats is in exactly one bucket, and the sums of the kinds are all seats")
    func one() {
        var random = SeededRandom(seed: 11)
        var buckets = SeatBuckets()
        for _ in 0..<20_000 {
            func days() -> Int64? {
                Bool.random(using: &random) ? Self.ago(Int64.random(in: 0...400, using: &random)) : nil
            }
            let owners: [SeatFacts.Owner] = [.here, .here, .here, .left, .suspended, .waiting(since: days())]
            let seat = SeatFacts(
                owner: owners.randomElement(using: &random) ?? .here, ownerSince: days(), assignedAt: days(),
                isProtected: Int.random(in: 0..<20, using: &random) == 0, lastUse: days(),
                months: UInt32.random(in: 0...63, using: &random), isUsedElsewhere: Bool.random(using: &random))
            let grade: EvidenceGrade = Bool.random(using: &random) ? .observed : .none
            buckets[Self.bucket(seat, grade: grade)] += 1
        }
        #expect(buckets.all == 20_000)
        #expect(buckets.reclaimable + buckets.active + buckets.setAside == 20_000)
        #expect(SeatBucket.allCases.allSatisfy { buckets[$0] > 0 })
        for bucket in SeatBucket.allCases {
            #expect([bucket.isReclaimable, bucket.isActive, bucket.isSetAside].count { $0 } == 1)
            #expect(SeatBucket(name: bucket.name) == bucket)
        }
    }
}

/// The same numbers each time.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
