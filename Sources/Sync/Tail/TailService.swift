public import Logging
import Problems
public import Storage

/// Follows the System Log of every connected tenant that was read once, for as long as the server lives.
public struct TailService: Sendable {
    private let integrations: Integrations
    private let store: Store
    private let pace: LogTail.Pace
    private let bells: TailBells
    private let logger: Logger

    /// How often it looks for tenants that were connected or let go meanwhile.
    private static let look = Duration.seconds(5)

    /// - Parameter seconds: how often each log is asked for while nothing happens; twice as often while changes come in.
    public init(integrations: Integrations, store: Store, seconds: Int, bells: TailBells, logger: Logger) {
        self.integrations = integrations
        self.store = store
        self.bells = bells
        self.logger = logger
        pace = LogTail.Pace(idle: .seconds(seconds), busy: .milliseconds(max(1_000, seconds * 500)))
    }

    /// Works until cancelled.
    public func run() async {
        await withTaskGroup(of: Int64.self) { group in
            var following: Set<Int64> = []
            // One child ends with each look: the others only when their tenant is let go.
            group.addTask { await Self.pause() }
            for await ended in group {
                if Task.isCancelled { break }
                guard ended == Self.looked else {
                    following.remove(ended)
                    continue
                }
                for integration in await connected() where following.insert(integration.id).inserted {
                    let tail = LogTail(integration, integrations, pace: pace)
                    let bell = bells.bell(of: integration.id)
                    group.addTask { [store] in
                        await Self.follow(integration, tail, bell, store)
                        return integration.id
                    }
                }
                group.addTask { await Self.pause() }
            }
            group.cancelAll()
        }
    }

    /// What the child that waits for the next look returns: no integration has this number.
    private static let looked: Int64 = -1

    private static func pause() async -> Int64 {
        try? await Task.sleep(for: look)
        return looked
    }

    /// Follows one tenant until it is let go.
    private static func follow(
        _ integration: Integration, _ tail: LogTail, _ bell: AsyncStream<Void>, _ store: Store
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await tail.run(bell: bell) }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: look)
                    let known = try? await store.integrations().first { $0.id == integration.id }
                    if let known, known.disconnectedAt == nil { continue }
                    if known != nil { break }
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func connected() async -> [Integration] {
        do {
            return try await store.integrations().filter { $0.disconnectedAt == nil }
        } catch {
            logger.warning("cannot look for tenants to follow", metadata: ["problem": "\(Problem.from(error).id)"])
            return []
        }
    }
}
