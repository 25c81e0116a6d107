/// How an app takes an account away when Okta deactivates a person.
public enum RemovalWay: String, Sendable, CaseIterable {
    /// Okta ends the account in the app by itself.
    case automatic
    /// Somebody has to end the account in the app: Okta takes the tile away, and cannot prove more.
    case manual

    /// The provisioning features with which Okta ends an account in the app.
    public static let features = ["PUSH_USER_DEACTIVATION", "SCIM_PROVISIONING", "OUTBOUND_PROVISIONING"]

    /// Okta's own apps: what they open ends with the account in Okta.
    private static let own: Set<String> = ["saasure", "okta_enduser", "okta_browser_plugin", "flow", "okta_iga"]

    /// The way of an app, and why, in words.
    ///
    /// - Parameters:
    ///   - name: the key in Okta's catalogue.
    ///   - signOnMode: as Okta says it; nil for directories.
    ///   - features: what Okta provisions in it, as Okta says it.
    public static func of(name: String, signOnMode: String?, features: String) -> (way: RemovalWay, why: String) {
        if own.contains(name) { return (.automatic, "Okta's own app: it ends with the account in Okta") }
        let words = features.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        if let feature = self.features.first(where: words.contains) {
            return (.automatic, "Okta deactivates the account in the app (\(feature))")
        }
        switch signOnMode {
        case "BROWSER_PLUGIN", "AUTO_LOGIN", "SECURE_PASSWORD_STORE", "BASIC_AUTH":
            return (.manual, "Password app: the person may know the password; Okta cannot prove removal")
        case "BOOKMARK": return (.manual, "Bookmark: Okta knows nothing of the account; it cannot prove removal")
        case nil: return (.manual, "A directory: its own account has to be ended there")
        default: return (.manual, "Single sign-on without provisioning: Okta cannot prove removal")
        }
    }
}
