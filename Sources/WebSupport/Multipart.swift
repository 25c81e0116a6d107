/// Reads a posted `multipart/form-data` (RFC 7578) piece by piece, so that a file never lies in memory whole.
struct Multipart {
    /// What comes out of it, in order.
    enum Event: Equatable {
        /// A part begins: the name of its field, and the name of the file where it is one.
        case begin(name: String, file: String?)
        /// Bytes of the part that began last.
        case bytes([UInt8])
        /// The form is whole.
        case end
    }

    private enum State { case preamble, headers, body, done }

    /// Headers of a part that are longer than this are no browser's.
    private static let longestHeaders = 8_192

    private let mark: [UInt8]
    private var state = State.preamble
    private var buffer: [UInt8]

    /// A reader for the type that the request's header names; nil where that is no form with files.
    init?(contentType: String) {
        let parts = contentType.split(separator: ";").map { $0.drop { $0 == " " } }
        guard parts.first?.lowercased() == "multipart/form-data",
            let boundary = parts.dropFirst().first(where: { $0.lowercased().hasPrefix("boundary=") })
        else { return nil }
        let value = boundary.dropFirst("boundary=".count).filter { $0 != "\"" }
        guard (1...70).contains(value.utf8.count) else { return nil }
        mark = Array("\r\n--\(value)".utf8)
        // The first mark has no line before it.
        buffer = [13, 10]
    }

    /// Reads on.
    ///
    /// - Returns: nil where this is no such form.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [Event]? {
        buffer += bytes
        var events: [Event] = []
        while true {
            switch state {
            case .done: return events
            case .preamble, .body:
                guard let found = position(of: mark) else {
                    let keep = min(buffer.count, mark.count - 1)
                    take(buffer.count - keep, &events)
                    return events
                }
                // What follows the mark says whether another part comes: two dashes end the form.
                guard buffer.count >= found + mark.count + 2 else {
                    take(found, &events)
                    return events
                }
                take(found, &events)
                let next = buffer[mark.count..<mark.count + 2]
                guard next.elementsEqual([13, 10]) || next.elementsEqual([45, 45]) else { return nil }
                state = next.elementsEqual([45, 45]) ? .done : .headers
                if state == .done { events.append(.end) }
                buffer.removeFirst(mark.count + 2)
            case .headers:
                guard let end = position(of: [13, 10, 13, 10]) else {
                    return buffer.count > Self.longestHeaders ? nil : events
                }
                guard let begin = Self.begin(buffer[..<end]) else { return nil }
                events.append(begin)
                buffer.removeFirst(end + 4)
                // The mark's own line break may follow at once: a part without bytes.
                state = .body
            }
        }
    }

    private mutating func take(_ count: Int, _ events: inout [Event]) {
        guard count > 0 else { return }
        if state == .body { events.append(.bytes(Array(buffer[..<count]))) }
        buffer.removeFirst(count)
    }

    private func position(of sought: [UInt8]) -> Int? {
        guard let first = sought.first, buffer.count >= sought.count else { return nil }
        var start = 0
        let last = buffer.count - sought.count
        while start <= last {
            guard let next = buffer[start...last].firstIndex(of: first) else { return nil }
            if buffer[next..<next + sought.count].elementsEqual(sought) { return next }
            start = next + 1
        }
        return nil
    }

    private static func begin(_ bytes: ArraySlice<UInt8>) -> Event? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        for line in text.split(separator: "\r\n") where line.lowercased().hasPrefix("content-disposition:") {
            guard let name = parameter("name", of: line) else { return nil }
            return .begin(name: name, file: parameter("filename", of: line))
        }
        return nil
    }

    /// A quoted parameter of a header: browsers write quotes within as `%22`.
    private static func parameter(_ name: String, of line: Substring) -> String? {
        for part in line.split(separator: ";").dropFirst() {
            let part = part.drop { $0 == " " }
            guard part.hasPrefix("\(name)=\"") else { continue }
            // A semicolon within the quotes has cut it: take the whole line from here.
            let value = line[part.startIndex...].dropFirst(name.utf8.count + 2).prefix { $0 != "\"" }
            return String(value).replacing("%22", with: "\"").replacing("\0", with: "")
        }
        return nil
    }
}
