import Directory
import WebSupport

/// Times as people read them: how long ago, with the full time on hover.
enum When {
    /// `<time>3 days ago</time>`.
    static func ago(_ time: Timestamp, now: Timestamp) -> HTML {
        "<time datetime=\"\(time.iso8601Seconds)\" title=\"\(full(time))\">\(words(time, now: now))</time>"
    }

    /// The same, or what stands for a time that does not exist.
    static func ago(_ time: Timestamp?, now: Timestamp, none: HTML) -> HTML {
        time.map { ago($0, now: now) } ?? none
    }

    /// `2026-11-21 12:00:00 UTC`.
    static func full(_ time: Timestamp) -> String {
        time.iso8601Seconds.replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    /// `3 days ago`, `in 2 hours`, `just now`.
    static func words(_ time: Timestamp, now: Timestamp) -> String {
        let seconds = now.seconds - time.seconds
        let text = span(abs(seconds))
        if abs(seconds) < 5 { return "just now" }
        return seconds < 0 ? "in \(text)" : "\(text) ago"
    }

    /// `40 s`, `12 min`, `5 hours`, `3 days`, `7 months`, `2 years`.
    static func span(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: plural(seconds / 3600, "hour")
        case ..<5_184_000: plural(seconds / 86_400, "day")
        case ..<63_072_000: plural(seconds / 2_592_000, "month")
        default: plural(seconds / 31_536_000, "year")
        }
    }

    private static func plural(_ count: Int64, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }
}

/// Numbers as people read them.
enum Count {
    /// `1,204`.
    static func text(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return number < 0 ? "−" + text : text
    }

    /// `1 person`, `14 people`.
    static func of(_ number: some BinaryInteger, _ one: String, _ many: String) -> String {
        "\(text(number)) \(number == 1 ? one : many)"
    }

    /// `37 %` of a whole; nil of nothing.
    static func share(_ part: Int, of whole: Int) -> String? {
        whole > 0 ? "\(Int((Double(part) * 100 / Double(whole)).rounded())) %" : nil
    }
}
