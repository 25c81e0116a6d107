import DatabaseEngine
import Directory
import Foundation
import Storage
import Support
import Synchronization
import Testing

/// Three workers on one PostgreSQL, and twenty workspaces that share four pretended tenants.
///
/// `MUSTER_FLEET_SECONDS` is how long workers are killed, on each of the two days.
@Suite(
    "A fleet", .serialized, .timeLimit(.minutes(60)),
    .enabled(if: TestEngine.available.contains(.postgresql), Comment(rawValue: TestEngine.missing)))
struct FleetTests {
    private static let seconds =
        ProcessInfo.processInfo.environment["MUSTER_FLEET_SECONDS"].flatMap { Int($0) } ?? 30

    @Test(
        "workers killed and frozen at random, on two days, leave every store as an undisturbed one, and no event counted twice"
    )
    func killed() async throws {
        let fleet = try await Fleet(workspaces: 20, tenants: 4)
        var whole = try await fleet.undisturbed()
        try await fleet.work(killingFor: .seconds(Self.seconds))
        try await fleet.expectEqual(whole, "on the first day")
        try await fleet.nextDay()
        whole = try await fleet.undisturbed()
        try await fleet.work(killingFor: .seconds(Self.seconds))
        try await fleet.expectEqual(whole, "on the second day")
        #expect(fleet.kills.withLock { $0 } > 5)
        // Each first taking is one, and each taking over one more.
        let fences = try await fleet.number("SELECT CAST(sum(fence) AS BIGINT) FROM leases")
        #expect(fences > 25, "\(fences)")
        #expect(try await fleet.number("SELECT max(attempts) FROM runs") > 1)
    }
}

/// The processes of a fleet with what they share.
private final class Fleet: Sendable {
    /// What a store comes to.
    struct State: Equatable {
        let hash: String
        let signIns: [String]
    }

    private let folder: TemporaryFolder
    private let environment: [String: String]
    private let engine: Engine
    private let stores: [Store]
    private let tenants: Mutex<[PretendTenant]>
    let kills = Mutex(0)

    private static let people = 40
    private static let size = ["--apps", "12", "--groups", "12", "--page-latency", "8"]

    init(workspaces: Int, tenants count: Int) async throws {
        folder = try TemporaryFolder()
        let address = try await TestServer.shared.freshAddress()
        engine = try Engine(path: address, connections: 4)
        environment = [
            "MUSTER_DATABASE": address, "MUSTER_KEY_FILE": folder.path + "/muster.key",
            "MUSTER_WORK_LEASE_SECONDS": "3",
        ]
        var tenants: [PretendTenant] = []
        for seed in 1...count {
            tenants.append(try await PretendTenant(people: Self.people, arguments: ["--seed", "\(seed)"] + Self.size))
        }
        var stores: [Store] = []
        for number in 0..<workspaces {
            let tenant = tenants[number % count]
            let connected = try await Muster.run(
                [
                    "connect", tenant.url, "--name", "acme", "--token-file", "-", "--data", folder.path, "--workspace",
                    "w\(number)",
                ], input: tenant.token, environment: environment)
            try #require(connected.status == 0, "\(connected.errors)")
            stores.append(try await Store.open(engine, workspace: "w\(number)", now: .now))
        }
        // The same tenants, each read by nobody else.
        for (number, tenant) in tenants.enumerated() {
            let connected = try await Muster.run(
                [
                    "connect", tenant.url, "--name", "acme", "--token-file", "-", "--data",
                    "\(folder.path)/whole-\(number)",
                ], input: tenant.token)
            try #require(connected.status == 0, "\(connected.errors)")
        }
        self.stores = stores
        self.tenants = Mutex(tenants)
    }

    func number(_ question: String) async throws -> Int64 {
        try await engine.read { try $0.first(question) { $0.integer(0) } } ?? -1
    }

    /// Three days later, at the same addresses.
    func nextDay() async throws {
        var next: [PretendTenant] = []
        for (number, tenant) in tenants.withLock({ $0 }).enumerated() {
            next.append(
                try await tenant.replaced(
                    people: Self.people, now: "2026-06-04T12:00:00Z",
                    arguments: ["--seed", "\(number + 1)"] + Self.size))
        }
        tenants.withLock { $0 = next }
    }

    /// What each tenant's store comes to without any disturbance.
    func undisturbed() async throws -> [State] {
        var states: [State] = []
        for number in tenants.withLock({ $0.indices }) {
            let data = ["--data", "\(folder.path)/whole-\(number)"]
            let synced = try await Muster.run(["sync"] + data)
            try #require(synced.status == 0, "\(synced.errors)")
            states.append(try await state(data, environment: [:]))
        }
        return states
    }

    private func state(_ data: [String], environment: [String: String]) async throws -> State {
        let hash = try await Muster.run(["state-hash"] + data, environment: environment)
        try #require(hash.status == 0, "\(hash.errors)")
        let usage = try await Muster.run(["report", "usage", "--format", "csv"] + data, environment: environment)
        try #require(usage.status == 0, "\(usage.errors)")
        let integrations = try await Muster.run(
            ["integrations", "--format", "csv"] + data, environment: environment)
        #expect(integrations.output.contains(",complete,"), "\(integrations.output)")
        return State(
            hash: hash.output, signIns: usage.output.split(separator: "\r\n").map(String.init).sorted())
    }

    func expectEqual(_ whole: [State], _ day: String) async throws {
        for number in stores.indices {
            let ended = try await state(
                ["--data", folder.path, "--workspace", "w\(number)"], environment: environment)
            let expected = whole[number % whole.count]
            #expect(ended.hash == expected.hash, "w\(number) \(day)")
            #expect(!expected.signIns.isEmpty && ended.signIns == expected.signIns, "w\(number) \(day)")
        }
    }

    /// Three workers sync the tenants again and again, while one of them after the other is killed and started again; in
    /// the end, undisturbed, each tenant once more.
    func work(killingFor duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 { group.addTask { try await self.worker(number, until: end) } }
            group.addTask { try await self.ask(until: end) }
            try await group.waitForAll()
        }
        let workers = try (0..<3).map { try start($0) }
        defer { for worker in workers { worker.send(SIGTERM) } }
        try await settle()
        let before = try await runs()
        for store in stores { try await store.requestSync(of: 1, afresh: true, now: .now) }
        while true {
            try await settle()
            if zip(before, try await runs()).allSatisfy({ $0 < $1 }) { return }
        }
    }

    private func runs() async throws -> [Int64] {
        var runs: [Int64] = []
        for store in stores { runs.append(try await store.latestRun(of: 1)?.id ?? 0) }
        return runs
    }

    /// Waits until no run is on and none is asked for.
    private func settle() async throws {
        for store in stores {
            while true {
                let isAsked = try await store.syncRequest(of: 1) != nil
                if !isAsked, let run = try await store.latestRun(of: 1), run.status.isFinished { break }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func start(_ number: Int) throws -> ChildProcess {
        try Muster.start(
            ["serve", "--role", "worker", "--port", "0", "--data", "\(folder.path)/worker-\(number)"],
            environment: environment)
    }

    /// A worker that is killed whenever, some after a while without any sign of life, and started again.
    private func worker(_ number: Int, until end: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < end {
            let process = try start(number)
            try await Task.sleep(for: .milliseconds(.random(in: 800...6_000)))
            if Int.random(in: 0..<3) == 0 {
                // Longer than its lease: it comes back to tenants that others have by now.
                process.send(SIGSTOP)
                try await Task.sleep(for: .milliseconds(.random(in: 3_500...6_000)))
                process.send(SIGCONT)
                try await Task.sleep(for: .milliseconds(.random(in: 200...3_000)))
            }
            process.send(SIGKILL)
            process.wait()
            kills.withLock { $0 += 1 }
            try await Task.sleep(for: .milliseconds(.random(in: 50...1_000)))
        }
    }

    /// Somebody asks for syncs all the time.
    private func ask(until end: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < end {
            try await stores.randomElement()?.requestSync(of: 1, afresh: Int.random(in: 0..<4) == 0, now: .now)
            try await Task.sleep(for: .milliseconds(150))
        }
    }
}
