import Foundation
import Glibc

/// The reader of standard output went away: nothing is wrong, and there is nobody to tell.
struct OutputClosed: Error {}

/// Standard output and standard error.
enum Terminal {
    /// Whether a person reads standard output.
    static var isOutputShown: Bool { isatty(1) == 1 }
    /// Whether a person reads standard error.
    static var isErrorShown: Bool { isatty(2) == 1 }

    /// Writes text to standard output.
    static func print(_ text: String) throws {
        try write([UInt8](text.utf8), to: 1)
    }

    /// Writes text to standard error; whether anybody reads it does not matter.
    static func error(_ text: String) {
        try? write([UInt8](text.utf8), to: 2)
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var offset = 0
        try bytes.withUnsafeBytes { buffer in
            while offset < buffer.count {
                let written = Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if written < 0 {
                    if errno == EINTR { continue }
                    if errno == EPIPE { throw OutputClosed() }
                    throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
                }
                offset += written
            }
        }
    }
}
