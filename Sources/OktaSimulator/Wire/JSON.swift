/// Writes an answer straight into bytes. Commas are its business, escaping too; nothing is built in between.
struct JSON {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false
    /// Scheme and host that the request used: Okta's links name the host it thinks you called.
    private let base: [UInt8]
    private let identifiers: Identifiers

    init(base: String, identifiers: Identifiers, capacity: Int = 256) {
        self.base = Array(base.utf8)
        self.identifiers = identifiers
        bytes.reserveCapacity(capacity)
    }

    // MARK: Structure

    mutating func object(_ members: (inout JSON) -> Void) { nest("{", "}", members) }
    mutating func array(_ elements: (inout JSON) -> Void) { nest("[", "]", elements) }
    mutating func object(_ name: StaticString, _ members: (inout JSON) -> Void) {
        self.name(name)
        nest("{", "}", members)
    }
    mutating func array(_ name: StaticString, _ elements: (inout JSON) -> Void) {
        self.name(name)
        nest("[", "]", elements)
    }

    private mutating func nest(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSON) -> Void) {
        separate()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        raw(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func name(computed name: String) {
        separate()
        quoted { $0.escaped(name) }
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    mutating func text(_ value: String) {
        separate()
        quoted { $0.escaped(value) }
    }

    mutating func text(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { text(value) } else { null() }
    }

    mutating func word(_ name: StaticString, _ value: StaticString) {
        self.name(name)
        separate()
        quoted { $0.raw(value) }
    }

    mutating func null() {
        separate()
        raw("null")
    }

    mutating func null(_ name: StaticString) {
        self.name(name)
        null()
    }

    mutating func number(_ name: StaticString, _ value: Int) {
        self.name(name)
        separate()
        raw(String(value))
    }

    mutating func number(_ name: StaticString, _ value: Double) {
        self.name(name)
        separate()
        raw(String(value))
    }

    mutating func flag(_ name: StaticString, _ value: Bool) {
        self.name(name)
        separate()
        raw(value ? "true" : "false")
    }

    /// `…:SS.000Z`, or null when it never happened.
    mutating func moment(_ name: StaticString, _ value: Seconds) {
        self.name(name)
        guard value != never, value != 0 else { return null() }
        separate()
        quoted { $0.date(milliseconds: Int64(value) * 1_000, fraction: true) }
    }

    mutating func moment(_ name: StaticString, milliseconds: Int64) {
        self.name(name)
        separate()
        quoted { $0.date(milliseconds: milliseconds, fraction: true) }
    }

    mutating func id(_ name: StaticString, _ kind: Identifiers.Kind, _ index: Int) {
        self.name(name)
        id(kind, index)
    }

    mutating func id(_ kind: Identifiers.Kind, _ index: Int) {
        separate()
        quoted { $0.identifier(kind, index) }
    }

    // MARK: Links

    /// `"name":{"href":"https://host/path/ID/tail"}`
    mutating func link(
        _ name: StaticString, _ path: StaticString, _ kind: Identifiers.Kind, _ index: Int, _ tail: StaticString = "",
        method: StaticString? = nil, allow: StaticString? = nil
    ) {
        object(name) { json in
            json.href(path, kind, index, tail)
            if let method { json.word("method", method) }
            if let allow { json.hints(allow) }
        }
    }

    mutating func link(_ name: StaticString, _ path: String, allow: StaticString? = nil) {
        object(name) { json in
            json.href(path)
            if let allow { json.hints(allow) }
        }
    }

    mutating func href(_ path: StaticString, _ kind: Identifiers.Kind, _ index: Int, _ tail: StaticString = "") {
        name("href")
        separate()
        quoted { json in
            json.bytes.append(contentsOf: json.base)
            json.raw(path)
            json.identifier(kind, index)
            json.raw(tail)
        }
    }

    mutating func href(_ path: String) {
        name("href")
        separate()
        quoted { json in
            json.bytes.append(contentsOf: json.base)
            json.escaped(path)
        }
    }

    /// `GET`, or `GET DELETE`.
    mutating func hints(_ methods: StaticString) {
        object("hints") { json in
            json.array("allow") { json in
                for method in String(describing: methods).split(separator: " ") { json.text(String(method)) }
            }
        }
    }

    // MARK: Bytes

    private mutating func quoted(_ body: (inout JSON) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        body(&self)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func identifier(_ kind: Identifiers.Kind, _ index: Int) {
        identifiers.append(kind, index, to: &bytes)
    }

    private mutating func escaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                raw("\\u00")
                bytes.append(UInt8(ascii: byte < 0x10 ? "0" : "1"))
                bytes.append(Self.hexadecimal[Int(byte & 0xF)])
            default: bytes.append(byte)
            }
        }
    }

    static let hexadecimal = Array("0123456789abcdef".utf8)

    mutating func date(milliseconds: Int64, fraction: Bool) {
        let day = Int((milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000)
        let rest = Int(milliseconds - Int64(day) * 86_400_000)
        let civil = Calendar.civil(days: day)
        digits(civil.year, 4)
        bytes.append(UInt8(ascii: "-"))
        digits(civil.month, 2)
        bytes.append(UInt8(ascii: "-"))
        digits(civil.day, 2)
        bytes.append(UInt8(ascii: "T"))
        digits(rest / 3_600_000, 2)
        bytes.append(UInt8(ascii: ":"))
        digits(rest / 60_000 % 60, 2)
        bytes.append(UInt8(ascii: ":"))
        digits(rest / 1_000 % 60, 2)
        if fraction {
            bytes.append(UInt8(ascii: "."))
            digits(rest % 1_000, 3)
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    private mutating func digits(_ value: Int, _ width: Int) {
        var divisor = width == 4 ? 1_000 : width == 3 ? 100 : 10
        while divisor > 0 {
            bytes.append(48 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
