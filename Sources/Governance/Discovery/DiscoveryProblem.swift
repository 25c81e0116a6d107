public import Problems

/// What can be wrong with a decision about a service.
public enum DiscoveryProblem {
    /// The most characters of a reason, a name of a person, a note, a name of a service.
    public static let longest = (reason: 2000, person: 200, note: 4000, name: 100)
    /// The most services of one decision.
    public static let most = 200

    static func unknownState(_ text: String) -> Problem {
        Problem(
            id: "discovery.state.unknown", kind: .usage, title: "“\(text.prefix(40))” is not a state",
            explanation: "Nothing was changed.",
            remedy: "Use one of: \(AppState.allCases.map(\.rawValue).joined(separator: ", ")).")
    }

    /// A decision without a reason.
    public static let noReason = Problem(
        id: "discovery.reason.missing", kind: .usage, title: "A decision needs its reason",
        explanation: "Who reads it in a year has nothing else. Nothing was changed.",
        remedy: "Write one sentence that says why.")

    static func tooLong(_ what: String, _ most: Int) -> Problem {
        Problem(
            id: "discovery.text.tooLong", kind: .usage, title: "The \(what) is longer than \(most) characters",
            explanation: "Nothing was changed.", remedy: "Shorten it.")
    }

    static func unknownService(_ name: String) -> Problem {
        Problem(
            id: "discovery.service.unknown", kind: .notFound, title: "There is no service “\(name.prefix(100))” here",
            explanation: "No app of the tenant has this Okta id, label or name, now or before. Nothing was changed.",
            remedy: "See /discovery, or `muster report discovery`, for their names.")
    }

    static func ambiguous(_ name: String) -> Problem {
        Problem(
            id: "discovery.service.ambiguous", kind: .usage, title: "Several services are called “\(name.prefix(100))”",
            explanation: "Nothing was changed.", remedy: "Give Okta's id of the one that is meant.")
    }

    static let alternativeIsItself = Problem(
        id: "discovery.alternative.itself", kind: .usage, title: "A service cannot be its own alternative",
        explanation: "Nothing was changed.", remedy: "Name another service, or none.")

    static func unknownCategory(_ text: String) -> Problem {
        Problem(
            id: "discovery.category.unknown", kind: .usage, title: "“\(text.prefix(60))” is not a category",
            explanation: "Nothing was changed.", remedy: "Choose one of the list.")
    }

    /// A decision about nothing.
    public static let nothingChosen = Problem(
        id: "discovery.services.none", kind: .usage, title: "No service is chosen", explanation: "Nothing was changed.",
        remedy: "Choose at least one service, and at most \(most).")
}
