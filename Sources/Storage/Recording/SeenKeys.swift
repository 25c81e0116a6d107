/// Which keys a walk has seen so far: one bit a key, stored with the checkpoint of an unfinished walk.
public struct SeenKeys: Sendable, Equatable {
    /// The bits, least significant first.
    public private(set) var bytes: [UInt8]

    /// Nothing seen, or what an earlier checkpoint had seen.
    public init(bytes: [UInt8] = []) { self.bytes = bytes }

    /// Marks a key; returns whether it was new.
    public mutating func insert(_ key: Int64) -> Bool {
        let index = Int(key >> 3)
        let bit: UInt8 = 1 << UInt8(key & 7)
        if index >= bytes.count {
            bytes.append(contentsOf: repeatElement(0, count: index + 1 - bytes.count))
        }
        if bytes[index] & bit != 0 { return false }
        bytes[index] |= bit
        return true
    }

    /// How many were seen.
    public var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether a key was seen.
    public func contains(_ key: Int64) -> Bool {
        let index = Int(key >> 3)
        return index < bytes.count && bytes[index] & (1 << UInt8(key & 7)) != 0
    }
}
