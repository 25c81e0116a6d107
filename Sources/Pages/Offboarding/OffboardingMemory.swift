import Analysis
import Governance
import Problems
import Storage

/// Remembers who has left, and the lists beside, until the next sync or import changes them: of a hundred thousand people
/// they take a second to work out.
actor OffboardingMemory {
    private static let most = 4
    private var populations: [(key: String, population: LeaverPopulation)] = []
    private var overlaid: [(key: String, closings: OffboardingClosings, list: ListDefinition)] = []
    private var lists: [(key: String, list: ListDefinition)] = []

    func population(_ store: Store, _ moment: Moment) async throws(Problem) -> LeaverPopulation {
        let key = try await key(store, moment)
        if let found = populations.first(where: { $0.key == key }) { return found.population }
        let population = try await store.leavers(moment)
        populations.append((key, population))
        if populations.count > Self.most { populations.removeFirst() }
        return population
    }

    /// The list of leavers with what people decided laid over it: the same rows until somebody decides something.
    func leavers(_ store: Store, _ moment: Moment) async throws(Problem) -> ListDefinition {
        let key = try await key(store, moment)
        let closings = try await store.offboardingClosings(moment)
        if let found = overlaid.first(where: { $0.key == key && $0.closings == closings }) { return found.list }
        let list = try await ListDefinition.offboarding(try await population(store, moment), closings, moment)
            .remembered(store)
        overlaid.append((key, closings, list))
        if overlaid.count > Self.most { overlaid.removeFirst() }
        return list
    }

    /// A list whose rows are worked out, kept as it is.
    func list(_ list: ListDefinition, _ store: Store, _ moment: Moment) async throws(Problem) -> ListDefinition {
        let key = "\(list.noun) \(try await key(store, moment))"
        if let found = lists.first(where: { $0.key == key }) { return found.list }
        let remembered = try await list.remembered(store)
        lists.append((key, remembered))
        if lists.count > Self.most * 4 { lists.removeFirst() }
        return remembered
    }

    /// Days pass without a sync: who has left by the roster, and what is past its time, changes with them.
    private func key(_ store: Store, _ moment: Moment) async throws(Problem) -> String {
        let state = try await ListMemory.state(of: store, moment)
        let roster = try await store.rosterState()
        return "\(state) \(roster) \(moment.asOf) \(moment.usageKnown) \(moment.today)"
    }
}
