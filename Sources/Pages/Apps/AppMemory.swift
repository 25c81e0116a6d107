import Directory
import Problems
import Storage

/// Remembers the apps looked at last, with how many people have and use them, until the next sync: someone who looks at an
/// app looks at several of its pages.
actor AppMemory {
    private static let most = 50
    private var kept: [(key: String, app: AppDetail)] = []

    /// The app at a moment; see `Store.app`.
    func app(_ name: String, _ store: Store, _ moment: Moment) async throws(Problem) -> AppDetail {
        let key =
            "\(try await ListMemory.state(of: store, moment)) \(moment.asOf) \(moment.today) \(moment.usageKnown) \(name)"
        if let position = kept.firstIndex(where: { $0.key == key }) {
            let found = kept.remove(at: position)
            kept.append(found)
            return found.app
        }
        let app = try await store.app(name, moment)
        kept.removeAll { $0.key == key }
        kept.append((key, app))
        if kept.count > Self.most { kept.removeFirst() }
        return app
    }
}
