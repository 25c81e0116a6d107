/// Whether Okta sees people use an app at all: decided from what the app is, before any sign-on is counted.
public enum Observability: Sendable, Equatable {
    /// Each sign-on passes through Okta and is logged.
    case observable
    /// Sign-ons tell nothing, and why.
    case hidden(String)

    /// Decides for one app.
    ///
    /// - Parameters:
    ///   - name: the catalogue key, such as `salesforce`.
    ///   - mode: Okta's sign-on mode; nil where Okta tells none.
    ///   - isForAll: whether everybody may use it by Federation Broker Mode.
    ///   - features: what it provisions.
    public static func of(name: String, mode: String?, isForAll: Bool, features: [String] = []) -> Observability {
        if isOktas(name) {
            return .hidden("It is a part of Okta itself, which everybody has and nobody pays a seat for.")
        }
        if directories.contains(name) {
            return .hidden("It is a directory: people and groups come from it, and nobody signs in to it.")
        }
        if isForAll {
            return .hidden(
                "Everybody may use it by Federation Broker Mode: Okta assigns nobody, so that nobody's seat can be judged."
            )
        }
        switch mode {
        case "SAML_2_0", "SAML_1_1", "OPENID_CONNECT", "WS_FEDERATION": return .observable
        case "BOOKMARK":
            return .hidden("It is a bookmark: Okta opens a link, and knows nothing of who signs in behind it.")
        case "BROWSER_PLUGIN", "AUTO_LOGIN", "SECURE_PASSWORD_STORE", "BASIC_AUTH":
            return .hidden(
                "People sign in to it with a password that Okta fills in (SWA): they can do so without Okta as well.")
        case nil, "":
            return .hidden(
                features.isEmpty
                    ? "It has no single sign-on: nobody signs in to it through Okta."
                    : "Okta only provisions accounts for it: nobody signs in to it through Okta.")
        case .some(let other): return .hidden("Its way to sign in (\(other)) is none whose sign-ons Okta logs.")
        }
    }

    /// Okta's own consoles, dashboards and services.
    public static func isOktas(_ name: String) -> Bool {
        name == "saasure" || name == "flow" || name.hasPrefix("okta_")
    }

    private static let directories: Set<String> = [
        "active_directory", "csv_directory", "csv_directory_v2", "custom_identity_source", "ldap_interface",
        "ldap_directory", "ldap_sun_one", "ldap_active_directory", "ldap_open", "ldap_generic",
    ]
}
