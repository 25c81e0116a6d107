/// Which column of a roster holds what, found out from the words of its header, whatever system wrote it.
public struct RosterColumns: Sendable, Equatable {
    /// What a roster can tell of a person.
    public enum Field: String, Sendable, CaseIterable {
        case employeeID, email, name, firstName, lastName, status, endsOn, department, manager, kind

        /// As people call it.
        public var title: String {
            switch self {
            case .employeeID: "Employee id"
            case .email: "E-mail"
            case .name: "Name"
            case .firstName: "First name"
            case .lastName: "Last name"
            case .status: "Status"
            case .endsOn: "End date"
            case .department: "Department"
            case .manager: "Manager"
            case .kind: "Type"
            }
        }

        /// Words of headers, without spaces and signs, the surest first.
        var words: [String] {
            switch self {
            case .employeeID:
                [
                    "employeeid", "employeenumber", "employeeno", "personnelnumber", "personnelno", "workerid",
                    "staffid",
                    "staffnumber", "empid", "empno", "hrid", "personid", "personalnummer", "matricule", "id",
                ]
            case .email:
                [
                    "workemail", "email", "emailaddress", "businessemail", "primaryemail", "emailwork", "companyemail",
                    "mail", "userprincipalname", "upn", "login", "username", "oktalogin",
                ]
            case .name: ["name", "fullname", "displayname", "employeename", "workername", "employee", "worker"]
            case .firstName: ["firstname", "givenname", "forename", "legalfirstname", "vorname"]
            case .lastName: ["lastname", "surname", "familyname", "legallastname", "nachname"]
            case .status:
                [
                    "employmentstatus", "employeestatus", "workerstatus", "workstatus", "status", "state",
                    "beschaftigungsstatus",
                ]
            case .endsOn:
                [
                    "enddate", "terminationdate", "termdate", "lastday", "lastdayofwork", "lastworkingday",
                    "employmentenddate", "leavedate", "leavingdate", "dateofleaving", "exitdate", "separationdate",
                    "contractenddate", "endsone", "endson", "ende", "austritt", "austrittsdatum",
                ]
            case .department: ["department", "departmentname", "dept", "orgunit", "team", "division", "abteilung"]
            case .manager:
                [
                    "manageremail", "managerid", "manager", "managername", "reportsto", "supervisor", "linemanager",
                    "vorgesetzter",
                ]
            case .kind:
                ["workertype", "employmenttype", "employeetype", "contracttype", "usertype", "type", "kind", "class"]
            }
        }
    }

    /// The place of each field that the header names.
    public let places: [Field: Int]
    /// The header as it stands in the file.
    public let header: [String]

    /// Finds the columns of a header.
    public init(_ header: [String]) {
        self.header = header
        let plain = header.map { text in
            text.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        var places: [Field: Int] = [:]
        for field in Field.allCases {
            for word in field.words {
                if let place = plain.firstIndex(of: word), !places.values.contains(place) {
                    places[field] = place
                    break
                }
            }
        }
        self.places = places
    }

    /// Whether people can be told apart: by an id or an address.
    public var tellsPeopleApart: Bool { places[.employeeID] != nil || places[.email] != nil }

    /// Whether it says who has left: by a status or an end date.
    public var tellsLeavers: Bool { places[.status] != nil || places[.endsOn] != nil }

    func text(_ field: Field, _ row: [String]) -> String? {
        guard let place = places[field], place < row.count else { return nil }
        let text = row[place].trimmingSpaces
        return text.isEmpty ? nil : text
    }
}

extension String {
    /// Without spaces, tabs and no-break spaces at its ends.
    var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
