/// Values as PostgreSQL's binary protocol takes them, side by side in one buffer.
struct ServerParameters {
    private var bytes: [UInt8] = []
    /// Where each value begins; -1 for NULL.
    private var starts: [Int] = []
    private var lengths: [Int32] = []

    init(_ values: [Value]) {
        starts.reserveCapacity(values.count)
        lengths.reserveCapacity(values.count)
        for value in values {
            let start = bytes.count
            switch value {
            case .null: break
            case .integer(let number): append(UInt64(bitPattern: number))
            case .real(let number): append(number.bitPattern)
            case .text(let text): bytes.append(contentsOf: text.utf8)
            case .blob(let blob): bytes.append(contentsOf: blob)
            }
            starts.append(value == .null ? -1 : start)
            lengths.append(Int32(bytes.count - start))
        }
        // An empty text is no NULL: it needs an address too.
        bytes.append(0)
    }

    private mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Lends the arrays that libpq reads.
    func with<Result>(
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            let pointers = starts.map { start in start < 0 ? nil : base.map { $0 + start } }
            return body(pointers, lengths, [Int32](repeating: 1, count: starts.count))
        }
    }
}
