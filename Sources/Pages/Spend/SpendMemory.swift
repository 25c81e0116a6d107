import Analysis
import Problems
import Storage

/// Remembers the checks of spend, which look at every invoice and its app's history, until something is decided, imported
/// or synced.
actor SpendMemory {
    private var kept: [(key: String, list: ListDefinition)] = []

    func checks(_ store: Store, _ moment: Moment) async throws(Problem) -> ListDefinition {
        let state = try await ListMemory.state(of: store, moment)
        let key = "\(state) \(try await store.lastDecision()) \(moment.asOf) \(moment.today)"
        if let found = kept.first(where: { $0.key == key }) { return found.list }
        let list = try await ListDefinition.spendChecks(moment).remembered(store)
        kept.append((key, list))
        if kept.count > 4 { kept.removeFirst() }
        return list
    }
}
