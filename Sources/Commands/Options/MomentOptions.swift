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

    @Option(
        help: ArgumentHelp(
            """
            Answer with what Muster believed at this date or time: what only later runs learnt is left out. Without \
            --as-of, the answer is about that time. Last sign-ins and usage are not kept apart so.
            """, valueName: "date"))
    var believed: String?

    /// The moment, with what can be known about it.
    ///
    /// - Parameter usage: whether the answer tells of usage, so that what is missing of it is said too.
    func moment(_ store: Store, usage: Bool = false) async throws(Problem) -> Moment {
        let now = Timestamp.now
        let asked = try asOf.map { text throws(Problem) in AsOf.at(try Self.time(text, now: now)) } ?? .now
        let moment: Moment
        if let believed {
            moment = try await store.moment(asked, believed: try Self.time(believed, now: now), now: now)
        } else {
            moment = try await store.moment(asked, now: now)
        }
        if let time = moment.asOf.time {
            let known = try await store.grade(of: moment.asOf)
            if known.grade != .full {
                Terminal.error("As of \(time.iso8601): \(known.grade.rawValue). \(known.reason)\n")
            }
        }
        if usage, let note = moment.usageNote { Terminal.error("\(note)\n") }
        return moment
    }

    /// A date or time as it is written on the command line.
    static func time(_ text: String, now: Timestamp) throws(Problem) -> Timestamp {
        if text == "now" { return now }
        guard let time = Timestamp(iso8601: text) else {
            throw Problem(
                id: "usage.asOf.malformed", kind: .usage, title: "“\(text)” is not a date",
                remedy: "Write it as 2025-03-01 (midnight UTC) or 2025-03-01T09:30:00Z.")
        }
        try Moment.refuseFuture(time, as: text, now: now)
        return time
    }
}
