import Crypto
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// A file that somebody handed in to be imported.
public struct Upload: Sendable, Equatable {
    /// Its number in the workspace.
    public let id: Int64
    /// What it is for: `spend`, `roster`.
    public let purpose: String
    /// The name it had where it came from; at most 200 characters, for people alone.
    public let name: String
    /// How many bytes it has.
    public let size: Int64
    /// The SHA-256 of its bytes in hexadecimal: the same file handed in again has the same.
    public let sha256: String
    /// When it came.
    public let created: Timestamp
    /// Who handed it in.
    public let actor: String
}

/// Takes a file in, piece by piece.
public struct UploadWriter: Sendable {
    private static let partSize = 256 * 1_024

    private let store: Store
    private let id: Int64
    private let limit: Int64
    private var size: Int64 = 0
    private var part: Int64 = 0
    private var pending: [UInt8] = []
    private var hash = SHA256()

    init(_ store: Store, id: Int64, limit: Int64) {
        self.store = store
        self.id = id
        self.limit = limit
    }

    /// Takes the next bytes.
    ///
    /// - Throws: `import.file.tooLarge`; then nothing of the file is kept.
    public mutating func write(_ bytes: some Sequence<UInt8> & Sendable) async throws(Problem) {
        pending += bytes
        guard size + Int64(pending.count) <= limit else {
            try await store.removeUpload(id)
            throw UploadProblem.tooLarge(limit)
        }
        while pending.count >= Self.partSize { try await flush(Self.partSize) }
    }

    /// The file is whole.
    ///
    /// - Throws: `import.file.empty`; then nothing of it is kept.
    public mutating func finish() async throws(Problem) -> Upload {
        if !pending.isEmpty { try await flush(pending.count) }
        guard size > 0 else {
            try await store.removeUpload(id)
            throw UploadProblem.empty
        }
        let sum = hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0\(digits)" : digits
        }.joined()
        let (workspaceID, id, size) = (store.workspaceID, id, size)
        try await store.write { connection in
            try connection.execute(
                "UPDATE uploads SET size = $3, sha256 = $4 WHERE workspace_id = $1 AND upload_id = $2",
                [.integer(workspaceID), .integer(id), .integer(size), .text(sum)])
        }
        return try await store.upload(id)
    }

    private mutating func flush(_ count: Int) async throws(Problem) {
        let bytes = Array(pending.prefix(count))
        pending.removeFirst(count)
        hash.update(data: bytes)
        let (workspaceID, id, part) = (store.workspaceID, id, part)
        try await store.write { connection in
            try connection.execute(
                "INSERT INTO upload_parts (workspace_id, upload_id, part, bytes) VALUES ($1, $2, $3, $4)",
                [.integer(workspaceID), .integer(id), .integer(part), .blob(bytes)])
        }
        size += Int64(count)
        self.part += 1
    }
}

extension Store {
    /// The bytes a file may have that is handed in through the pages: 64 MB.
    public static var uploadLimit: Int64 { 64 << 20 }

    /// Begins to take a file in. Files that nobody imported within a day are removed then.
    public func beginUpload(
        purpose: String, name: String, actor: String, limit: Int64 = Store.uploadLimit, now: Timestamp
    ) async throws(Problem) -> UploadWriter {
        let workspaceID = workspaceID
        let yesterday = now.advanced(bySeconds: -86_400)
        let id = try await write { connection in
            let old = "SELECT upload_id FROM uploads WHERE workspace_id = $1 AND created_at < $2"
            let parameters: [Value] = [.integer(workspaceID), .integer(yesterday.rawValue)]
            try connection.execute(
                "DELETE FROM upload_parts WHERE workspace_id = $1 AND upload_id IN (\(old))", parameters)
            try connection.execute("DELETE FROM uploads WHERE workspace_id = $1 AND created_at < $2", parameters)
            let latest = try connection.first(
                "SELECT max(upload_id) FROM uploads WHERE workspace_id = $1", [.integer(workspaceID)],
                { $0.optionalInteger(0) })
            // Never the number of a file that is gone: a page about that one may still be open.
            let id = max(now.rawValue, ((latest ?? nil) ?? 0) + 1)
            try connection.execute(
                """
                INSERT INTO uploads (workspace_id, upload_id, purpose, name, size, created_at, created_by)
                VALUES ($1, $2, $3, $4, 0, $5, $6)
                """,
                [
                    .integer(workspaceID), .integer(id), .text(purpose), .text(String(name.prefix(200))),
                    .integer(now.rawValue), .text(actor),
                ])
            return id
        }
        return UploadWriter(self, id: id, limit: limit)
    }

    /// A file that came whole.
    ///
    /// - Throws: `import.file.gone`.
    public func upload(_ id: Int64) async throws(Problem) -> Upload {
        let workspaceID = workspaceID
        let found = try await engine.read { connection in
            try connection.first(
                """
                SELECT purpose, name, size, sha256, created_at, created_by FROM uploads
                WHERE workspace_id = $1 AND upload_id = $2 AND sha256 IS NOT NULL
                """, [.integer(workspaceID), .integer(id)]
            ) { row in
                Upload(
                    id: id, purpose: row.text(0), name: row.text(1), size: row.integer(2), sha256: row.text(3),
                    created: Timestamp(rawValue: row.integer(4)), actor: row.text(5))
            }
        }
        guard let found else { throw UploadProblem.gone }
        return found
    }

    /// Reads the bytes of a file in order, a part at a time, until the body returns false.
    public func eachPart(
        of upload: Upload, _ body: (ArraySlice<UInt8>) async throws -> Bool
    ) async throws {
        let workspaceID = workspaceID
        var part: Int64 = 0
        while true {
            let number = part
            let bytes = try await engine.read { connection in
                try connection.first(
                    "SELECT bytes FROM upload_parts WHERE workspace_id = $1 AND upload_id = $2 AND part = $3",
                    [.integer(workspaceID), .integer(upload.id), .integer(number)], { $0.blob(0) })
            }
            guard let bytes else { break }
            if try await !body(bytes[...]) { return }
            part += 1
        }
        guard part * 256 * 1_024 >= upload.size else { throw UploadProblem.gone }
    }

    /// The first bytes of a file: what its format is found out from.
    public func head(of upload: Upload) async throws -> [UInt8] {
        var head: [UInt8] = []
        try await eachPart(of: upload) { bytes in
            head = Array(bytes.prefix(65_536))
            return false
        }
        return head
    }

    /// Removes a file: it is imported, or nobody wants to.
    public func removeUpload(_ id: Int64) async throws(Problem) {
        let workspaceID = workspaceID
        try await write { connection in
            for table in ["upload_parts", "uploads"] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE workspace_id = $1 AND upload_id = $2",
                    [.integer(workspaceID), .integer(id)])
            }
        }
    }
}

/// What can be wrong with a file that is handed in.
public enum UploadProblem {
    /// The file has no bytes.
    public static let empty = Problem(
        id: "import.file.empty", kind: .badInput, title: "The file is empty", explanation: "Nothing was imported.",
        remedy: "Choose the file again, or export it anew.")
    /// The file was imported by somebody else, or is older than a day.
    public static let gone = Problem(
        id: "import.file.gone", kind: .notFound, title: "The file is no longer here",
        explanation: "Files that are handed in are kept until they are imported, and for a day at most.",
        remedy: "Hand the file in again.")
    /// The file is larger than what the pages take.
    public static func tooLarge(_ limit: Int64) -> Problem {
        Problem(
            id: "import.file.tooLarge", kind: .badInput, title: "The file is larger than \(limit >> 20) MB",
            explanation: "Nothing was imported.",
            remedy: "Split it, or import it with the command line, which takes files of any size.")
    }
}
