import DatabaseEngine

/// FNV-1a, 64 bits, over the columns that make a version of an object: equal hashes mean nothing changed.
struct ContentHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ text: String?) {
        if var text {
            text.withUTF8 { bytes in
                for byte in bytes { mix(byte) }
            }
            mix(0xff)
        } else {
            mix(0xfe)
        }
    }

    mutating func add(_ number: Int64?) {
        guard let number else { return mix(0xfe) }
        withUnsafeBytes(of: number.littleEndian) { bytes in
            for byte in bytes { mix(byte) }
        }
    }

    private mutating func mix(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    var value: Int64 { Int64(bitPattern: state) }
}
