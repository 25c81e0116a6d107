/// An opaque place in one listing. It carries the last position given out and a check of the question it belongs to, so
/// that a foreign or worn-out cursor is refused as Okta refuses it.
struct Cursor {
    /// The last row already given out.
    let position: Int

    private let question: UInt32

    init(after position: Int, of question: String) {
        self.position = position
        self.question = Self.check(question)
    }

    /// Reads what `text` writes; nil when it is not a cursor of this question.
    init?(_ text: String, of question: String, identifiers: Identifiers) {
        guard text.utf8.count == 23, text.hasPrefix("200"),
            let position = identifiers.index(.session, of: text.dropFirst(3)),
            let check = UInt32(exactly: position >> 24 & 0xFF), check == Self.check(question)
        else { return nil }
        self.position = position & 0xFF_FFFF
        self.question = check
    }

    func text(_ identifiers: Identifiers) -> String {
        "200" + identifiers.text(.session, Int(question) << 24 | position)
    }

    private static func check(_ question: String) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in question.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: scatter(hash) & 0xFF)
    }
}
