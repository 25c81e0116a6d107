import Directory
import Logging
import Storage

/// Log lines, in the form that whoever reads them needs.
struct LineLogHandler: LogHandler {
    /// What a line looks like.
    enum Form {
        /// For people: `09:30:00 warning  The sync is held  integration=acme`.
        case text
        /// For a log store: one JSON object with `time`, `level`, `logger`, `message` and the facts.
        case json
    }

    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let form: Form
    let writer: LogWriter
    var clock: @Sendable () -> Timestamp = { Timestamp.now }

    init(label: String, level: Logger.Level, form: Form, writer: LogWriter) {
        self.label = label
        logLevel = level
        self.form = form
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var facts = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues { "\($0)" }
        if let error = event.error { facts["error"] = String(describing: error) }
        let sorted = facts.sorted { $0.key < $1.key }
        switch form {
        case .text: writer.write(text(event, sorted) + "\n")
        case .json: writer.write(json(event, sorted) + "\n")
        }
    }

    private func text(_ event: LogEvent, _ facts: [(key: String, value: String)]) -> String {
        let time = clock().iso8601Seconds.dropFirst(11).dropLast()
        let level = event.level.rawValue
        let space = String(repeating: " ", count: max(1, 9 - level.count))
        return "\(time) \(level)\(space)\(event.message.description.onOneLine)"
            + facts.map { "  \($0.key)=\($0.value.onOneLine)" }.joined()
    }

    private func json(_ event: LogEvent, _ facts: [(key: String, value: String)]) -> String {
        let own = [
            ("time", clock().iso8601), ("level", event.level.rawValue), ("logger", label),
            ("message", event.message.description),
        ]
        let others = facts.map { fact in
            (own.contains { $0.0 == fact.key } ? "fact.\(fact.key)" : fact.key, fact.value)
        }
        return JSONText.object((own + others).map { ($0.0, JSONText.quoted($0.1)) })
    }
}

extension String {
    /// Control characters as spaces, so that no text from outside can forge a second line.
    fileprivate var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}
