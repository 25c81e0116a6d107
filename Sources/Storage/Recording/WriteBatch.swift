import DatabaseEngine
import Problems
import Synchronization

/// Writes the pages that wait at the same moment in one transaction.
///
/// While a transaction is on, further pages gather; the next one takes them all. Fails as a whole: the pages of a failed
/// transaction all learn why, and none of their checkpoints moved.
actor WriteBatch {
    private struct Waiting: Sendable {
        let work: @Sendable (RunWriter) throws -> Void
        let done: CheckedContinuation<Result<Void, Problem>, Never>
    }

    /// Bounds what one transaction holds back from the others.
    private static let most = 64

    /// How long a transaction waits for company. A commit rewrites every index page it touched; a few pages that commit
    /// together touch many of the same.
    private static let gathering = Duration.milliseconds(20)

    private var waiting: [Waiting] = []
    private var isWriting = false

    func record<Value: Sendable>(
        _ body: @escaping @Sendable (RunWriter) throws -> Value, _ context: RunContext, _ engine: Engine
    ) async throws(Problem) -> Value {
        let value = Slot<Value>()
        let outcome = await withCheckedContinuation { done in
            waiting.append(Waiting(work: { writer in value.set(try body(writer)) }, done: done))
            if !isWriting {
                isWriting = true
                // Not a child of whoever came first: that one's cancellation must not fail the pages of the others. All of
                // them wait for it, so it ends with them.
                Task { await writeAll(context, engine) }
            }
        }
        try outcome.get()
        guard let result = value.get() else { throw StorageProblem.cancelled }
        return result
    }

    private func writeAll(_ context: RunContext, _ engine: Engine) async {
        while !waiting.isEmpty {
            if waiting.count < Self.most / 2 { try? await Task.sleep(for: Self.gathering) }
            let batch = Array(waiting.prefix(Self.most))
            waiting.removeFirst(batch.count)
            let outcome: Result<Void, Problem>
            do throws(Problem) {
                let fresh = try await engine.write(.workspace(context.workspaceID)) { connection in
                    try context.lease?.require(on: connection)
                    let writer = try RunWriter(connection: connection, context: context, known: context.keys)
                    for one in batch { try one.work(writer) }
                    try writer.finish()
                    return writer.fresh
                }
                context.keys.add(fresh)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            for one in batch { one.done.resume(returning: outcome) }
        }
        isWriting = false
    }
}

/// Carries a result out of a transaction.
private final class Slot<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func set(_ new: Value) { value.withLock { $0 = new } }
    func get() -> Value? { value.withLock { $0 } }
}
