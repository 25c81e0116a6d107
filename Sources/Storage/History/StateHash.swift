import Crypto
import DatabaseEngine
public import Problems

/// One hash of everything that was true at a moment: equal for equal state, whatever keys, order or engine it is kept
/// with.
public struct StateHash: Sendable, Equatable {
    /// SHA-256 over the lines of the state, in hexadecimal.
    public let hash: String
    /// How many lines there are of each kind, in order.
    public let lines: [StateCount]
}

/// How many things of a kind a state holds.
public struct StateCount: Sendable, Equatable {
    /// `users`, `groups`, `apps`, `rules`, `memberships`, `app_groups`, `assignments` or `roles`.
    public let noun: String
    /// How many.
    public let count: Int
}

extension Store {
    /// The hash of the state at a moment. The lines it is made of are those of `eachStateLine`.
    public func stateHash(_ asOf: AsOf) async throws(Problem) -> StateHash {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try StateLines(connection: connection, workspaceID: workspaceID, asOf: asOf).hash()
        }
    }

    /// Every line of the state at a moment, in order, until `body` returns false: `sha256sum` over them, each ended by a
    /// line feed, is the state hash.
    public func eachStateLine(
        _ asOf: AsOf, _ body: @Sendable @escaping (String) -> Bool
    ) async throws(Problem) {
        let workspaceID = workspaceID
        try await engine.read { connection in
            try StateLines(connection: connection, workspaceID: workspaceID, asOf: asOf).each { _, line in body(line) }
        }
    }
}

extension StateLines {
    /// The hash of these lines.
    func hash() throws -> StateHash {
        var digest = SHA256()
        var buffer: [UInt8] = []
        var counts = Self.sections.map { (noun: $0.noun, count: 0) }
        try each { section, line in
            if let section { counts[section].count += 1 }
            buffer += line.utf8
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count >= 1 << 16 {
                digest.update(data: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
            return true
        }
        digest.update(data: buffer)
        return StateHash(
            hash: digest.finalize().map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }
                .joined(),
            lines: counts.map { StateCount(noun: $0.noun, count: $0.count) })
    }
}
