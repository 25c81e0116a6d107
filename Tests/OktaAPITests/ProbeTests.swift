import Directory
import NIOHTTP1
import Problems
import Testing

@testable import OktaAPI

@Suite("The probe matrix")
struct ProbeTests {
    private static let organization = ScriptedServer.Answer.json("{\"id\":\"00o1\",\"pipeline\":\"idx\",\"_links\":{}}")

    @Test("each resource is told apart, with what to grant, after one small question each")
    func matrix() async throws {
        try await ScriptedServer.run { request in
            switch request.path {
            case "/.well-known/okta-organization": Self.organization
            case "/api/v1/iam/assignees/users": .error(403, "E0000006")
            case "/api/v1/api-tokens": .error(401, "E0000015")
            case "/api/v1/users/00u1/factors": .json("[]")
            case "/api/v1/users": .json("[{\"id\":\"00u1\"}]")
            default: .json("[{\"id\":\"x1\"}]")
            }
        } _: { server in
            let client = try makeClient(server)
            let matrix = try await client.probe()
            #expect(matrix.organization.pipeline == "idx")
            #expect(matrix.entries.map(\.resource) == Resource.allCases)
            #expect(matrix[.users] == .readable && matrix[.memberships] == .readable && matrix[.factors] == .readable)
            #expect(matrix[.roles] == .forbidden(code: "E0000006"))
            #expect(matrix[.apiTokens] == .unavailable(code: "E0000015"))
            #expect(!matrix.isComplete)
            let remedies = Dictionary(uniqueKeysWithValues: matrix.entries.map { ($0.resource, $0.remedy) })
            #expect(remedies[.roles]?.contains("View roles, resources, and admin assignments") == true)
            #expect(remedies[.users] == "")
            for (resource, isToken) in Resource.allCases.flatMap({ [($0, true), ($0, false)] }) {
                let remedy = resource.remedy(.forbidden(code: "E0000006"), isToken: isToken)
                #expect(!remedy.contains("Super") && remedy.contains(resource.scope) == !isToken, "\(resource)")
            }
            // The domain is validated before the credential is sent.
            #expect(server.requests.first?.path == "/.well-known/okta-organization")
            #expect(server.requests.first?.headers.contains(name: "Authorization") == false)
            #expect(server.requests.dropFirst().allSatisfy { $0.headers.contains(name: "Authorization") })
            #expect(server.requests.count <= Resource.allCases.count + 2)
            await client.shutdown()
        }
    }

    @Test("a host that is no Okta org never sees the credential")
    func notOkta() async throws {
        for answer in [
            ScriptedServer.Answer.json("{\"hello\":1}"), .json("[]"), .error(404, "E0000007"),
            ScriptedServer.Answer(status: 404),
        ] {
            try await ScriptedServer.run { _ in
                answer
            } _: { server in
                let client = try makeClient(server)
                #expect(await problemID { () throws(Problem) in try await client.probe() } == "okta.domain.notOkta")
                #expect(!server.requests.contains { $0.headers.contains(name: "Authorization") })
                await client.shutdown()
            }
        }
    }

    @Test("a dead token and a credential that sees no users are refused")
    func refused() async throws {
        for (users, id) in [
            (ScriptedServer.Answer.error(401, "E0000011"), "okta.token.rejected"), (.json("[]"), "okta.users.empty"),
        ] {
            try await ScriptedServer.run { request in
                request.path == "/api/v1/users" ? users : Self.organization
            } _: { server in
                let client = try makeClient(server)
                #expect(await problemID { () throws(Problem) in try await client.probe() } == id)
                #expect(server.requests.count == 2)
                await client.shutdown()
            }
        }
    }

    @Test("resources of which there is nothing to ask about are not tried")
    func nothingThere() async throws {
        try await ScriptedServer.run { request in
            switch request.path {
            case "/.well-known/okta-organization": Self.organization
            case "/api/v1/users": .json("[{\"id\":\"00u1\"}]")
            case "/api/v1/apps": .error(403, "E0000006")
            case "/api/v1/iam/assignees/users": .json("{\"value\":[]}")
            default: .json("[]")
            }
        } _: { server in
            let client = try makeClient(server)
            let matrix = try await client.probe()
            #expect(matrix[.apps] == .forbidden(code: "E0000006"))
            #expect(matrix[.assignments] == .notTried && matrix[.memberships] == .notTried)
            #expect(matrix[.roles] == .readable)
            await client.shutdown()
        }
    }
}
