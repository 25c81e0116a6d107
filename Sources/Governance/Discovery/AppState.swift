/// What the company has decided about a service.
public enum AppState: String, Sendable, CaseIterable {
    /// It is there; nobody has looked at it.
    case discovered
    /// Somebody is looking at it.
    case inReview = "in_review"
    /// It is the company's choice.
    case sanctioned
    /// It may be used, and is nobody's choice.
    case tolerated
    /// It must not be used.
    case blocked
    /// It is on its way out.
    case retiring
    /// It is gone, or should be.
    case retired

    /// The word people read.
    public var title: String {
        switch self {
        case .inReview: "In review"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// What it means, in one line.
    public var meaning: String {
        switch self {
        case .discovered: "It is there; nobody has decided anything."
        case .inReview: "Somebody is looking at it."
        case .sanctioned: "The company's choice, with an owner."
        case .tolerated: "May be used; nobody's choice, and should cost nothing."
        case .blocked: "Must not be used; the alternative says what instead."
        case .retiring: "On its way out."
        case .retired: "Over: nobody should use it or pay for it."
        }
    }

    /// The state that somebody names: `in_review`, `in review`, `In review`.
    ///
    /// - Returns: nil where there is none.
    public init?(naming text: String) {
        let name = text.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
        self.init(rawValue: name)
    }
}
