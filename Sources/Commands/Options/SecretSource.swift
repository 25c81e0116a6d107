import Foundation
import Glibc
import Problems

/// Where a secret is read from: a file, or standard input for `-`.
enum SecretSource {
    case file(String)
    case standardInput

    init(_ argument: String) {
        self = argument == "-" ? .standardInput : .file(argument)
    }

    /// The text without the line end at its end.
    ///
    /// - Throws: `secret.missing`, `secret.unreadable`, `secret.tooLong`, `secret.empty`.
    func text(limit: Int = 64 << 10) throws(Problem) -> String {
        let descriptor: Int32
        switch self {
        case .standardInput: descriptor = 0
        case .file(let path):
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw Problem(
                    id: errno == ENOENT ? "secret.missing" : "secret.unreadable", kind: .notFound,
                    title: "The file \(path) cannot be read",
                    explanation: "The system said: \(String(cString: strerror(errno))).",
                    remedy: "Give the path of a file this user can read, or - for standard input.")
            }
        }
        defer { if descriptor > 0 { close(descriptor) } }
        let bytes = try Self.read(descriptor, limit: limit)
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            throw Problem(
                id: "secret.empty", kind: .badInput, title: "\(title) is empty",
                remedy: "Put the text into it, on one line, and run the same command again.")
        }
        return text
    }

    private var title: String {
        switch self {
        case .file(let path): "The file \(path)"
        case .standardInput: "Standard input"
        }
    }

    private static func read(_ descriptor: Int32, limit: Int) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Problem(
                    id: "secret.unreadable", kind: .notFound, title: "The text cannot be read",
                    explanation: "The system said: \(String(cString: strerror(errno))).",
                    remedy: "Give the path of a file this user can read, or - for standard input.")
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw Problem(
                    id: "secret.tooLong", kind: .badInput, title: "The text is longer than \(limit) bytes",
                    remedy: "Check that this is the right file.")
            }
        }
    }
}
