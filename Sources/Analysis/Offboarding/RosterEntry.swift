package import DatabaseEngine
public import Directory
import Storage

/// One person as the company's own roster has them.
public struct RosterEntry: Sendable, Equatable {
    /// How the roster sees somebody.
    public enum Standing: String, Sendable, CaseIterable {
        /// They work here.
        case employed
        /// They are away and will come back: never a leaver.
        case leave
        /// They have left.
        case left
    }

    /// What makes the row unique: the employee id, else the e-mail address.
    public var personID: String
    /// The employee id.
    public var employeeID: String?
    /// The e-mail address, in small letters.
    public var email: String?
    /// The name.
    public var name: String?
    /// The status in the roster's own words.
    public var status: String?
    /// What the status means.
    public var standing: Standing
    /// The last day, counted from 1970.
    public var endsOn: Int32?
    /// The department.
    public var department: String?
    /// The manager.
    public var manager: String?
    /// What kind of worker: employee, contractor.
    public var kind: String?

    /// An entry; see the properties.
    public init(personID: String, standing: Standing) {
        self.personID = personID
        self.standing = standing
    }

    /// Whether they have left by a moment: their last day is over, or the status says so and names no later day. A leave of
    /// absence is no leaving.
    public func hasLeft(by time: Timestamp) -> Bool {
        guard standing != .leave else { return false }
        if let endsOn { return endsOn < time.day }
        return standing == .left
    }

    package static let columns = """
        p.person_id, p.employee_id, p.email, p.name, p.status, p.standing, p.ends_on, p.department, p.manager, p.kind
        """

    package init(_ row: Row) {
        personID = row.text(0)
        employeeID = row.optionalText(1)
        email = row.optionalText(2)
        name = row.optionalText(3)
        status = row.optionalText(4)
        standing = Standing(rawValue: row.text(5)) ?? .employed
        endsOn = row.optionalInteger(6).map { Int32(truncatingIfNeeded: $0) }
        department = row.optionalText(7)
        manager = row.optionalText(8)
        kind = row.optionalText(9)
    }

    /// How a person of the roster is told apart: the employee id, else the e-mail address.
    public static func personID(employeeID: String?, email: String?) -> String? {
        if let employeeID { return "e:\(employeeID)" }
        return email.map { "m:\($0)" }
    }
}
