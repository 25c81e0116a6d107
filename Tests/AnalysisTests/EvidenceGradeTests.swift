import Analysis
import Testing

@Suite("What single sign-on can say about an app")
struct EvidenceGradeTests {
    @Test("the best evidence comes first, and no data last")
    func order() {
        #expect(EvidenceGrade.allCases.sorted() == [.direct, .observed, .coarse, .none])
    }

    @Test(
        "apps that people sign in to by SAML, OpenID Connect and WS-Federation are observable",
        arguments: ["SAML_2_0", "SAML_1_1", "OPENID_CONNECT", "WS_FEDERATION"])
    func observable(mode: String) {
        #expect(Observability.of(name: "salesforce", mode: mode, isForAll: false) == .observable)
        let broker = Observability.of(name: "salesforce", mode: mode, isForAll: true)
        #expect(broker != .observable)
        #expect(Observability.of(name: "okta_enduser", mode: mode, isForAll: false) != .observable)
        #expect(Observability.of(name: "active_directory", mode: mode, isForAll: false) != .observable)
    }

    @Test(
        "bookmarks, passwords that Okta fills in and ways nobody knows are no data",
        arguments: [
            "BOOKMARK", "BROWSER_PLUGIN", "AUTO_LOGIN", "SECURE_PASSWORD_STORE", "BASIC_AUTH", "MFA_AS_SERVICE", "",
        ])
    func hidden(mode: String) {
        #expect(Observability.of(name: "box", mode: mode, isForAll: false) != .observable)
    }

    @Test("an app without single sign-on is no data, whether it provisions or not, and each says why")
    func withoutSignOn() {
        let plain = Observability.of(name: "deelhr", mode: nil, isForAll: false)
        let provisioning = Observability.of(
            name: "deelhr", mode: nil, isForAll: false, features: ["PUSH_NEW_USERS"])
        guard case .hidden(let first) = plain, case .hidden(let second) = provisioning else {
            Issue.record("both are hidden")
            return
        }
        #expect(first != second && second.contains("provisions"))
    }
}
