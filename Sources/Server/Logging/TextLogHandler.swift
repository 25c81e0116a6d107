import Directory
import Logging

/// Log lines for people: `09:30:00 warning  The sync is held  integration=acme`.
struct TextLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let writer: LogWriter
    var clock: @Sendable () -> Timestamp = { Timestamp.now }

    init(label: String, level: Logger.Level, writer: LogWriter) {
        self.label = label
        logLevel = level
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = clock().iso8601Seconds.dropFirst(11).dropLast()
        var line = "\(time) \(event.level.rawValue.paddedToColumn(9))\(event.message.description.onOneLine)"
        let facts = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for key in facts.keys.sorted() {
            guard let value = facts[key] else { continue }
            line += "  \(key)=\("\(value)".onOneLine)"
        }
        if let error = event.error { line += "  error=\(String(describing: error).onOneLine)" }
        writer.write(line + "\n")
    }
}

extension String {
    fileprivate func paddedToColumn(_ width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }

    /// Control characters as spaces, so that no text from outside can forge a second line.
    fileprivate var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}
