import WebSupport

/// The places of the left rail, in the order people need them.
enum Place: CaseIterable {
    case home, users, departments, apps, usage, groups, roles, licences, contracts, spend, discovery, offboarding
    case integrations

    var title: String {
        switch self {
        case .home: "Home"
        case .users: "People"
        case .departments: "Departments"
        case .apps: "Apps"
        case .usage: "Usage"
        case .groups: "Groups"
        case .roles: "Admin roles"
        case .licences: "Licences"
        case .contracts: "Contracts"
        case .spend: "Spend"
        case .discovery: "Discovery"
        case .offboarding: "Offboarding"
        case .integrations: "Integrations"
        }
    }

    var link: Link {
        switch self {
        case .home: .home
        case .users: .users
        case .departments: .departments
        case .apps: .apps
        case .usage: .usage
        case .groups: .groups
        case .roles: .roles
        case .licences: .licences
        case .contracts: .contracts
        case .spend: .spend
        case .discovery: .discovery
        case .offboarding: .offboarding
        case .integrations: .integrations
        }
    }

    /// The key after `g`.
    var key: String {
        switch self {
        case .home: "h"
        case .users: "u"
        case .departments: "d"
        case .apps: "a"
        case .usage: "s"
        case .groups: "g"
        case .roles: "r"
        case .licences: "l"
        case .contracts: "c"
        case .spend: "m"
        case .discovery: "y"
        case .offboarding: "o"
        case .integrations: "i"
        }
    }

    /// The heading of the rail above the place, where one begins.
    var heading: String? {
        switch self {
        case .users: "People"
        case .apps: "Apps"
        case .groups: "Access"
        case .licences: "Money"
        case .discovery: "Governance"
        case .integrations: "Settings"
        default: nil
        }
    }

    var railTitle: String { self == .users ? "Users" : title }

    var icon: HTML {
        switch self {
        case .home:
            Icon.draw("<path d=\"M2.5 7.5 8 3l5.5 4.5V13a.5.5 0 0 1-.5.5H9.8V9.6H6.2v3.9H3a.5.5 0 0 1-.5-.5z\"/>")
        case .users:
            Icon.draw(
                "<circle cx=\"8\" cy=\"5.4\" r=\"2.6\"/><path d=\"M2.8 13.4c.5-2.8 2.6-4.2 5.2-4.2s4.7 1.4 5.2 4.2\"/>")
        case .departments:
            Icon.draw(
                "<path d=\"M6.2 2.5h3.6v3H6.2zM2 10.5h3.6v3H2zM10.4 10.5H14v3h-3.6zM8 5.5V8M3.8 10.5V8h8.4v2.5\"/>")
        case .apps:
            Icon.draw(
                "<path d=\"M2.5 2.5h4.3v4.3H2.5zM9.2 2.5h4.3v4.3H9.2zM2.5 9.2h4.3v4.3H2.5zM9.2 9.2h4.3v4.3H9.2z\"/>")
        case .groups:
            Icon.draw(
                "<circle cx=\"5.6\" cy=\"6\" r=\"2.2\"/><path d=\"M1.5 13c.4-2.4 2-3.6 4.1-3.6s3.7 1.2 4.1 3.6M10.4 4a2.2 2.2 0 0 1 0 4.1M11.6 9.7c1.6.4 2.6 1.5 2.9 3.3\"/>"
            )
        case .roles: Icon.draw("<path d=\"M8 1.8 13.2 4v3.6c0 3.2-2.1 5.6-5.2 6.7-3.1-1.1-5.2-3.5-5.2-6.7V4z\"/>")
        case .usage: Icon.draw("<path d=\"M2.5 13.5h11M4 13.5V9M7 13.5V5.5M10 13.5V7.5M13 13.5V3\"/>")
        case .licences:
            Icon.draw("<rect x=\"2\" y=\"4\" width=\"12\" height=\"8.5\" rx=\"1.2\"/><path d=\"M5 7.2h4M5 9.6h6\"/>")
        case .contracts:
            Icon.draw("<path d=\"M4 2h5.5L12.5 5v9H4zM9.3 2.2V5.2h3M6 8h4.5M6 10.6h4.5\"/>")
        case .spend:
            Icon.draw(
                "<circle cx=\"8\" cy=\"8\" r=\"5.8\"/><path d=\"M10.4 5.6a3 3 0 1 0 0 4.8M4.6 7.2h3.6M4.6 8.8h3.6\"/>")
        case .discovery:
            Icon.draw("<circle cx=\"7\" cy=\"7\" r=\"4.4\"/><path d=\"m10.3 10.3 3.4 3.4\"/>")
        case .offboarding:
            Icon.draw("<path d=\"M9 2.5H3.5v11H9M7 8h6.5M11 5.5 13.5 8 11 10.5\"/>")
        case .integrations:
            Icon.draw("<path d=\"M6 2v3M10 2v3M4 5h8v2.6a4 4 0 0 1-8 0zM8 11.6V14\"/>")
        }
    }
}

/// Small drawings in the text's own colour.
enum Icon {
    static func draw(_ shapes: HTML) -> HTML {
        "<svg class=\"icon\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\" focusable=\"false\">\(shapes)</svg>"
    }
}
