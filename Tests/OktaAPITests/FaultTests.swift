import Directory
import Foundation
import Logging
import NIOSSL
import Problems
import Testing

@testable import OktaAPI

@Suite("Faults")
struct FaultTests {
    /// The problem of one page of apps whose every answer is the same.
    private func problem(
        _ answer: ScriptedServer.Answer, _ listing: Listing<AppAssignment> = .assignments(ofApp: "0oa1"),
        cursor: String? = nil
    ) async throws -> (id: String?, requests: Int) {
        try await ScriptedServer.run { _ in
            answer
        } _: { server in
            let client = try makeClient(server)
            let at = cursor.map { Cursor(text: $0) }
            let id = await problemID { () throws(Problem) in try await client.page(listing, at: at) }
            await client.shutdown()
            return (id, server.requests.count)
        }
    }

    @Test("what will not pass is not repeated")
    func notRepeated() async throws {
        #expect(
            try await problem(.error(401, "E0000011", [("WWW-Authenticate", "SSWS realm=\"x\"")])) == (
                "okta.token.rejected", 1
            ))
        #expect(try await problem(.error(401, "E0000015")) == ("okta.unavailable", 1))
        #expect(try await problem(.error(403, "E0000006")) == ("okta.forbidden", 1))
        #expect(try await problem(.error(403, "E0000005")) == ("okta.token.rejected", 1))
        #expect(try await problem(.error(404, "E0000007")) == ("okta.gone", 1))
        #expect(try await problem(.error(400, "E0000001")) == ("okta.query.refused", 1))
        let cursor = "/api/v1/apps/0oa1/users?after=1"
        #expect(
            try await problem(.error(400, "E0000029", cause: "Invalid cursor."), cursor: cursor) == (
                "okta.cursor.expired", 1
            ))
        #expect(
            try await problem(.error(400, "E0000031", cause: "Invalid cursor."), cursor: cursor) == (
                "okta.cursor.expired", 1
            ))
    }

    @Test("what may pass is repeated, and named when it does not")
    func repeated() async throws {
        let html = ScriptedServer.Answer(
            status: 200, headers: [("Content-Type", "text/html")], body: Data("<html>Sorry</html>".utf8))
        #expect(try await problem(html) == ("okta.answer.malformed", 5))
        #expect(try await problem(.json("[{\"id\":\"a\"}", [])) == ("okta.answer.malformed", 5))
        #expect(try await problem(.json("", [])) == ("okta.answer.malformed", 5))
        #expect(try await problem(ScriptedServer.Answer(status: 503)) == ("okta.unreachable", 5))
        #expect(
            try await problem(ScriptedServer.Answer(status: 404, body: Data("<html/>".utf8))) == (
                "okta.answer.malformed", 5
            ))
        #expect(
            try await problem(ScriptedServer.Answer(status: 401, body: Data("<html/>".utf8))) == (
                "okta.answer.malformed", 5
            ))
        #expect(try await problem(ScriptedServer.Answer(isHangUp: true)) == ("okta.unreachable", 5))
        #expect(
            try await problem(ScriptedServer.Answer(body: Data("[{\"id\":\"a\"}]".utf8), isCutOff: true)) == (
                "okta.unreachable", 5
            ))
    }

    @Test("after failures that pass, the page comes whole, and the ledger has every attempt")
    func passes() async throws {
        let ledger = RecordingLedger()
        try await ScriptedServer.run { request in
            switch request.number {
            case 0: ScriptedServer.Answer(status: 502, body: Data("<html/>".utf8))
            case 1: ScriptedServer.Answer(body: Data("[{\"id\":\"a\"}]".utf8), isCutOff: true)
            case 2: ScriptedServer.Answer(isHangUp: true)
            default: .json("[{\"id\":\"a\"},{\"id\":7}]", [("X-Okta-Request-Id", "req9")])
            }
        } _: { server in
            let client = try makeClient(server, ledger: ledger)
            let page = try await client.page(.assignments(ofApp: "0oa1"))
            #expect(page.items.map(\.userID) == ["a"])
            #expect(page.quarantined.map(\.json) == ["{\"id\":7}"])
            #expect(page.requestID == "req9")
            #expect(client.budget.retries == 3)
            await client.shutdown()
        }
        let calls = ledger.calls
        #expect(calls.map(\.status) == [502, nil, nil, 200])
        #expect(calls.map(\.retry) == [0, 1, 2, 3])
        let last = try #require(calls.last)
        #expect(last.items == 2)
        #expect(last.method == "GET")
        #expect(last.path == "/api/v1/apps/0oa1/users?limit=500")
        #expect(last.bytes == 21)
        #expect(last.bodySHA256.map { String($0, radix: 16) }.joined().count > 50)
        #expect(last.bucket == "apps" && last.callClass == "app_users" && last.requestID == "req9")
    }

    @Test("when Okta runs out of time, half as many records are asked for")
    func smallerPages() async throws {
        try await ScriptedServer.run { request in
            let limit = Int(request.parameter("limit") ?? "") ?? 0
            return limit > 250 ? .error(500, "E0000009") : .json("[{\"id\":\"u\"}]")
        } _: { server in
            let client = try makeClient(server)
            #expect(try await client.page(.members(ofGroup: "00g1")).items.count == 1)
            #expect(server.requests.map { $0.parameter("limit") } == ["1000", "500", "250"])
            await client.shutdown()
        }
    }

    @Test("a log that was too slow once is asked for whole pages again, its small cursor notwithstanding")
    func logPagesGrowBack() async throws {
        try await ScriptedServer.run { request in
            let limit = Int(request.parameter("limit") ?? "") ?? 0
            if limit > 250, request.parameter("after") == nil { return .error(500, "E0000009") }
            return .json(
                "[{\"uuid\":\"u\(limit)\",\"published\":\"2026-01-01T00:00:00.000Z\",\"eventType\":\"user.lifecycle.create\"}]",
                [("Link", "<https://acme.okta.com/api/v1/logs?after=\(limit)_1&limit=\(limit)>; rel=\"next\"")])
        } _: { server in
            let client = try makeClient(server)
            let listing = Listing.logPolling(since: Timestamp(seconds: 0))
            let first = try await client.page(listing)
            _ = try await client.page(listing, at: first.next)
            #expect(server.requests.map { $0.parameter("limit") } == ["1000", "500", "250", "1000"])
            await client.shutdown()
        }
    }

    @Test("headers without end are refused like a body without end")
    func headersTooLarge() async throws {
        let filler = (0..<400).map { ("X-Filler-\($0)", String(repeating: "x", count: 1000)) }
        try await ScriptedServer.run { _ in
            .json("[]", filler)
        } _: { server in
            let client = try makeClient(server)
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.answer.tooLarge")
            #expect(server.requests.count == 1)
            await client.shutdown()
        }
    }

    @Test("an answer longer than the limit is not kept in memory")
    func tooLarge() async throws {
        try await ScriptedServer.run { _ in
            .json("[" + String(repeating: " ", count: 5000) + "]")
        } _: { server in
            let client = try makeClient(server) { $0.maxBodyBytes = 4096 }
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.answer.tooLarge")
            await client.shutdown()
        }
    }

    @Test("an answer that does not come in time is asked for again")
    func slow() async throws {
        try await ScriptedServer.run { request in
            var answer = ScriptedServer.Answer.json("[{\"id\":\"a\"}]")
            answer.delay = request.number == 0 ? 5000 : 0
            return answer
        } _: { server in
            let client = try makeClient(server) { $0.requestTimeoutSeconds = 1 }
            #expect(try await client.page(.apps).items.count == 1)
            #expect(server.requests.count == 2)
            await client.shutdown()
        }
    }

    @Test("cancelling stops a call")
    func cancelled() async throws {
        try await ScriptedServer.run { _ in
            var answer = ScriptedServer.Answer.json("[]")
            answer.delay = 60_000
            return answer
        } _: { server in
            let client = try makeClient(server)
            let task = Task { await problemID { () throws(Problem) in try await client.page(.apps) } }
            while server.requests.isEmpty { await Task.yield() }
            task.cancel()
            #expect(await task.value == "okta.cancelled")
            await client.shutdown()
        }
    }

    @Test("a machine that does not answer, and a name that does not exist, are told apart")
    func noServer() async throws {
        let port = try await ScriptedServer.run { _ in
            .json("[]")
        } _: {
            $0.port
        }
        func id(_ pasted: String) async throws -> String? {
            var configuration = OktaClientConfiguration()
            configuration.retryBaseSeconds = 0.001
            configuration.maxRetries = 1
            let client = OktaClient(
                domain: try OktaDomain(pasted: pasted), credential: .apiToken("x"), configuration: configuration,
                ledger: NoLedger(), logger: .init(label: "test"))
            let id = await problemID { () throws(Problem) in try await client.organization() }
            await client.shutdown()
            return id
        }
        #expect(try await id("127.0.0.1:\(port)") == "okta.unreachable")
        #expect(try await id("https://no-such-org.invalid") == "okta.host.unknown")
    }

    @Test("a certificate that nobody vouches for is refused before anything is sent")
    func untrusted() async throws {
        let (context, pem) = try SelfSigned.make()
        try await ScriptedServer.run(tls: context) { _ in
            .json("{\"id\":\"00o1\",\"pipeline\":\"idx\"}")
        } _: { server in
            let domain = try OktaDomain(pasted: "https://localhost:\(server.port)")
            var configuration = OktaClientConfiguration()
            let stranger = OktaClient(
                domain: domain, credential: .apiToken("x"), configuration: configuration, ledger: NoLedger(),
                logger: .init(label: "test"))
            #expect(await problemID { () throws(Problem) in try await stranger.organization() } == "okta.tls.untrusted")
            #expect(server.requests.isEmpty)
            await stranger.shutdown()
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("root-\(server.port).pem")
            try Data(pem.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            configuration.trustRootsPEMFile = file.path
            let friend = OktaClient(
                domain: domain, credential: .apiToken("x"), configuration: configuration, ledger: NoLedger(),
                logger: .init(label: "test"))
            #expect(try await friend.organization().pipeline == "idx")
            await friend.shutdown()
        }
    }

    @Test(
        "a token that is no token is refused before anything is sent",
        arguments: ["", " ", "a b", "a\r\nX-Evil: 1", "ключ"])
    func malformedToken(token: String) async throws {
        try await ScriptedServer.run { _ in
            .json("[]")
        } _: { server in
            let client = try makeClient(server, credential: .apiToken(token))
            #expect(
                await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.credential.malformed")
            #expect(server.requests.isEmpty)
            await client.shutdown()
        }
    }
}
