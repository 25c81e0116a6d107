/// An address of Muster: the only way one is made, so that every part of it is encoded.
public enum Link: Sendable, Equatable {
    case home, signIn, signOut, theme, search
    case users
    case user(String, tab: String = "")
    case groups
    case group(String, tab: String = "")
    /// How a person has an app.
    case accessPath(user: String, app: String)
    /// What changed between two dates.
    case changes
    case apps
    case app(String, tab: String = "")
    case departments
    case department(String)
    /// Who uses what: an overview, and its parts.
    case usage
    /// Seats that are bought, assigned and used.
    case licences
    case contracts
    case contract(Int64, tab: String = "")
    case spend
    /// What the company uses, and what it decided about it.
    case discovery
    /// People who left, and what they still hold.
    case offboarding
    /// The company's own list of its people.
    case roster
    /// A place below another one: `.below(.spend, "imports")`; each part is encoded.
    indirect case below(Link, String)
    case roles
    case integrations, connect, connectCheck
    case integration(String, tab: String = "")
    case run(String, Int64)
    case acceptHeld(String, Int64)
    /// Where Okta posts to.
    case hook(String)
    case asset(String)
    /// A list as a file: `/users.csv`.
    case export(String, format: String)
    /// Another link with a query.
    indirect case query(Link, FormData)

    /// The path, with its query if it has one.
    public var path: String {
        switch self {
        case .home: "/"
        case .signIn: "/login"
        case .signOut: "/logout"
        case .theme: "/theme"
        case .search: "/search"
        case .users: "/users"
        case .user(let id, let tab): Self.path("users", id, tab)
        case .accessPath(let user, let app): Self.path("users", user, "apps") + "/\(FormData.encode(app))"
        case .changes: "/changes"
        case .groups: "/groups"
        case .group(let id, let tab): Self.path("groups", id, tab)
        case .apps: "/apps"
        case .app(let id, let tab): Self.path("apps", id, tab)
        case .departments: "/departments"
        // A path cannot hold an empty part, so people without a department live under a dash.
        case .department(let name): name.isEmpty ? "/departments/-" : Self.path("departments", name, "")
        case .usage: "/usage"
        case .licences: "/licences"
        case .contracts: "/contracts"
        case .contract(let id, let tab): Self.path("contracts", String(id), tab)
        case .spend: "/spend"
        case .discovery: "/discovery"
        case .offboarding: "/offboarding"
        case .roster: "/roster"
        case .below(let link, let part): "\(link.path)/\(FormData.encode(part))"
        case .roles: "/roles"
        case .integrations: "/integrations"
        case .connect: "/connect"
        case .connectCheck: "/connect/check"
        case .integration(let name, let tab): Self.path("integrations", name, tab)
        case .run(let name, let run): Self.path("integrations", name, "runs") + "/\(run)"
        case .acceptHeld(let name, let run): Self.path("integrations", name, "runs") + "/\(run)/accept"
        case .hook(let address): "/hooks/okta/\(FormData.encode(address))"
        case .asset(let name): "/assets/\(FormData.encode(name))"
        case .export(let noun, let format): "/\(noun).\(format)"
        case .query(let link, let query): query.fields.isEmpty ? link.path : "\(link.path)?\(query.encoded)"
        }
    }

    /// This link with a query; fields without a value are left out.
    public func with(_ fields: [(String, String?)]) -> Link {
        .query(self, FormData(fields.compactMap { name, value in value.map { (name: name, value: $0) } }))
    }

    private static func path(_ place: String, _ name: String, _ tab: String) -> String {
        "/\(place)/\(FormData.encode(name))" + (tab.isEmpty ? "" : "/\(FormData.encode(tab))")
    }
}
