/// How long to wait before a request is repeated: doubling, with jitter, so that many clients do not return together.
enum RetryPause {
    /// Between half and all of `base` · 2^`retry`, at most `longest`.
    static func seconds(base: Double, retry: Int, longest: Double) -> Double {
        let full = min(longest, base * Double(1 << min(retry, 20)))
        return Double.random(in: (full / 2)...max(full, full / 2))
    }
}
