/// Some people of a tenant, as bits: what many apps share is counted in a moment.
public struct PersonSet: Sendable, Equatable {
    private var words: [UInt64] = []

    /// Nobody.
    public init() {}

    /// Adds a person by a small number.
    mutating func insert(_ person: Int) {
        let word = person >> 6
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] |= 1 << UInt64(person & 63)
    }

    /// How many there are.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// How many of them are in another set, too.
    public func shared(with other: PersonSet) -> Int {
        zip(words, other.words).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
    }

    /// Those of both.
    func intersection(_ other: PersonSet) -> PersonSet {
        var both = PersonSet()
        both.words = zip(words, other.words).map { $0 & $1 }
        return both
    }

    /// Adds those of another.
    mutating func formUnion(_ other: PersonSet) {
        if words.count < other.words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for position in other.words.indices { words[position] |= other.words[position] }
    }

    /// The numbers of those in it, in order.
    var members: [Int] {
        words.indices.flatMap { word in
            (0..<64).compactMap { words[word] & (1 << UInt64($0)) == 0 ? nil : word * 64 + $0 }
        }
    }
}
