/// The simulator's own source of chance: SplitMix64, so that a seed means the same company on every machine.
struct Randomness: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// An independent stream for one object of one subject: what it draws never depends on how many others there are.
    init(_ seed: UInt64, _ subject: Subject, _ index: Int = 0) {
        state = scatter(seed &+ subject.rawValue &* 0xD1B5_4A32_D192_ED03) ^ scatter(UInt64(truncatingIfNeeded: index))
    }

    /// What a stream is drawn for; the raw values are part of every tenant, so they never change.
    enum Subject: UInt64, Sendable {
        case person = 1, team, group, membership, app, appGroup, assignment, usage, factor, life, fault, secret, event
        case story, profile, change
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return scatter(state)
    }

    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(bound, 1))).high)
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// A number from 0 up to, but not including, 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    /// A whole number whose average is `mean`.
    mutating func rounded(_ mean: Double) -> Int {
        let whole = mean.rounded(.down)
        return Int(whole) + (chance(mean - whole) ? 1 : 0)
    }
}

/// SplitMix64's finishing step: every input bit moves every output bit, and no two inputs meet.
func scatter(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
