import Directory
import Problems
import Storage

/// Remembers lists whose numbers take long to count, until the next sync changes them: departments, and apps and groups
/// as of a date. The few latest alone, and no list of more than some thousand rows.
actor ListMemory {
    private static let most = 12
    private var kept: [(key: String, list: ListDefinition)] = []
    private var everybody: (key: String, isListed: Bool)?
    /// From how many people on an app's or group's list are better found by walking everybody in order.
    private static let large = 5000

    /// What tells the data of one sync, or one minute of following the log, from that of the next.
    static func state(of store: Store, _ moment: Moment) async throws(Problem) -> String {
        let latest = try await store.runs(of: nil, limit: 1).first
        let full = "\(latest?.id ?? 0) \(latest?.status.rawValue ?? "") \(latest?.heartbeatAt.rawValue ?? 0)"
        // What the System Log tells is of the last minutes: it changes no date of long ago.
        if let time = moment.asOf.time, moment.now.seconds - time.seconds > 2 * 86_400 { return full }
        let tail = try await store.latestTail()
        return "\(full) \(tail?.rawValue ?? 0)"
    }

    /// Whether a list of so many people is better found by walking everybody in order of login, and nobody on it would be
    /// missed.
    func walksPeople(_ count: Int?, _ store: Store, _ moment: Moment) async throws(Problem) -> Bool {
        guard let count, count > Self.large else { return false }
        let key = "\(try await Self.state(of: store, moment)) \(moment.asOf)"
        if let everybody, everybody.key == key { return everybody.isListed }
        let isListed = try await store.listsEverybody(moment.asOf)
        everybody = (key, isListed)
        return isListed
    }

    /// The list of a noun at a moment; the same as ever, but quicker.
    func list(_ list: ListDefinition, _ store: Store, _ moment: Moment) async throws(Problem) -> ListDefinition {
        if moment.asOf == .now, list.noun != "departments" { return list }
        let key = "\(try await Self.state(of: store, moment)) \(moment.asOf) \(moment.usageKnown) \(list.noun)"
        if let position = kept.firstIndex(where: { $0.key == key }) {
            let found = kept.remove(at: position)
            kept.append(found)
            return found.list
        }
        let remembered = try await list.remembered(store)
        kept.removeAll { $0.key == key }
        kept.append((key, remembered))
        if kept.count > Self.most { kept.removeFirst() }
        return remembered
    }
}
