import OktaAPI
import Problems
import Testing

@Suite("Domains")
struct OktaDomainTests {
    @Test(
        "any pasted address of an org leads to its host",
        arguments: [
            ("acme.okta.com", "acme.okta.com"), ("https://acme.okta.com", "acme.okta.com"),
            ("  https://ACME-admin.okta.com/admin/dashboard?x=1#y \n", "acme.okta.com"),
            ("acme-admin.oktapreview.com", "acme.oktapreview.com"),
            ("https://acme.okta.com/oauth2/default", "acme.okta.com"), ("Acme.Okta-EMEA.com.", "acme.okta-emea.com"),
            ("https://login.acme.example:443/", "login.acme.example"), ("<https://acme.okta.com/>", "acme.okta.com"),
            ("acme.okta-gov.com/.well-known/openid-configuration", "acme.okta-gov.com"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ])
    func pasted(text: String, host: String) throws {
        let domain = try OktaDomain(pasted: text)
        #expect(domain.host == host)
        #expect(domain.baseURL == "https://\(host)")
        #expect(!domain.isLoopback)
    }

    @Test("a port other than the usual one is kept")
    func ports() throws {
        #expect(
            try OktaDomain(pasted: "https://login.acme.example:8443/x").baseURL == "https://login.acme.example:8443")
        #expect(try OktaDomain(pasted: "http://127.0.0.1:9100/").baseURL == "http://127.0.0.1:9100")
        #expect(try OktaDomain(pasted: "localhost:9100").baseURL == "http://localhost:9100")
        #expect(try OktaDomain(pasted: "http://[::1]:9100").baseURL == "http://[::1]:9100")
    }

    @Test(
        "plain http is for this machine only",
        arguments: ["http://acme.okta.com", "http://10.0.0.1", "http://127.0.0.1.evil.com"])
    func insecure(text: String) {
        #expect(throws: Problem.self) { try OktaDomain(pasted: text) }
    }

    @Test(
        "what is no domain is refused",
        arguments: [
            "", "   ", "okta", "https://", "acme..okta.com", "-acme.okta.com", "acme.okta.com:0", "acme.okta.com:99999",
            "user:pw@acme.okta.com", "https://user@acme.okta.com", "ftp://acme.okta.com", "аcme.okta.com",
            "acme_.okta.com",
            "bücher.example", "file:///etc/passwd", "10.0.0.1", "[::1", "acme.okta.com:80:80", "javascript:alert(1)",
            "acme okta.com", "a.\u{0}b.com", String(repeating: "a.", count: 200) + "com",
        ])
    func refused(text: String) {
        #expect(throws: Problem.self) { try OktaDomain(pasted: text) }
    }
}
