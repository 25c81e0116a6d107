import Directory
import Logging
import OktaAPI
import Problems
import Storage

/// Reading again what the log's events touched.
extension LogTail {
    private static let workers = 16
    /// So many things that fail one after the other, before any is read, are no trouble of theirs.
    private static let manyFailures = 3
    /// Departments are counted again this often while people or assignments change.
    private static let departmentsEvery: Int64 = 600

    /// What became of one reading.
    private enum Reply {
        case answered
        /// Okta does not give the list of this person, nor of any other: the same can be read from the other side.
        case refusedByPerson
        case failed(Problem)
    }

    /// How the readings of one round went.
    private struct Tally {
        var answered = 0
        var refusedByPerson: Set<LogMark.Kind> = []
        var failed: [(reading: TailReading, problem: Problem)] = []
        /// What ends the round.
        var end: Problem?

        mutating func add(_ reading: TailReading, _ reply: Reply) {
            switch reply {
            case .answered: answered += 1
            case .refusedByPerson: refusedByPerson.formUnion(reading.marks.map(\.kind))
            case .failed(let problem):
                failed.append((reading, problem))
                let isEverything = answered == 0 && failed.count >= LogTail.manyFailures
                if isEverything || !Self.isOfOneThing(problem) { end = problem }
            }
        }

        /// Whether what failed for one thing need not fail for the others.
        static func isOfOneThing(_ problem: Problem) -> Bool {
            if Task.isCancelled { return false }
            let each = [OktaProblem.unreachable, .answerMalformed, .answerTooLarge, .pagingLoop].map(\.rawValue)
            return each.contains(problem.id)
        }
    }

    /// Reads again what some marks stand for, a few things at once. What cannot be read waits by itself.
    ///
    /// - Throws: what kept everything from being read.
    func answer(_ marks: [LogMark]) async throws(Problem) {
        let client = try await openClient()
        var context = try await tailRun(isNew: answering > 1)
        var sizes = try await store.sizes(of: marks)
        sizes.refusedByPerson = refusedByPerson.union(
            try await store.refusedWays(of: integrationID).keys.compactMap(LogMark.Kind.of))
        let refused = try await store.coverage(of: integrationID).filter(\.isRefused).map(\.resource)
        let readings = TailReading.of(marks, sizes: sizes)
        try await store.drop(readings.filter { refused.contains($0.resource) }.flatMap(\.marks), context)
        var tally = Tally()
        await withTaskGroup(of: (TailReading, Reply).self) { group in
            for (index, reading) in readings.filter({ !refused.contains($0.resource) }).enumerated() {
                if index >= Self.workers, let (reading, reply) = await group.next() { tally.add(reading, reply) }
                if tally.end != nil { break }
                do throws(Problem) {
                    // A full sync that began meanwhile must have the lower number.
                    if try await store.newestRun(of: integrationID) != context.runID { context = try await tailRun() }
                } catch {
                    tally.end = error
                    break
                }
                let run = syncRun(context, client)
                group.addTask { (reading, await Self.answer(reading, run)) }
            }
            for await (reading, reply) in group { tally.add(reading, reply) }
        }
        refusedByPerson.formUnion(tally.refusedByPerson)
        let (now, calls) = (clock.now(), newCalls())
        try await store.record(context) { writer in try writer.count(calls, at: now) }
        try await countDepartments(context)
        // Also where the round ends early: what fails each time must not keep what comes behind it from its turn.
        for (reading, problem) in tally.failed where Tally.isOfOneThing(problem) {
            open.postpone(reading.marks)
            let thing = reading.marks.first.map { "\($0.kind) \($0.subjectID) \($0.objectID)" } ?? ""
            logger.warning(
                "cannot read again what an event touched: it waits",
                metadata: ["of": "\(thing)", "problem": "\(problem.id)"])
        }
        if let end = tally.end { throw end }
    }

    private static func answer(_ reading: TailReading, _ run: SyncRun) async -> Reply {
        do throws(Problem) {
            do throws(Problem) {
                guard case .unreadable = try await reading.read(run, reading.marks) else { return .answered }
                if reading.isByPerson { return .refusedByPerson }
            } catch {
                // An event may name what has no address in Okta: no later answer will be another.
                guard error.id == OktaProblem.requestNotAllowed.rawValue else { throw error }
            }
            // What Okta does not give is not asked for again because of the same event.
            try await run.store.drop(reading.marks, run.context)
            return .answered
        } catch {
            return .failed(error)
        }
    }

    private func countDepartments(_ context: RunContext) async throws(Problem) {
        if let last = countedDepartments, context.seenAt.seconds - last.seconds < Self.departmentsEvery { return }
        countedDepartments = context.seenAt
        try await store.keepDepartments(of: context)
    }
}
