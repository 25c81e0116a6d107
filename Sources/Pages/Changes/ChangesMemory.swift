import Directory
import Problems
import Storage

/// Remembers how much changed between the dates looked at last, until the next sync: whoever looks at a comparison turns
/// its pages.
actor ChangesMemory {
    private static let most = 50
    private var kept: [(key: String, counts: [DifferenceCounts])] = []

    /// The counts of every noun of a comparison.
    func counts(_ difference: Difference, _ store: Store) async throws(Problem) -> [DifferenceCounts] {
        let state = try await ListMemory.state(of: store, Moment(asOf: difference.late, now: .now))
        let key =
            "\(state) \(difference.from.rawValue) \(difference.to.rawValue) \(difference.subject) \(difference.throughRun ?? -1)"
        if let found = kept.first(where: { $0.key == key }) { return found.counts }
        var counts: [DifferenceCounts] = []
        for noun in difference.nouns { counts.append(try await store.count(difference, noun)) }
        kept.removeAll { $0.key == key }
        kept.append((key, counts))
        if kept.count > Self.most { kept.removeFirst() }
        return counts
    }
}
