import Testing

@testable import OktaAPI

@Suite("The gate of all requests")
struct RequestGateTests {
    private actor OpenCalls {
        private var now = 0
        private(set) var most = 0

        func enter() {
            now += 1
            most = max(most, now)
        }

        func leave() { now -= 1 }
    }

    @Test("a hundred calls at once stay within the cap, and buckets do not wait for each other")
    func concurrency() async throws {
        let open = OpenCalls()
        let gate = RequestGate(share: 0.5, maxConcurrency: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let permit = try await gate.enter(number % 2 == 0 ? "apps" : "users")
                    await open.enter()
                    await Task.yield()
                    await open.leave()
                    gate.finish(permit, headers: nil, date: nil, status: 200)
                }
            }
            try await group.waitForAll()
        }
        #expect(await open.most == 3)
        #expect(gate.budget.requests == 100 && gate.budget.inFlight == 0)
    }

    /// Before, a gate that let one go while another was cancelled stood still for ever, and the whole process with it.
    @Test("requests that end while others are cancelled never stop each other", .timeLimit(.minutes(2)))
    func cancelWhileFinishing() async throws {
        for round in 0..<20_000 {
            let gate = RequestGate(share: 1, maxConcurrency: 2)
            let work = Task {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<12 {
                        group.addTask {
                            guard let permit = try? await gate.enter("apps") else { return }
                            await Task.yield()
                            gate.finish(permit, headers: nil, date: nil, status: 200)
                        }
                    }
                }
            }
            for _ in 0..<(round % 16) { await Task.yield() }
            work.cancel()
            await work.value
            #expect(gate.budget.inFlight == 0)
        }
    }

    @Test("those who wait can be cancelled")
    func cancelWaiting() async throws {
        let gate = RequestGate(share: 0.5, maxConcurrency: 1)
        let permit = try await gate.enter("apps")
        let waiting = Task { try await gate.enter("apps") }
        await Task.yield()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        gate.finish(permit, headers: nil, date: nil, status: 200)
        let next = try await gate.enter("apps")
        gate.takeBack(next)
        #expect(gate.budget.inFlight == 0)
    }
}
