import Foundation
import Glibc
public import Logging

/// Where log lines go: standard error, each line in one write so that lines of several threads never mix.
struct LogWriter: Sendable {
    let write: @Sendable (String) -> Void

    static let standardError = LogWriter { line in
        let bytes = [UInt8](line.utf8)
        _ = Glibc.write(2, bytes, bytes.count)
    }
}

/// Sets how the whole process logs; call once, before the first line.
public func startLogging(json: Bool, level: Logger.Level) {
    LoggingSystem.bootstrap { label in
        LineLogHandler(label: label, level: level, form: json ? .json : .text, writer: .standardError)
    }
}
