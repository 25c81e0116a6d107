import Accounts
import Hummingbird
import NIOCore
import Problems

/// The body of a post that brings a file, before anybody read it.
struct PostedBody: Sendable {
    let body: RequestBody
    let contentType: String
}

/// The fields that came before a posted file, and the file's name.
public struct PostedFile: Sendable {
    /// The fields before the file, in order.
    public let form: FormData
    /// The name of the file where it came from.
    public let name: String
}

extension WebRequest {
    /// Reads a posted form with one file, which is its last field: `begin` is told what came before it and may refuse, then
    /// `bytes` gets the file piece by piece.
    ///
    /// - Throws: `web.form.foreign`, `web.file.missing`, and what the closures throw.
    public func receiveFile(
        _ begin: (PostedFile) async throws -> Void, bytes: ([UInt8]) async throws -> Void
    ) async throws -> PostedFile {
        guard let fileBody, var form = Multipart(contentType: fileBody.contentType) else {
            throw WebProblem.noFile
        }
        var reading = FileReading(session: session)
        for try await buffer in fileBody.body {
            guard let events = form.read(buffer.readableBytesView) else { throw WebProblem.noFile }
            for event in events { try await reading.take(event, begin, bytes) }
        }
        guard let file = reading.file, reading.isWhole else { throw WebProblem.noFile }
        return file
    }
}

/// How far a form with a file has been read.
private struct FileReading {
    /// What all fields before the file may have together: the same as a form without one.
    private static let mostFieldBytes = 64 * 1_024

    let session: Session?
    private var fields: [(name: String, value: String)] = []
    private var field: (name: String, bytes: [UInt8])?
    private var fieldBytes = 0
    private(set) var file: PostedFile?
    private var isInFile = false
    private(set) var isWhole = false

    init(session: Session?) { self.session = session }

    mutating func take(
        _ event: Multipart.Event, _ begin: (PostedFile) async throws -> Void, _ bytes: ([UInt8]) async throws -> Void
    ) async throws {
        switch event {
        case .begin(let name, let fileName):
            endField()
            isInFile = false
            guard let fileName else {
                field = (name, [])
                return
            }
            // A browser sends a field without a name where nobody chose a file; of several the first counts.
            guard file == nil, !fileName.isEmpty else { return }
            let posted = PostedFile(form: FormData(fields), name: fileName)
            if let session {
                guard let token = posted.form["csrf"], session.accepts(csrf: token) else {
                    throw WebProblem.foreignForm
                }
            }
            try await begin(posted)
            file = posted
            isInFile = true
        case .bytes(let part):
            if isInFile { return try await bytes(part) }
            guard field != nil else { return }
            fieldBytes += part.count
            guard fieldBytes <= Self.mostFieldBytes else { throw WebProblem.tooLarge }
            field?.bytes += part
        case .end:
            endField()
            isWhole = true
        }
    }

    private mutating func endField() {
        guard let (name, bytes) = field else { return }
        let value = String(decoding: bytes, as: UTF8.self)
        fields.append((name: name, value: value.contains("\0") ? value.replacing("\0", with: "") : value))
        field = nil
    }
}
