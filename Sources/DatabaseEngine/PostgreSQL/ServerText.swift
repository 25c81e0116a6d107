import CLibPQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads one value of a server's result, which comes as text, as SQLite would give it.
struct ServerText {
    private let start: UnsafePointer<CChar>
    private let count: Int
    private let type: Oid

    init(_ result: OpaquePointer, _ row: Int32, _ column: Int) {
        start = UnsafePointer(PQgetvalue(result, row, Int32(column)))
        count = Int(PQgetlength(result, row, Int32(column)))
        type = PQftype(result, Int32(column))
    }

    /// A truth value is 1 or 0, as SQLite has it.
    var integer: Int64 {
        if type == ServerType.truth { return start.pointee == CChar(UInt8(ascii: "t")) ? 1 : 0 }
        return Int64(strtoll(start, nil, 10))
    }

    var real: Double { type == ServerType.truth ? Double(integer) : strtod(start, nil) }

    var text: String {
        if type == ServerType.truth { return String(integer) }
        return start.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
            String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
        }
    }

    /// Bytes come as `\x` and two digits each.
    var blob: [UInt8] {
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        guard type == ServerType.bytes, count >= 2 else { return [UInt8](bytes) }
        func digit(_ byte: UInt8) -> UInt8 { byte < 58 ? byte - 48 : byte - 87 }
        return [UInt8](unsafeUninitializedCapacity: count / 2 - 1) { buffer, initialized in
            for position in 0..<(count / 2 - 1) {
                buffer[position] = digit(bytes[2 * position + 2]) << 4 | digit(bytes[2 * position + 3])
            }
            initialized = count / 2 - 1
        }
    }

    var value: Value {
        switch type {
        case ServerType.integer, ServerType.medium, ServerType.short, ServerType.oid, ServerType.truth:
            .integer(integer)
        case ServerType.real, ServerType.single: .real(real)
        // The sum of whole numbers is one of these; SQLite gives a whole number for it.
        case ServerType.numeric: Int64(text).map(Value.integer) ?? .real(real)
        case ServerType.bytes: .blob(blob)
        default: .text(text)
        }
    }
}
