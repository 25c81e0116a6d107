import DatabaseEngine
import Logging
import Problems
import Storage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A tenant that this process, and no other, works for.
struct TenantHold: Sendable {
    let lease: Lease
    /// With the embedded database, a lock that ends with the process, however it ends.
    let file: FileLock?
}

/// The names under which a process holds leases: computer, process and a number that no other process has.
enum LeaseOwner {
    static let process: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let number = String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(String(decoding: host, as: UTF8.self))/\(getpid())/\(number)"
    }()

    private static let holds = Atomic<Int>(0)

    /// A name for one more hold.
    static func next() -> String { "\(process)/\(holds.wrappingAdd(1, ordering: .relaxed).newValue)" }
}

extension Integrations {
    /// The same for another workspace of the same database.
    func inWorkspace(_ id: Int64) -> Integrations {
        Integrations(
            store: Store(engine: store.engine, workspaceID: id), vault: vault, configuration: configuration,
            clock: clock, limits: limits, logger: logger)
    }

    /// Takes a tenant, or returns nil when somebody else has it.
    func take(_ integrationID: Int64, for purpose: Lease.Purpose) async throws(Problem) -> TenantHold? {
        var file: FileLock?
        if store.engine.dialect == .sqlite {
            file = try FileLock(
                ifFree: "\(configuration.lockFolder)/sync-\(store.workspaceID)-\(integrationID).lock")
            if file == nil { return nil }
        }
        // Who has the file's lock knows that any other holder is dead.
        let lease = try await store.takeLease(
            of: integrationID, owner: LeaseOwner.next(), for: purpose, seconds: configuration.leaseSeconds,
            evenIfHeld: file != nil)
        return lease.map { TenantHold(lease: $0, file: file) }
    }

    /// Runs work while this process has the tenant, and says meanwhile that it lives; gives the tenant up afterwards. The
    /// work is cancelled when somebody else took over, or when the tenant was disconnected.
    ///
    /// - Returns: what the work came to, and whether the tenant was lost to somebody else.
    func holding<Value: Sendable>(
        _ hold: TenantHold, _ work: @escaping @Sendable () async -> Value
    ) async -> (value: Value?, isLost: Bool) {
        let ended = await withTaskGroup(of: (Value?, Bool).self) { group in
            group.addTask { (await work(), false) }
            group.addTask { (nil, await beat(hold.lease)) }
            var ended: (value: Value?, isLost: Bool) = (nil, false)
            // Whichever ends first ends the other.
            for await (value, isLost) in group {
                ended = (value ?? ended.value, isLost || ended.isLost)
                group.cancelAll()
            }
            return ended
        }
        await release(hold)
        return ended
    }

    /// Renews a lease three times in its length, until cancelled, lost or no longer wanted.
    private func beat(_ lease: Lease) async -> Bool {
        let clock = ContinuousClock()
        let length = Duration.seconds(configuration.leaseSeconds)
        var renewed = clock.now
        while (try? await Task.sleep(for: length / 3)) != nil {
            let asked = clock.now
            do throws(Problem) {
                switch try await store.renew(lease, seconds: configuration.leaseSeconds) {
                case .held: renewed = asked
                case .unwanted: return false
                case .lost:
                    logger.warning("another process took over a tenant", metadata: metadata(lease))
                    return true
                }
            } catch {
                logger.warning(
                    "cannot renew a lease",
                    metadata: metadata(lease).merging(["problem": "\(error.id)"]) { one, _ in one })
                // Nobody can take over where a lock of the system holds the tenant.
                if store.engine.dialect != .sqlite, clock.now - renewed >= length { return true }
            }
        }
        return false
    }

    /// Gives a tenant up. A database that is just being restarted is waited for: until the lease ends by itself, nobody
    /// else could go on.
    func release(_ hold: TenantHold) async {
        let store = store
        let logger = logger
        let metadata = metadata(hold.lease)
        await Task {
            for attempt in 0..<5 {
                do throws(Problem) { return try await store.release(hold.lease) } catch {
                    logger.debug("cannot give up a lease", metadata: metadata)
                    if attempt < 4 { try? await Task.sleep(for: .seconds(1)) }
                }
            }
        }.value
        withExtendedLifetime(hold.file) {}
    }

    private func metadata(_ lease: Lease) -> Logger.Metadata {
        ["workspace": "\(lease.tenant.workspaceID)", "integration": "\(lease.tenant.integrationID)"]
    }

    /// Why a tenant cannot be had now.
    func busy(_ integration: Integration) async -> Problem {
        let holder = try? await store.leaseHolder(of: integration.id)
        let facts = holder.map { holder in
            " It is \(holder.owner.split(separator: "/").prefix(2).joined(separator: ", process ")), which last gave a sign "
                + "of life \(holder.silentSeconds) s ago."
        }
        return Problem(
            id: "sync.running", kind: .conflict, title: "“\(integration.name)” is being synced by another process",
            explanation: "Two syncs of one tenant at once would read everything twice." + (facts ?? ""),
            remedy:
                "Wait for it to finish; `muster integrations` shows how far it is. Should it be dead, its turn ends "
                + "after \(configuration.leaseSeconds) s without a sign of life.")
    }
}

/// Waits until the task is cancelled.
func untilCancelled() async {
    let (never, continuation) = AsyncStream<Never>.makeStream()
    for await _ in never {}
    continuation.finish()
}
