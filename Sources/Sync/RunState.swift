import Directory
import Problems
import Storage
import Synchronization

/// What a run has learned about what it may read, shared by its walks.
final class RunState: Sendable {
    private struct Tally {
        var readable = 0
        var refused = 0
        var coverage: Coverage?
    }

    /// How many lists in a row may be refused, none read, before the whole resource counts as refused.
    static let refusalsBeforeGivingUp = 3

    /// What the last check or run was refused: of these one list is asked for at a time until one is read.
    private let doubted: Set<Resource>

    private let tallies = Mutex<[Resource: Tally]>([:])
    private let stopped = Mutex<Problem?>(nil)

    init(doubted: Set<Resource> = []) { self.doubted = doubted }

    /// Whether it is still to be found out that a resource is refused.
    func isDoubted(_ resource: Resource) -> Bool { doubted.contains(resource) && refusal(of: resource) == nil }

    /// The first listing that had to be given up, if any: the run is then not complete.
    var problem: Problem? { stopped.withLock { $0 } }

    /// Notes that a list of this resource was read.
    func noteReadable(_ resource: Resource) { tallies.withLock { $0[resource, default: Tally()].readable += 1 } }

    /// Notes that a list of this resource was refused.
    func noteRefused(_ resource: Resource, _ coverage: Coverage) {
        tallies.withLock { tallies in
            tallies[resource, default: Tally()].refused += 1
            tallies[resource]?.coverage = coverage
        }
    }

    /// Notes a listing that could not be finished.
    func noteStopped(_ problem: Problem) { stopped.withLock { if $0 == nil { $0 = problem } } }

    /// The coverage to assume for lists not asked yet, once a resource is refused as a whole.
    func refusal(of resource: Resource) -> Coverage? {
        guard let tally = tallies.withLock({ $0[resource] }), tally.readable == 0,
            tally.refused >= Self.refusalsBeforeGivingUp
        else { return nil }
        return tally.coverage
    }

    /// What is known of every resource at the end.
    var coverage: [Resource: Coverage] {
        let tallies = tallies.withLock { $0 }
        var coverage: [Resource: Coverage] = [:]
        for resource in Resource.allCases {
            guard let tally = tallies[resource] else {
                coverage[resource] = .notTried
                continue
            }
            coverage[resource] = tally.readable > 0 ? .readable : tally.coverage ?? .notTried
        }
        return coverage
    }

    /// Lists that were refused although others of the same resource could be read.
    var refusedAmongReadable: Int {
        tallies.withLock { tallies in tallies.values.reduce(0) { $0 + ($1.readable > 0 ? $1.refused : 0) } }
    }
}
