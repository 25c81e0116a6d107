/// How alike two names are, from 0 to 1.
enum NameLikeness {
    /// Jaro's likeness with Winkler's reward for the same beginning.
    static func jaroWinkler(_ left: [UInt8], _ right: [UInt8]) -> Double {
        let jaro = jaro(left, right)
        var prefix = 0
        while prefix < min(4, left.count, right.count), left[prefix] == right[prefix] { prefix += 1 }
        return jaro + Double(prefix) * 0.1 * (1 - jaro)
    }

    private static func jaro(_ left: [UInt8], _ right: [UInt8]) -> Double {
        if left == right { return 1 }
        guard !left.isEmpty, !right.isEmpty else { return 0 }
        let window = max(0, max(left.count, right.count) / 2 - 1)
        var usedRight = [Bool](repeating: false, count: right.count)
        var matched: [UInt8] = []
        for (position, byte) in left.enumerated() {
            let low = max(0, position - window)
            let high = min(right.count - 1, position + window)
            guard low <= high else { continue }
            for other in low...high where !usedRight[other] && right[other] == byte {
                usedRight[other] = true
                matched.append(byte)
                break
            }
        }
        guard !matched.isEmpty else { return 0 }
        var swapped = 0
        var next = 0
        for other in right.indices where usedRight[other] {
            if right[other] != matched[next] { swapped += 1 }
            next += 1
        }
        let count = Double(matched.count)
        return
            (count / Double(left.count) + count / Double(right.count) + (count - Double(swapped / 2)) / count) / 3
    }

    /// The likeness of what names are made of. A name whose words all stand at the beginning of the other is nearly the
    /// same (`zoom` of `zoom video communications`), one whose words stand further back less so: `air delta` is no `delta`.
    static func tokens(_ left: [Substring], _ right: [Substring]) -> Double {
        let (few, many) = left.count <= right.count ? (left, right) : (right, left)
        guard !few.isEmpty else { return 0 }
        if few.count == many.count, Set(few) == Set(many) { return 1 }
        let common = Set(few).intersection(many).count
        guard common == Set(few).count else {
            // Shared words of all words there are.
            return Double(common) / Double(Set(few).union(many).count)
        }
        let letters = few.reduce(0) { $0 + $1.utf8.count }
        guard letters >= 4, many.starts(with: few) else { return letters >= 4 ? 0.85 : 0.7 }
        return 0.95
    }

    /// The better of both.
    static func of(_ left: VendorName, _ right: VendorName) -> Double {
        max(jaroWinkler(Array(left.key.utf8), Array(right.key.utf8)), tokens(left.tokens, right.tokens))
    }
}
