/// One record of a CSV file.
public struct CSVRecord: Sendable, Equatable {
    /// The line of the file it begins at, from 1.
    public let line: Int
    /// Its fields, as they are: spaces kept, quotes undone. Of a record that is too long, what fits.
    public let fields: [String]
    /// What is wrong with it; nil when nothing is.
    public let fault: CSVFault?

    /// A record; see the properties.
    public init(line: Int, fields: [String], fault: CSVFault? = nil) {
        self.line = line
        self.fields = fields
        self.fault = fault
    }

    /// The record as a row of a table with this many columns: missing fields are a fault, empty ones too many are not,
    /// for sheets write them.
    public func row(columns: Int) -> CSVRecord {
        guard fault == nil, fields.count != columns else { return self }
        if fields.count > columns, fields[columns...].allSatisfy(\.isEmpty) {
            return CSVRecord(line: line, fields: Array(fields[..<columns]))
        }
        return CSVRecord(line: line, fields: fields, fault: .ragged(expected: columns, found: fields.count))
    }
}

/// What can be wrong with a record of a CSV file, whatever its fields mean.
public enum CSVFault: Sendable, Equatable {
    /// Another number of fields than the header has.
    case ragged(expected: Int, found: Int)
    /// More bytes than any record of a table has: the bytes that were allowed.
    case tooLong(limit: Int)
    /// More fields than any table has.
    case tooWide(limit: Int)
    /// A quote that begins a field and never ends.
    case unclosedQuote
    /// Bytes that are no characters of the file's encoding.
    case badCharacters

    /// What is wrong, for the file of errors.
    public var sentence: String {
        switch self {
        case .ragged(let expected, let found): "has \(found) fields; the header has \(expected)"
        case .tooLong(let limit): "is longer than \(limit / 1_024) kB"
        case .tooWide(let limit): "has more than \(limit) fields"
        case .unclosedQuote: "has a quotation mark that is never closed"
        case .badCharacters: "has bytes that are no text in this encoding"
        }
    }
}

/// Reads CSV (RFC 4180) piece by piece, so that a file of any size takes the memory of its longest record. A record that
/// cannot be read is told with its fault, and reading goes on behind it.
public struct CSVParser {
    /// Records longer than this are a fault: 1 MB.
    public static let longestRecord = 1 << 20
    /// Records with more fields than this are a fault.
    public static let mostFields = 500

    private enum State { case fieldStart, plain, quoted, quoteInQuoted, skipping }

    private let delimiter: UInt8
    private let longest: Int
    private var transcoder: Transcoder
    private var state = State.fieldStart
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var size = 0
    private var fault: CSVFault?
    private var line = 1
    private var firstLine = 1
    private var wasReturn = false
    private var isEmpty = true

    /// A reader of a file that is written so.
    public init(_ format: CSVFormat, longestRecord: Int = CSVParser.longestRecord) {
        delimiter = format.delimiter.rawValue
        longest = longestRecord
        transcoder = Transcoder(format.encoding)
    }

    /// Reads on; hands out each record that ends in these bytes. Lines with nothing in them are passed over.
    public mutating func read(_ bytes: ArraySlice<UInt8>, _ body: (CSVRecord) throws -> Void) rethrows {
        for byte in transcoder.utf8(of: bytes) { try take(byte, body) }
    }

    /// The end of the file: hands out what is left.
    public mutating func finish(_ body: (CSVRecord) throws -> Void) rethrows {
        for byte in transcoder.finish() { try take(byte, body) }
        if state == .quoted { fault = fault ?? .unclosedQuote }
        if !isEmpty { try end(body) }
    }

    private mutating func take(_ byte: UInt8, _ body: (CSVRecord) throws -> Void) rethrows {
        // A return and a line feed end one line.
        if byte == 0x0A, wasReturn {
            wasReturn = false
            if state == .quoted { add(byte) }
            return
        }
        wasReturn = byte == 0x0D
        let isLineEnd = byte == 0x0A || byte == 0x0D
        if isLineEnd { line += 1 }
        switch state {
        case .skipping: if isLineEnd { return try end(body) }
        case .quoted: if byte == 0x22 { state = .quoteInQuoted } else { add(byte) }
        case .quoteInQuoted where byte == 0x22:
            add(byte)
            state = .quoted
        case .fieldStart where byte == 0x22:
            state = .quoted
            isEmpty = false
        case .fieldStart, .plain, .quoteInQuoted:
            if isLineEnd { return try end(body) }
            isEmpty = false
            if byte == delimiter { endField() } else { add(byte) }
            if byte != delimiter, state != .skipping { state = .plain }
        }
    }

    private mutating func add(_ byte: UInt8) {
        size += 1
        if size > longest {
            fault = .tooLong(limit: longest)
            // A quote that never ends must not swallow what comes after: the next line begins anew.
            state = .skipping
            field.removeLast(max(0, field.count - 200))
            return
        }
        field.append(byte)
    }

    private mutating func endField() {
        if let text = String(validating: field, as: UTF8.self) {
            fields.append(text.contains("\0") ? text.replacing("\0", with: "") : text)
        } else {
            fields.append(String(decoding: field, as: UTF8.self))
            fault = fault ?? .badCharacters
        }
        field.removeAll(keepingCapacity: true)
        if fields.count > Self.mostFields {
            fault = .tooWide(limit: Self.mostFields)
            fields.removeLast()
            state = .skipping
        } else {
            state = .fieldStart
        }
    }

    private mutating func end(_ body: (CSVRecord) throws -> Void) rethrows {
        defer {
            fields = []
            field.removeAll(keepingCapacity: true)
            (size, fault, state, isEmpty, firstLine) = (0, nil, .fieldStart, true, line)
        }
        guard !isEmpty else { return }
        endField()
        try body(CSVRecord(line: firstLine, fields: fields, fault: fault))
    }
}
