import Analysis
import Directory
import Storage
import Support
import Testing

@Suite("The rules of offboarding")
struct LeaverRuleTests {
    @Test(
        "who takes an account away",
        arguments: [
            ("salesforce", "SAML_2_0", "PUSH_NEW_USERS PUSH_USER_DEACTIVATION", RemovalWay.automatic),
            ("slack", "SAML_2_0", "SCIM_PROVISIONING", .automatic), ("zoom", "SAML_2_0", "", .manual),
            ("box", "SAML_2_0", "IMPORT_PROFILE_UPDATES", .manual), ("x", "BROWSER_PLUGIN", "", .manual),
            ("y", "BOOKMARK", "", .manual), ("saasure", "OPENID_CONNECT", "", .automatic),
            // A feature of a longer name is another one.
            ("z", "SAML_2_0", "NO_PUSH_USER_DEACTIVATION_YET", .manual),
        ])
    func ways(_ name: String, _ mode: String, _ features: String, _ way: RemovalWay) {
        #expect(RemovalWay.of(name: name, signOnMode: mode, features: features).way == way)
    }

    @Test(
        "accounts of machines and of several people",
        arguments: [
            ("svc-backup@acme.example", "Service Backup", nil, 1, "service"),
            ("backup@acme.example", "Backup Robot", "Service", 1, "service"),
            ("team.finance@acme.example", "Finance Team", nil, 0, nil),
            ("reception@acme.example", "Front Door", nil, 0, "shared"),
            ("ada.abbott@acme.example", "Ada Abbott", "Employee", 2, "shared"),
            ("ada.abbott@acme.example", "Ada Abbott", "Employee", 0, nil),
            ("bill.sales@acme.example", "Bill Sales", nil, 0, nil),
        ] as [(String, String, String?, Int, String?)])
    func shared(_ login: String, _ name: String, _ type: String?, _ shares: Int, _ kind: String?) {
        #expect(SharedAccounts.judge(login: login, name: name, userType: type, sharesAddress: shares)?.kind == kind)
    }

    @Test("movers keep what few of their new department have", arguments: TestEngine.available)
    func transfers(_ engine: TestEngine) async throws {
        try await SampleStore.with(engine, people: 120) { sample in
            let moment = Moment(now: SampleStore.now)
            let rows = try await sample.store.list(.transfers(moment), ListRequest(limit: 500)).rows
            #expect(!rows.isEmpty)
            for row in rows {
                #expect(row.text("from_department") == "Sales" && row.text("to_department") != "Sales")
                #expect(row.number("days_since_move") == 60)
                let labels = row.text("kept_app_labels").split(separator: ";").count
                #expect(row.number("kept_apps") == Int64(labels))
            }
        }
    }
}
