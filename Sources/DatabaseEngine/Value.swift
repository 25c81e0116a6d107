/// One SQL value: what a parameter can be.
public enum Value: Sendable, Hashable {
    /// SQL NULL: unknown, never zero.
    case null
    /// Whole numbers, times (microseconds UTC), keys and booleans (0 or 1).
    case integer(Int64)
    /// Floating point.
    case real(Double)
    /// Text without NUL.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    /// A number, or NULL when there is none.
    public static func optional(_ number: Int64?) -> Value { number.map(Value.integer) ?? .null }
    /// A text, or NULL when there is none.
    public static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }
    /// 1 or 0.
    public static func flag(_ flag: Bool) -> Value { .integer(flag ? 1 : 0) }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// SQL NULL.
    public init(nilLiteral: ()) { self = .null }
}
