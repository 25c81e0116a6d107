import Directory
import Foundation
import Logging

/// Log lines for a log store: one JSON object a line, with `time`, `level`, `logger`, `message` and the facts.
struct JSONLogHandler: LogHandler {
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
        var line = [
            "time": clock().iso8601, "level": event.level.rawValue, "logger": label,
            "message": event.message.description,
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { _, new in new }) {
            line[line[key] == nil ? key : "fact.\(key)"] = "\(value)"
        }
        if let error = event.error { line["error"] = String(describing: error) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(line) else { return }
        writer.write(String(decoding: bytes, as: UTF8.self) + "\n")
    }
}
