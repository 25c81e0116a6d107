import Directory
import Foundation
import Logging
import Synchronization
import Testing

@testable import Server

@Suite struct LoggingTests {
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var writer: LogWriter { LogWriter { line in self.kept.withLock { $0.append(line) } } }
        var all: [String] { kept.withLock { $0 } }
    }

    @Test("a text line has time, level, message and facts, and no text from outside makes a second line")
    func text() {
        let lines = Lines()
        var handler = LineLogHandler(label: "muster", level: .info, form: .text, writer: lines.writer)
        handler.clock = { Timestamp(seconds: 34_200) }
        var logger = Logger(label: "muster") { _ in handler }
        logger[metadataKey: "integration"] = "acme"
        logger.warning("held\nforged", metadata: ["name": "a\u{1B}[31mb\r\nc"])
        logger.debug("not shown")
        #expect(lines.all == ["09:30:00 warning  held forged  integration=acme  name=a [31mb  c\n"])
    }

    @Test("a JSON line is one object whose own keys no fact can replace")
    func json() throws {
        let lines = Lines()
        let handler = LineLogHandler(label: "muster", level: .info, form: .json, writer: lines.writer)
        let logger = Logger(label: "muster") { _ in handler }
        logger.error("it \"broke\"\n", metadata: ["level": "fine", "run": "3"])
        let line = try #require(lines.all.first)
        #expect(lines.all.count == 1 && line.filter { $0 == "\n" }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        #expect(object["level"] == "error")
        #expect(object["fact.level"] == "fine")
        #expect(object["run"] == "3")
        #expect(object["message"] == "it \"broke\"\n")
        #expect(object["time"]?.hasSuffix("Z") == true)
    }
}
