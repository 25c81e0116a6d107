import CLibPQ

/// A statement's text as one connection knows it, prepared once for each set of parameter types that is bound to it.
final class ServerPlan {
    let sql: String
    /// How many parameters the text has: the highest `$n` in it.
    let count: Int
    private let used: Set<Int>
    private var shapes: [Shape] = []
    /// What it inserts, if it inserts one row.
    let insert: ServerInsert?
    /// The same statement for many rows, by the shape of a row and their number.
    var many: [String: ServerPlan] = [:]
    /// The types of the parameters, where they are known before the first values come.
    private let known: [Oid]

    /// A prepared statement of the server. A type of 0 lets the server choose.
    struct Shape {
        let name: String
        let types: [Oid]
    }

    init(_ sql: String, types: [Oid] = []) {
        known = types
        self.sql = Dialect.postgresql.spelling(of: sql)
        used = Self.parameters(in: sql)
        insert = ServerInsert(self.sql)
        count = used.max() ?? 0
    }

    /// What is prepared for values like these. NULL fits any type.
    func shape(for values: [Value]) -> Shape? {
        shapes.last { shape in zip(shape.types, values).allSatisfy { $1 == .null || Self.type(of: $1) == $0 } }
    }

    /// Notes a shape under a new name. A NULL takes the type that was bound in its place before.
    func addShape(for values: [Value], name: String) -> Shape {
        let types = values.enumerated().map { offset, value -> Oid in
            if value != .null { return Self.type(of: value) }
            if let last = shapes.last { return last.types[offset] }
            if offset < known.count { return known[offset] }
            // The server cannot guess the type of a parameter that the text leaves out.
            return used.contains(offset + 1) ? 0 : ServerType.text
        }
        let shape = Shape(name: name, types: types)
        shapes.append(shape)
        return shape
    }

    /// The server does not know it after all.
    func forget(_ name: String) { shapes.removeAll { $0.name == name } }

    private static func type(of value: Value) -> Oid {
        switch value {
        case .null: 0
        case .integer: ServerType.integer
        case .real: ServerType.real
        case .text: ServerType.text
        case .blob: ServerType.bytes
        }
    }

    /// The numbers of the parameters, outside quotes.
    private static func parameters(in sql: String) -> Set<Int> {
        var numbers: Set<Int> = []
        var isQuoted = false
        var number: Int?
        for byte in sql.utf8 {
            if byte == UInt8(ascii: "'") { isQuoted.toggle() }
            if let read = number, (48...57).contains(byte) {
                number = read * 10 + Int(byte) - 48
                continue
            }
            if let read = number, read > 0 { numbers.insert(read) }
            number = byte == UInt8(ascii: "$") && !isQuoted ? 0 : nil
        }
        if let number, number > 0 { numbers.insert(number) }
        return numbers
    }
}

/// The types of PostgreSQL's catalogue that Muster binds or reads.
enum ServerType {
    static let truth: Oid = 16
    static let bytes: Oid = 17
    static let integer: Oid = 20
    static let short: Oid = 21
    static let medium: Oid = 23
    static let text: Oid = 25
    static let oid: Oid = 26
    static let single: Oid = 700
    static let real: Oid = 701
    static let numeric: Oid = 1700
}
