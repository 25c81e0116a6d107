/// An opaque place in one listing. It carries the last position given out and a check of the question it belongs to, so
/// that a foreign or worn-out cursor is refused as Okta refuses it.
struct Cursor {
    /// The last row already given out.
    let position: Int

    private let check: String

    init(after position: Int, of question: String) {
        self.position = position
        check = Self.check(question)
    }

    /// Reads what `text` writes; nil when it is not a cursor of this question.
    init?(_ text: String, of question: String, identifiers: Identifiers) {
        let check = Self.check(question)
        guard text.hasPrefix(check), let position = identifiers.index(.session, of: text.dropFirst(check.count)) else {
            return nil
        }
        self.position = position
        self.check = check
    }

    func text(_ identifiers: Identifiers) -> String { check + identifiers.text(.session, position) }

    /// Three characters that another listing hardly shares.
    private static func check(_ question: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in question.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(scatter(hash) % 32_000 + 1_296, radix: 36)
    }
}
