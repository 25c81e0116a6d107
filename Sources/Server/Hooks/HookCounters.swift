import Directory
import Storage
import Synchronization

/// Refused deliveries that are not written down yet: what strangers do must not become as many writes.
final class HookRefusals: Sendable {
    private struct Refused {
        var count = 0
        var written: Timestamp?
    }

    private let state = Mutex<[HookAddress: Refused]>([:])
    private static let pauseSeconds: Int64 = 5

    /// Counts one; returns how many to write down, or nil when that was done a moment ago. Only addresses that exist come
    /// here, so there are never more than tenants.
    func count(_ address: HookAddress, now: Timestamp) -> Int? {
        state.withLock { state in
            var refused = state[address] ?? Refused()
            defer { state[address] = refused }
            refused.count += 1
            if let written = refused.written, now.seconds - written.seconds < Self.pauseSeconds { return nil }
            refused.written = now
            defer { refused.count = 0 }
            return refused.count
        }
    }
}

/// When the inbox of each hook was last looked through for what nobody takes: once a minute is enough.
final class HookTrims: Sendable {
    private let state = Mutex<[HookAddress: Timestamp]>([:])

    func isDue(_ address: HookAddress, now: Timestamp) -> Bool {
        state.withLock { state in
            if let last = state[address], now.seconds - last.seconds < 60 { return false }
            state[address] = now
            return true
        }
    }
}

/// When it was last said that more is delivered than can be stored.
final class HookFloods: Sendable {
    private let said = Mutex<Timestamp?>(nil)

    func isDue(now: Timestamp) -> Bool {
        said.withLock { said in
            if let said, now.seconds - said.seconds < 60 { return false }
            said = now
            return true
        }
    }
}
