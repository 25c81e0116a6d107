import CLibPQ

extension ServerLink {
    /// Questions that are on their way at once: their answers lie in the buffers of the system until they are read.
    private static let mostQuestions = 128

    /// Asks one question with many sets of values, and gives the answer to each as it comes.
    func askAll(_ plan: ServerPlan, _ all: [[Value]], _ body: ([Value], ServerAnswer) -> Void) throws {
        var rest = all[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.mostQuestions)
            rest = rest.dropFirst(some.count)
            // Prepared before the first of them is sent: what is prepared in between would answer in between.
            for values in some { try shape(plan, values) }
            for values in some { try send(plan, values) }
            PQsendFlushRequest(handle)
            try settle()
            for values in some {
                while let result = try nextResult(plan.sql) { body(values, ServerAnswer(result)) }
            }
        }
    }

    /// Waits for the outcome of everything that was sent.
    func settle() throws {
        try release()
        try collect()
    }
}
