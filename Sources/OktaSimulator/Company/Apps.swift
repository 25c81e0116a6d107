/// How people sign in to an app, in Okta's own words.
enum SignOnMode: UInt8, Sendable {
    case saml, openIDConnect, browserPlugin, autoLogin, bookmark, wsFederation, basic, securePasswordStore
    /// Directories: Okta answers null.
    case none

    var text: StaticString? {
        switch self {
        case .saml: "SAML_2_0"
        case .openIDConnect: "OPENID_CONNECT"
        case .browserPlugin: "BROWSER_PLUGIN"
        case .autoLogin: "AUTO_LOGIN"
        case .bookmark: "BOOKMARK"
        case .wsFederation: "WS_FEDERATION"
        case .basic: "BASIC_AUTH"
        case .securePasswordStore: "SECURE_PASSWORD_STORE"
        case .none: nil
        }
    }

    /// The name Okta gives every app of the mode, where the catalogue has none: made by the company from a template.
    var template: String? {
        switch self {
        case .browserPlugin: "template_swa"
        case .basic: "template_basic_auth"
        case .securePasswordStore: "template_sps"
        case .bookmark: "bookmark"
        default: nil
        }
    }

    /// The same for the System Log, which spells some modes otherwise.
    var logged: StaticString {
        switch self {
        case .saml: "SAML 2.0"
        case .openIDConnect: "OpenID Connect"
        case .wsFederation: "WS-Federation"
        case .browserPlugin, .autoLogin, .basic, .securePasswordStore, .bookmark, .none: "Basic"
        }
    }
}

/// One app integration of the tenant.
struct App: Sendable {
    /// The catalogue key, or `acme_<label>_<n>` for what the company made itself.
    var key: String
    var label: String
    var mode: SignOnMode
    var active: Bool
    var created: Seconds
    var updated: Seconds
    /// A department's name, or `all`.
    var audience: String
    var provisions: Bool
    var kind: Kind
    /// How many of those assigned ever use it, 0 to 1: most unused licences are the low ones.
    var popularity: Double
    var deleted: Seconds = never
    /// When it was switched off and on since the tenant lives, in order.
    var switches: [(since: Seconds, active: Bool)] = []

    func isActive(at moment: Seconds) -> Bool {
        guard let first = switches.first else { return active }
        return switches.last { $0.since <= moment }?.active ?? !first.active
    }

    enum Kind: UInt8, Sendable {
        /// Okta's own console, dashboard and plugin.
        case builtIn
        /// Where people and groups come from; nobody signs in to it.
        case directory
        /// Bought.
        case product
        /// Made by the company.
        case custom
        /// Everyone may use it, nobody is assigned.
        case broker
        /// A machine's client: reads the API, no people.
        case service
    }

    /// Whether people are assigned to it at all.
    var assignable: Bool { kind == .product || kind == .custom }
}

extension App {
    /// Every app of the tenant: Okta's own first, then the catalogue, then what the company made itself.
    static func all(_ configuration: SimulatorConfiguration, windowStart: Seconds) -> [App] {
        var apps = fixed(windowStart: windowStart)
        for (position, product) in AppCatalogue.products.enumerated() where apps.count < configuration.apps {
            apps.append(bought(product, position, configuration.seed, windowStart))
        }
        var number = 1
        while apps.count < configuration.apps {
            apps.append(homeMade(number, configuration.seed, windowStart))
            number += 1
        }
        return Array(apps.prefix(max(configuration.apps, 1)))
    }

    /// The position of the app nobody approved, when the tenant is large enough to have it.
    static let unapprovedPosition = 6

    private static func fixed(windowStart: Seconds) -> [App] {
        let founded = windowStart - 9 * 365 * Calendar.day
        func okta(_ key: String, _ label: String) -> App {
            App(
                key: key, label: label, mode: .openIDConnect, active: true, created: founded, updated: founded,
                audience: "all", provisions: false, kind: .builtIn, popularity: 0)
        }
        var apps = [
            okta("saasure", "Okta Admin Console"), okta("okta_enduser", "Okta Dashboard"),
            okta("okta_browser_plugin", "Okta Browser Plugin"),
        ]
        apps.append(
            App(
                key: "active_directory", label: "corp.acme.example", mode: .none, active: true,
                created: founded + Calendar.day, updated: windowStart - 40 * Calendar.day, audience: "all",
                provisions: true, kind: .directory, popularity: 0))
        apps.append(
            App(
                key: "oidc_client", label: "Acme Portal", mode: .openIDConnect, active: true,
                created: founded + 700 * Calendar.day, updated: windowStart - 90 * Calendar.day, audience: "all",
                provisions: false, kind: .broker, popularity: 0.5))
        apps.append(
            App(
                key: "oidc_client", label: "Directory Sync Service", mode: .openIDConnect, active: true,
                created: founded + 900 * Calendar.day, updated: windowStart - 200 * Calendar.day, audience: "all",
                provisions: false, kind: .service, popularity: 0))
        // The story of the app nobody approved: it appears in the window and spreads by hand.
        apps.append(
            App(
                key: "oidc_client", label: "Otter Notes AI", mode: .openIDConnect, active: true,
                created: windowStart + 25 * Calendar.day, updated: windowStart + 25 * Calendar.day, audience: "all",
                provisions: false, kind: .custom, popularity: 0.95))
        return apps
    }

    private static func bought(
        _ product: AppCatalogue.Product, _ position: Int, _ seed: UInt64, _ windowStart: Seconds
    ) -> App {
        var chance = Randomness(seed, .app, position)
        let age = Seconds(chance.within(60...3_000)) * Calendar.day
        let popularity =
            product.audience == "all" && position < 5 ? 0.97 : [0.9, 0.75, 0.55, 0.3, 0.1][chance.below(5)]
        return App(
            key: product.mode.template ?? product.key, label: product.label, mode: product.mode,
            active: !product.inactive,
            created: windowStart - age, updated: windowStart - age / Seconds(chance.within(2...9)),
            audience: product.audience, provisions: product.provisions, kind: product.broker ? .broker : .product,
            popularity: popularity)
    }

    private static func homeMade(_ number: Int, _ seed: UInt64, _ windowStart: Seconds) -> App {
        var chance = Randomness(seed, .app, 10_000 + number)
        let project = Names.projects[(number - 1) % Names.projects.count]
        let purposes = ["Console", "Wiki", "Reports", "Dashboard", "Tracker", "Admin", "Forms", "Archive", "Status"]
        let purpose = purposes[((number - 1) / Names.projects.count + number) % purposes.count]
        let label = number > 234 ? "\(project) \(purpose) \(number)" : "\(project) \(purpose)"
        let mode: SignOnMode = [.saml, .saml, .openIDConnect, .autoLogin, .bookmark][chance.below(5)]
        let plain = label.lowercased().filter { $0.isLetter || $0.isNumber }
        let key: String =
            switch mode {
            case .bookmark: "bookmark"
            case .openIDConnect: "oidc_client"
            default: "acme_\(plain)_\(number)"
            }
        let age = Seconds(chance.within(100...2_500)) * Calendar.day
        let audience = Names.departments[chance.below(Names.departments.count)].name
        return App(
            key: key, label: label, mode: mode, active: !chance.chance(0.06), created: windowStart - age,
            updated: windowStart - age / 3, audience: audience, provisions: false,
            kind: chance.chance(0.04) && mode == .openIDConnect ? .broker : .custom,
            popularity: [0.8, 0.5, 0.2, 0.05][chance.below(4)])
    }
}
