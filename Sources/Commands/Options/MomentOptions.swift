import ArgumentParser
import Directory
import Problems
import Storage

/// The date an answer is about.
struct MomentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The date or time the answer is about: 2025-03-01, 2025-03-01T09:30:00Z. (default: now)",
            valueName: "date"))
    var asOf: String?

    /// The moment, with what can be known about it.
    func moment(_ store: Store) async throws(Problem) -> Moment {
        let now = Timestamp.now
        guard let asOf else { return try await store.moment(.now, now: now) }
        guard let time = Timestamp(iso8601: asOf) else {
            throw Problem(
                id: "usage.asOf.malformed", kind: .usage, title: "“\(asOf)” is not a date",
                remedy: "Write it as 2025-03-01 (midnight UTC) or 2025-03-01T09:30:00Z.")
        }
        guard time <= now else {
            throw Problem(
                id: "usage.asOf.future", kind: .usage, title: "“\(asOf)” has not come yet",
                remedy: "Give a date in the past, or leave out --as-of.")
        }
        let known = try await store.grade(of: .at(time))
        if known.grade != .full { Terminal.error("As of \(time.iso8601): \(known.grade.rawValue). \(known.reason)\n") }
        return try await store.moment(.at(time), now: now)
    }
}
