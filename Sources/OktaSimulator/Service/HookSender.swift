import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// How deliveries to an Event Hook went.
public struct HookTally: Sendable, Equatable {
    /// Whether the address proved to be whose it should be.
    public var isVerified = false
    /// Events that were posted and taken, each counted once.
    public var events = 0
    /// Posts that were taken, second ones included.
    public var taken = 0
    /// Posts that were refused with a status from 400 to 499, which Okta does not repeat.
    public var refused = 0
    /// Posts that failed twice, or were lost on purpose.
    public var lost = 0
}

/// Delivers what happens to one address, as Okta's Event Hooks do: verification first, then a post for each change or a few
/// of the same moment, 3 seconds to answer, one second try.
final class HookSender: Sendable {
    private let tenant: Tenant
    private let faults: FaultPlan
    private let url: String
    private let secret: String
    private let state = Mutex(HookTally())

    private static let most = 16
    private static let eventsAtOnce = 5

    init(_ tenant: Tenant, _ faults: FaultPlan, url: String, secret: String) {
        self.tenant = tenant
        self.faults = faults
        self.url = url
        self.secret = secret
    }

    var tally: HookTally { state.withLock { $0 } }

    /// Delivers until the task is cancelled: everything that happens after the address was verified.
    func run() async {
        guard await verify() else { return }
        var next = tenant.current().company.company.events.count
        var number = 0
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            while !Task.isCancelled {
                let (snapshot, now) = tenant.current()
                while let batch = Self.batch(snapshot.company, from: &next) {
                    if running == Self.most {
                        await group.next()
                        running -= 1
                    }
                    number += 1
                    let delivery = Delivery(number: number, events: batch)
                    let body = body(of: delivery, Renderer(company: snapshot.company, now: now, base: Self.source))
                    group.addTask { await self.deliver(delivery, body) }
                    running += 1
                }
                // A cancelled sleep ends the loop by its condition.
                try? await Task.sleep(for: .milliseconds(100))
            }
            group.cancelAll()
        }
    }

    struct Delivery {
        let number: Int
        let events: [Int]
    }

    private static let source = "https://acme.okta.example"

    /// The next few events of one second that hooks get; nil when there are none yet.
    private static func batch(_ company: Company, from next: inout Int) -> [Int]? {
        var batch: [Int] = []
        while next < company.events.count, batch.count < eventsAtOnce {
            let event = company.events[next]
            if event.type.isOfferedToHooks {
                if let first = batch.first, company.events[first].published / 1_000 != event.published / 1_000 { break }
                batch.append(next)
            }
            next += 1
        }
        return batch.isEmpty ? nil : batch
    }

    // MARK: Verification

    /// Okta asks when an admin presses a button; the simulator asks until somebody answers.
    private func verify() async -> Bool {
        while !Task.isCancelled {
            let challenge = "challenge-\(UInt64.random(in: .min ... .max))"
            var request = HTTPClientRequest(url: url)
            request.headers.add(name: "x-okta-verification-challenge", value: challenge)
            if let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(3)),
                response.status == .ok, let body = try? await response.body.collect(upTo: 65_536),
                let object = try? JSONSerialization.jsonObject(with: Data(body.readableBytesView)),
                (object as? [String: Any])?["verification"] as? String == challenge
            {
                state.withLock { $0.isVerified = true }
                return true
            }
            try? await Task.sleep(for: .seconds(1))
        }
        return false
    }

    // MARK: Delivery

    private func deliver(_ delivery: Delivery, _ body: [UInt8]) async {
        let fate = faults.hookFate(delivery.number)
        if fate.isLost { return state.withLock { $0.lost += 1 } }
        if fate.delay > 0 { try? await Task.sleep(for: .milliseconds(fate.delay)) }
        guard await post(body) else { return }
        state.withLock { $0.events += delivery.events.count }
        if fate.isTwice { _ = await post(body) }
    }

    /// Posts, and once more when nobody answers in time or the answer is a server's error.
    private func post(_ body: [UInt8]) async -> Bool {
        for _ in 0..<2 {
            guard !Task.isCancelled else { return false }
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "Authorization", value: secret)
            request.headers.add(name: "Content-Type", value: "application/json")
            request.headers.add(name: "User-Agent", value: "Okta-Event-Hooks/1.0")
            request.body = .bytes(body)
            guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(3)) else { continue }
            if (200..<300).contains(response.status.code) {
                state.withLock { $0.taken += 1 }
                return true
            }
            if (400..<500).contains(response.status.code) {
                state.withLock { $0.refused += 1 }
                return false
            }
        }
        state.withLock { $0.lost += 1 }
        return false
    }

    func body(of delivery: Delivery, _ renderer: Renderer) -> [UInt8] {
        let high = scatter(renderer.company.seed ^ 0xE0E0 &+ UInt64(delivery.number))
        var json = renderer.json(capacity: delivery.events.count * 2_200 + 512)
        json.object { json in
            json.word("eventType", "com.okta.event_hook")
            json.word("eventTypeVersion", "1.0")
            json.word("cloudEventsVersion", "0.1")
            json.text("source", Self.source + "/api/v1/eventHooks/" + renderer.id(.hook, 0))
            json.text("eventId", String(high, radix: 16) + String(scatter(high), radix: 16))
            json.object("data") { json in
                json.array("events") { json in
                    for event in delivery.events { renderer.event(event, inHook: true, into: &json) }
                }
            }
            json.moment("eventTime", milliseconds: Int64(renderer.now) * 1_000)
            json.word("contentType", "application/json")
        }
        return json.bytes
    }
}

extension EventType {
    /// Whether Okta offers it to hooks, and whoever is prudent takes it: sign-ins would use up a day's deliveries.
    var isOfferedToHooks: Bool {
        switch self {
        case .sso, .sessionStart, .mfaSignIn, .passwordExpire, .consentGrant, .adminConsole: false
        default: true
        }
    }
}
