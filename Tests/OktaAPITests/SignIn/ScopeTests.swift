import Foundation
import Problems
import Testing

@testable import OktaAPI

@Suite("Scopes")
struct ScopeTests {
    @Test("a scope that could write is neither asked for nor accepted")
    func writingScopes() async throws {
        let tenant = SignInTenant(demandsProof: false, scope: "okta.users.read okta.users.manage")
        try await ScriptedServer.run {
            tenant.answer($0)
        } _: { server in
            let credential = OktaCredential.clientSecret(clientID: "c", secret: "s")
            let client = try makeClient(server, credential: credential)
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.scope.notReadOnly")
            #expect(server.requests.count == 1)
            await client.shutdown()
            let asking = try makeClient(server, credential: credential) { $0.scopes = ["okta.users.manage"] }
            #expect(await problemID { () throws(Problem) in try await asking.page(.apps) } == "okta.scope.notReadOnly")
            #expect(server.requests.count == 1)
            await asking.shutdown()
        }
    }

    @Test("when one scope is not granted, the others are asked for")
    func someScopes() async throws {
        try await ScriptedServer.run { request in
            guard request.path == "/oauth2/v1/token" else { return .json("[{\"id\":\"a\"}]") }
            let scope = URLComponents(string: "?" + request.body)?.queryItems?.first { $0.name == "scope" }?.value ?? ""
            return scope.contains("roles")
                ? .json("{\"error\":\"invalid_scope\"}", status: 400)
                : .json("{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"t\",\"scope\":\"\(scope)\"}")
        } _: { server in
            let client = try makeClient(server, credential: .clientSecret(clientID: "c", secret: "s")) {
                $0.scopes = ["okta.users.read", "okta.roles.read", "okta.apps.read"]
            }
            #expect(try await client.page(.apps).items.count == 1)
            #expect(server.requests.count == 6)
            #expect(server.requests[4].body.contains("scope=okta.users.read%20okta.apps.read"))
            await client.shutdown()
        }
    }
}
