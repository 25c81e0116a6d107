public import DatabaseEngine
import Directory
public import Problems

/// One line of the call ledger: a call, and the hash that chains it to the line before.
public struct LedgerLine: Sendable, Equatable {
    /// The call.
    public let call: CallRecord
    /// SHA-256 over the hash of the line before and this call's position, time, method, path, status, items, bytes, request
    /// id and the hash of the answer's body.
    public let chainSHA256: [UInt8]

    /// The names of a line's columns, as files have them.
    public static let columns = [
        "position", "called_at", "run", "method", "path", "call_class", "bucket", "status", "items", "bytes",
        "duration_us", "retry", "request_id", "body_sha256", "chain_sha256",
    ]

    /// The values of the columns; nil where there is none.
    public var values: [Value] {
        [
            .integer(call.position), .text(call.calledAt.iso8601), .optional(call.runID), .text(call.method),
            .text(call.path), .text(call.callClass), .text(call.bucket), .integer(Int64(call.status)),
            .optional(call.items.map(Int64.init)), .integer(Int64(call.bytes)), .integer(call.durationMicroseconds),
            .integer(Int64(call.retry)), .optional(call.requestID), .text(Self.hex(call.bodySHA256)),
            .text(Self.hex(chainSHA256)),
        ]
    }

    /// The line as CSV.
    public var csv: String {
        values.map { value in
            switch value {
            case .integer(let number): String(number)
            case .text(let text): CSVText.cell(text)
            case .null, .real, .blob: ""
            }
        }.joined(separator: ",") + "\r\n"
    }

    /// The line as a JSON object.
    public var json: String {
        JSONText.object(
            zip(Self.columns, values).map { name, value in
                switch value {
                case .integer(let number): (name, String(number))
                case .text(let text): (name, JSONText.quoted(text))
                case .null, .real, .blob: (name, "null")
                }
            })
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension Store {
    /// The ledger of an integration, oldest first, from the line after a position.
    public func ledger(
        of integrationID: Int64, after position: Int64 = 0, limit: Int = 1000
    ) async throws(Problem) -> [LedgerLine] {
        let workspace = workspaceID
        return try await engine.read { connection in
            try connection.query(
                """
                SELECT position, run_id, called_at, method, path, call_class, bucket, status, items, bytes, request_id,
                    duration_us, retry, body_sha256, chain_sha256
                FROM calls WHERE workspace_id = $1 AND integration_id = $2 AND position > $3
                ORDER BY position LIMIT $4
                """,
                [.integer(workspace), .integer(integrationID), .integer(position), .integer(Int64(limit))]
            ) { row in LedgerLine(call: CallRecord(row), chainSHA256: row.blob(14)) }
        }
    }
}

/// Recomputes the chain of a ledger, line by line from the first.
public struct LedgerCheck: Sendable {
    /// What is wrong, in words.
    public struct Break: Error, Sendable, Equatable {
        /// The first line that does not fit.
        public let position: Int64
        /// What happened to it.
        public let what: String
    }

    /// How many lines fit so far.
    public private(set) var count: Int64 = 0
    private var chain: [UInt8] = []

    /// The hash of the last line: whoever notes it can tell later that the ledger only grew.
    public var lastHash: String { LedgerLine.hex(chain) }

    /// A check that has seen nothing.
    public init() {}

    /// Takes the next line.
    public mutating func add(_ line: LedgerLine) throws(Break) {
        let position = line.call.position
        guard position == count + 1 else {
            let lost = position - count - 1
            throw Break(position: count + 1, what: lost == 1 ? "it is gone" : "it and \(lost - 1) more are gone")
        }
        let hash = CallLedgerWriter.chain(chain, line.call, position)
        guard hash == line.chainSHA256 else {
            throw Break(position: position, what: "it, or what stood before it, was changed")
        }
        (count, chain) = (position, hash)
    }
}
