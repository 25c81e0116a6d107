/// What the log tells of one holder's admin roles: all that were held after a change.
struct RoleEvent: Equatable, Sendable {
    let at: Int64
    /// Okta's names of the types; empty when the last one was taken; nil when the event did not tell.
    let held: Set<String>?
}

/// Changes of admin roles, told type by type from lists of all that were held.
enum RoleHistory {
    /// The type of a role that the log does not name: it tells what was left when it was taken, not what it was.
    static let unknown = "UNKNOWN"

    /// - Parameter dated: since when the holder has each type, by Okta's own dates.
    /// - Returns: for each type the moments at which it was given and taken.
    static func links(_ events: [RoleEvent], dated: [String: Int64]) -> [String: [LinkEvent]] {
        var links: [String: [LinkEvent]] = [:]
        var known: Set<String>?
        for event in events {
            guard let held = event.held else {
                known = nil
                continue
            }
            if let known {
                for type in held.subtracting(known) {
                    links[type, default: []].append(LinkEvent(at: event.at, adds: true))
                }
                for type in known.subtracting(held) {
                    links[type, default: []].append(LinkEvent(at: event.at, adds: false))
                }
            } else {
                // Nobody knows what was held before. What Okta dates earlier was; anything else is new. When nothing is
                // new, something was taken.
                let given = held.filter { dated[$0].map { $0 > event.at - LinkHistory.oneChange } ?? true }
                for type in given { links[type, default: []].append(LinkEvent(at: event.at, adds: true)) }
                if given.isEmpty { links[unknown, default: []].append(LinkEvent(at: event.at, adds: false)) }
            }
            known = held
        }
        return links
    }

    /// The types that a text such as `Organization administrator, Application administrator (all)` names; those that are
    /// none of Okta's standard ones are left out.
    static func types(in text: String) -> Set<String> {
        var types: Set<String> = []
        var depth = 0
        var name = ""
        for character in text + "," {
            switch character {
            case "(": depth += 1
            case ")": depth = max(0, depth - 1)
            case "," where depth == 0:
                let plain = name.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }.joined(separator: " ")
                if let type = names[plain] { types.insert(type) }
                name = ""
            default: if depth == 0 { name.append(character) }
            }
        }
        return types
    }

    /// What people see for a type.
    static func label(_ type: String) -> String {
        labels.first { $0.type == type }?.label ?? "A role that the log does not name"
    }

    private static let names: [String: String] = {
        var names: [String: String] = ["org administrator": "ORG_ADMIN", "user administrator": "USER_ADMIN"]
        for (label, type) in labels {
            names[label.lowercased().replacing("-", with: " ")] = type
            names[type.lowercased().replacing("_", with: " ")] = type
        }
        return names
    }()

    private static let labels: [(label: String, type: String)] = [
        ("Super Administrator", "SUPER_ADMIN"), ("Organization Administrator", "ORG_ADMIN"),
        ("Application Administrator", "APP_ADMIN"), ("Group Administrator", "USER_ADMIN"),
        ("Help Desk Administrator", "HELP_DESK_ADMIN"), ("Read-only Administrator", "READ_ONLY_ADMIN"),
        ("Mobile Administrator", "MOBILE_ADMIN"),
        ("API Access Management Administrator", "API_ACCESS_MANAGEMENT_ADMIN"),
        ("Report Administrator", "REPORT_ADMIN"), ("Group Membership Administrator", "GROUP_MEMBERSHIP_ADMIN"),
        ("Workflows Administrator", "WORKFLOWS_ADMIN"),
        ("Access Certifications Administrator", "ACCESS_CERTIFICATIONS_ADMIN"),
        ("Access Requests Administrator", "ACCESS_REQUESTS_ADMIN"),
    ]
}
