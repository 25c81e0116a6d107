import Analysis
import Directory
import Problems
import Storage

/// Remembers the use of the apps looked at last, until the log or a sync changes it.
actor UsageMemory {
    private static let most = 50
    private var kept: [(key: String, usage: AppUsage)] = []

    /// The use of an app at a moment; see `Store.usage`.
    func usage(of app: AppDetail, _ store: Store, _ moment: Moment) async throws(Problem) -> AppUsage {
        let state = try await ListMemory.state(of: store, moment)
        let counted = try await store.usageCountedAt(moment)?.rawValue ?? 0
        let key = "\(state) \(counted) \(moment.asOf) \(moment.today) \(moment.usageKnown) \(app.key)"
        if let position = kept.firstIndex(where: { $0.key == key }) {
            let found = kept.remove(at: position)
            kept.append(found)
            return found.usage
        }
        let usage = try await store.usage(of: app, moment)
        kept.removeAll { $0.key == key }
        kept.append((key, usage))
        if kept.count > Self.most { kept.removeFirst() }
        return usage
    }
}
