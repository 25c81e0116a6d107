import Crypto
import Foundation
import JWTKit
import NIOHTTP1
import OktaSimulator
import Testing

@Suite struct CredentialTests {
    @Test("a wrong token is E0000011 with its header, no credential too, the well-known page asks for none")
    func token() async throws {
        try await TestTenant.with { tenant in
            let wrong = try await tenant.get("/api/v1/users", authorization: "SSWS nonsense")
            #expect(wrong.status == 401)
            #expect(wrong.errorCode == "E0000011")
            #expect(wrong.header("WWW-Authenticate") == "SSWS")
            let open = try await tenant.get("/.well-known/okta-organization", authorization: "")
            #expect(open.status == 200)
            #expect(open.object["pipeline"] as? String == "idx")
            let me = try await tenant.get("/api/v1/users/me")
            #expect((me.object["profile"] as? [String: Any])?["userType"] as? String == "Service")
        }
    }

    @Test("only reading is possible, and what is not there says so")
    func refusals() async throws {
        try await TestTenant.with { tenant in
            let write = try await tenant.get("/api/v1/users", method: .POST)
            #expect(write.status == 405)
            #expect(write.errorCode == "E0000022")
            let gone = try await tenant.get("/api/v1/users/00u00000000000000000")
            #expect(gone.status == 404)
            #expect(gone.errorCode == "E0000007")
            #expect(
                gone.object["errorSummary"] as? String == "Not found: Resource not found: 00u00000000000000000 (User)")
            let cursor = try await tenant.get("/api/v1/apps?after=0oanonsense")
            #expect(cursor.status == 400)
            #expect(cursor.errorCode == "E0000029")
        }
    }

    @Test("a client secret over Basic gives a plain bearer token with the granted scopes only")
    func secret() async throws {
        try await TestTenant.with { tenant in
            let app = tenant.simulator.serviceApp
            let basic = Data("\(app.clientID):\(app.clientSecret)".utf8).base64EncodedString()
            let reply = try await tenant.post(
                "/oauth2/v1/token", form: "grant_type=client_credentials&scope=okta.users.read+okta.users.manage",
                headers: [("Authorization", "Basic \(basic)")])
            #expect(reply.status == 200)
            #expect(reply.object["token_type"] as? String == "Bearer")
            #expect(reply.object["scope"] as? String == "okta.users.read")
            let access = try #require(reply.object["access_token"] as? String)
            #expect(try await tenant.get("/api/v1/users?limit=1", authorization: "Bearer \(access)").status == 200)
            let groups = try await tenant.get("/api/v1/groups", authorization: "Bearer \(access)")
            #expect(groups.status == 403)
            #expect(groups.errorCode == "E0000006")
        }
    }

    @Test("private_key_jwt with DPoP: no proof, no nonce, then a token that only its key can use")
    func proof() async throws {
        try await TestTenant.with { tenant in
            let signer = try await Signer(tenant)
            let bare = try await tenant.post("/oauth2/v1/token", form: try await signer.form())
            #expect(bare.status == 400)
            #expect(bare.object["error"] as? String == "invalid_dpop_proof")
            let first = try await tenant.post(
                "/oauth2/v1/token", form: try await signer.form(),
                headers: [("DPoP", try await signer.proof("POST", "/oauth2/v1/token"))])
            #expect(first.object["error"] as? String == "use_dpop_nonce")
            let nonce = try #require(first.header("dpop-nonce"))
            let second = try await tenant.post(
                "/oauth2/v1/token", form: try await signer.form(),
                headers: [("DPoP", try await signer.proof("POST", "/oauth2/v1/token", nonce: nonce))])
            #expect(second.status == 200)
            #expect(second.object["token_type"] as? String == "DPoP")
            let access = try #require(second.object["access_token"] as? String)
            let proof = try await signer.proof("GET", "/api/v1/users", token: access)
            let users = try await tenant.get(
                "/api/v1/users?limit=1", authorization: "DPoP \(access)", headers: [("DPoP", proof)])
            #expect(users.status == 200)
            let again = try await tenant.get(
                "/api/v1/users?limit=1", authorization: "DPoP \(access)", headers: [("DPoP", proof)])
            #expect(again.status == 401, "a proof is good once")
            let query = try await signer.proof("GET", "/api/v1/users?limit=1", token: access)
            let refused = try await tenant.get(
                "/api/v1/users?limit=1", authorization: "DPoP \(access)", headers: [("DPoP", query)])
            #expect(refused.status == 401, "htu has no query")
            #expect(try await tenant.get("/api/v1/users?limit=1", authorization: "Bearer \(access)").status == 401)
        }
    }

    /// What a careful client does, written from RFC 9449 and 7523.
    private struct Signer {
        let base: String
        let clientID: String
        let assertions = JWTKeyCollection()
        let proofs = JWTKeyCollection()
        let modulus: String
        let exponent: String

        struct Claims: JWTPayload {
            var iss: String?
            var sub: String?
            var aud: String?
            var exp: Double?
            var iat: Double?
            var jti = UUID().uuidString
            var htm: String?
            var htu: String?
            var nonce: String?
            var ath: String?
            func verify(using algorithm: some JWTAlgorithm) async throws {}
        }

        init(_ tenant: TestTenant) async throws {
            base = tenant.base
            clientID = tenant.simulator.serviceApp.clientID
            await assertions.add(ecdsa: try ES256PrivateKey(pem: tenant.simulator.serviceApp.privateKeyPEM))
            let key = try Insecure.RSA.PrivateKey(pem: Self.testKey)
            let primitives = try key.publicKey.getKeyPrimitives()
            modulus = Self.base64URL(primitives.modulus)
            exponent = Self.base64URL(primitives.publicExponent)
            await proofs.add(rsa: key, digestAlgorithm: .sha256)
        }

        func form() async throws -> String {
            let now = Date().timeIntervalSince1970
            let assertion = try await assertions.sign(
                Claims(iss: clientID, sub: clientID, aud: base + "/oauth2/v1/token", exp: now + 300, iat: now))
            return
                "grant_type=client_credentials&scope=okta.users.read&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=\(assertion)"
        }

        func proof(_ method: String, _ path: String, nonce: String? = nil, token: String? = nil) async throws -> String
        {
            let ath = token.map { Self.base64URL(Data(SHA256.hash(data: Data($0.utf8)))) }
            let claims = Claims(
                iat: Date().timeIntervalSince1970, htm: method, htu: base + path, nonce: nonce, ath: ath)
            let header: JWTHeader = [
                "typ": "dpop+jwt", "alg": "RS256",
                "jwk": ["kty": "RSA", "n": .string(modulus), "e": .string(exponent)],
            ]
            return try await proofs.sign(claims, header: header)
        }

        /// Made for this test alone; it opens nothing.
        static let testKey = """
            -----BEGIN PRIVATE KEY-----
            MIIEuwIBADANBgkqhkiG9w0BAQEFAASCBKUwggShAgEAAoIBAQDESTMRWpXEXtkX
            4L2talGSKgc4ye0WrOM9opk1QMsV4Y5xZxI3ae4xgclEOj0WQjvP7mmva8ZbfRLW
            wN5enPyFvu2MhQ4ELq3nOGFtOKpaAZMAw3JTzu9QCgd7dm/gXF5LpWp+WYQXNCZ5
            J7uOZ9UDssaX81N28S8Ug8ek+QTCEaa8tUR7012JToIE4hhs4dGFalfbWkQuuGJC
            W7Ags4mBOnFaFggSPcq4nuQQB3HjJ+kojVKp8Gv4djj+WR9MB+/4PQgoT33ec6Er
            r55zk5GMYW2mNC/tkZZkKi9iIVv3zrUF+YBCoVuC2a/abqtE7z4ghFH5rJPtWZmo
            G7bepzanAgMBAAECgf9YZJ52MjBkYuSFbotqQ7/l7ivksC8UvetOjTPfNSn2jAqZ
            mWNRkRmOn5q6aBH1z5TWxYbSeLZtWFORPdwKv4L4uAKLIM3l77HOkyeV44EcvisH
            diFPU3OWczbrYo9IVb4hLjhZQD/OM0BEvOkCypr+WIPx6casgILXujd3E4ijSaoT
            P3st6CJVLyYp/fAHpshX+1ZagMRuvPXuWa9JSZs7tDrXIDtEaSgN0q/AMO3H2cfc
            opUaMBTT1FGijr2Frem4voEoMfDPJJum3iQ+0uYHWyOrpyHlOj2kouF3EGYkEmc8
            3+Wk8UC+lJE8r3mqMPUw4VDqYn6LOoNxiXlELmECgYEA67244b0CFZCatEqnSbSg
            Oh/eVATINb/uRjOppWFaYoI9cYHb7jo2+LTTFR1RjMOMgfE/hB1B2RSBYwbibLvR
            B1vb62Tgc/G3ukY05YkOTVdbCBJTYpVzEFT/JCUlaxGZ9qoITe9UYRz1gRw5ZYdk
            p2+fH8t1eFFmCHNj+KqARpECgYEA1Sd30cbWnMXfx4+5yem0NWKUp2pvNelidKnD
            Etm9UPtxqU1xxdutDoY4jt0X/pBk3Oj6V4oFFd7DBhrzKu5zKqeb7lnUpp/HqiCy
            D5WUztglvvnZ8Y8myUfoNxt7Ie5cI9FVI9mGn7uYTt70kCUQBsYxJ9k6o4oq9EYN
            k9Cs9bcCgYBvMyU8xm1vQrDXDsfuipdyE4pKU58lS43X65LAgjWidhEJs9nMfAVm
            N9XCBfxry+pBeU0ewrZG8dc+oQa5h7bII9qPJRyDVKf35BoblBT9ApHcMtjGjfyi
            3ZUktaj64mif5ADa0mQZExHzfx7L95vRJ2QGGXEl+i+JGPU1XSf5IQKBgQDD3UGH
            3PuGEXmBCfvBouN6DrzkXbQVSQC0jO3422XQDU0zMjuygRqzdvhvppAO1iYorFil
            qejkYM66RHdf4r6m2l85lQgHmFjDZsnX8i5MJ2f/5dyz0EPmvxGN2c26rymxrABd
            Mdw32QyqpMr7zWK9ps6yfDUa47J2xgxh4GWeXwKBgF8IyrlWt5rIAL4+oEnFasnx
            3CrnohU2I5Uv9tkgG4xySeISHYZOmi37sqgI7r/YVBaHgnbb75zwW8qedHl7dzAJ
            TRVY795/oqq57lW4RvP4tddk/FfjiNjThBaq7Tj9Up+7IVAs/6LzFx043P0hLeU2
            gcFGWXVizL9gLrsYJFOt
            -----END PRIVATE KEY-----
            """

        static func base64URL(_ data: Data) -> String {
            data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                .replacingOccurrences(of: "=", with: "")
        }
    }
}
