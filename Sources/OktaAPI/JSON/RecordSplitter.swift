/// Cuts the text of a JSON array into the texts of its elements without reading them.
///
/// Used only when the parser refuses a page as a whole (a number that fits no integer, half a surrogate pair, bytes that
/// are not UTF-8): the element at fault is then quarantined alone and the rest of the page is kept.
enum RecordSplitter {
    /// The elements of the array that `text` is; nil when brackets and quotes do not add up, as in a cut-off body.
    static func elements(of text: UnsafeRawBufferPointer) -> [Range<Int>]? {
        var index = text.startIndex
        skipSpace(text, &index)
        guard index < text.count, text[index] == UInt8(ascii: "[") else { return nil }
        index += 1
        var ranges: [Range<Int>] = []
        while true {
            skipSpace(text, &index)
            guard index < text.count else { return nil }
            if text[index] == UInt8(ascii: "]"), ranges.isEmpty { break }
            let start = index
            guard skipValue(text, &index), index > start else { return nil }
            ranges.append(start..<index)
            skipSpace(text, &index)
            guard index < text.count else { return nil }
            if text[index] == UInt8(ascii: "]") { break }
            guard text[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
        index += 1
        skipSpace(text, &index)
        return index == text.count ? ranges : nil
    }

    private static func skipSpace(_ text: UnsafeRawBufferPointer, _ index: inout Int) {
        while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
    }

    /// Moves past one value: to the comma or bracket that ends it at its own depth.
    private static func skipValue(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        var depth = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                guard skipString(text, &index) else { return false }
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return true }
                depth -= 1
            case UInt8(ascii: ","):
                if depth == 0 { return true }
            default:
                break
            }
            index += 1
        }
        return false
    }

    private static func skipString(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        index += 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""):
                index += 1
                return true
            default: index += 1
            }
        }
        return false
    }
}
