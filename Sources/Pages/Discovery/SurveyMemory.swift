import Analysis
import Directory
import Problems
import Storage

/// Remembers what services there are until the next full sync, and for some minutes of following the log: everybody's use is
/// walked to find it.
actor SurveyMemory {
    private static let most = 4
    /// For how long a survey of now stays good while the log is followed, in seconds.
    private static let lasts: Int64 = 900
    private var kept: [(key: String, made: Timestamp, survey: Survey)] = []

    /// The services at a moment.
    func survey(_ store: Store, _ moment: Moment) async throws(Problem) -> Survey {
        let run = try await store.runs(of: nil, limit: 1).first
        let key =
            "\(run?.id ?? 0) \(run?.status.rawValue ?? "") \(moment.asOf) \(moment.today) \(moment.usageKnown)"
        if let found = kept.first(where: { $0.key == key }), moment.now.seconds - found.made.seconds < Self.lasts {
            return found.survey
        }
        let survey = try await store.survey(moment)
        kept.removeAll { $0.key == key }
        kept.append((key, moment.now, survey))
        if kept.count > Self.most { kept.removeFirst() }
        return survey
    }
}
