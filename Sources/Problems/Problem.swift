/// What went wrong, told to the person who can mend it.
///
/// A problem keeps its two audiences apart: `title`, `explanation` and `remedy` are shown to people; `context` and
/// `cause` go to the log only. Ids are stable once released: scripts and documentation refer to them.
public struct Problem: Error, Sendable {
    /// Stable, dotted and lower case: `okta.token.rejected`.
    public let id: String
    /// What happened, in one line without a full stop.
    public let title: String
    /// Why, in an admin's words. May be empty when the title says it all.
    public let explanation: String
    /// The next step, as an instruction.
    public let remedy: String
    /// What kind of failure this is; decides exit status and HTTP status.
    public let kind: Kind
    /// Facts for the log only, never shown to a person. Never holds a secret.
    public var context: [String: String]
    /// The error underneath, for the log only.
    public let cause: (any Error)?

    /// Makes a problem; see the properties for what belongs in each part.
    public init(
        id: String, kind: Kind, title: String, explanation: String = "", remedy: String,
        context: [String: String] = [:], cause: (any Error)? = nil
    ) {
        self.id = id
        self.kind = kind
        self.title = title
        self.explanation = explanation
        self.remedy = remedy
        self.context = context
        self.cause = cause
    }

    /// The same problem with more facts for the log.
    public func with(context more: [String: String]) -> Problem {
        var copy = self
        copy.context.merge(more) { _, new in new }
        return copy
    }
}

extension Problem {
    /// The families of failure, each with one exit status (sysexits.h) and one HTTP status.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// The command or request was written wrongly.
        case usage
        /// Input data was malformed.
        case badInput
        /// A named file, object or page does not exist.
        case notFound
        /// Okta or the database could not be reached.
        case unreachable
        /// A defect in Muster.
        case defect
        /// Stopped part-way; running again goes on from there.
        case resumable
        /// Okta, or Muster's own access rules, refused.
        case permission
        /// A setting is wrong.
        case configuration
        /// Somebody else is doing the same thing now.
        case conflict

        /// The exit status promised in the command line's documentation.
        public var exitStatus: Int32 {
            switch self {
            case .usage: 64
            case .badInput: 65
            case .notFound: 66
            case .unreachable: 69
            case .defect: 70
            case .resumable, .conflict: 75
            case .permission: 77
            case .configuration: 78
            }
        }

        /// The HTTP status of a page or API answer that carries this problem.
        public var httpStatus: Int {
            switch self {
            case .usage, .badInput: 400
            case .notFound: 404
            case .unreachable: 502
            case .defect, .configuration: 500
            case .resumable: 503
            case .permission: 403
            case .conflict: 409
            }
        }
    }
}

extension Problem: CustomStringConvertible {
    /// The title alone: what is safe to print anywhere.
    public var description: String { title }
}
