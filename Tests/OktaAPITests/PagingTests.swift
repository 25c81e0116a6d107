import Directory
import NIOHTTP1
import Problems
import Testing

@testable import OktaAPI

@Suite("Paging")
struct PagingTests {
    @Test("a listing is read to its end, in order, and ends only where no next is told")
    func walkToTheEnd() async throws {
        try await ScriptedServer.run { request in
            switch request.parameter("after") {
            case nil:
                .json(
                    "[{\"id\":\"a\"},{\"id\":\"b\"}]",
                    [("Link", "<https://acme.okta.com/api/v1/apps?after=1&limit=200>; rel=\"next\"")])
            // An empty page is not the end.
            case "1": .json("[]", [("Link", "<https://acme.okta.com/api/v1/apps?after=2&limit=200>; rel=\"next\"")])
            default: .json("[{\"id\":\"c\"}]", [("Link", "<https://acme.okta.com/api/v1/apps?after=2>; rel=\"self\"")])
            }
        } _: { server in
            let client = try makeClient(server)
            #expect(try await walk(client, .apps).map(\.id) == ["a", "b", "c"])
            #expect(server.requests.map(\.method) == ["GET", "GET", "GET"])
            await client.shutdown()
        }
    }

    @Test("a next on another host is read on ours: the credential goes nowhere else")
    func foreignHost() async throws {
        try await ScriptedServer.run { _ in
            .json("[]")
        } _: { elsewhere in
            try await ScriptedServer.run { request in
                request.parameter("after") == nil
                    ? .json(
                        "[{\"id\":\"g1\"}]",
                        [("Link", "<\(elsewhere.url)/api/v1/groups?after=x,y&limit=200>; rel=\"next\"")])
                    : .json("[{\"id\":\"g2\"}]")
            } _: { server in
                let client = try makeClient(server)
                #expect(try await walk(client, .groups).map(\.id) == ["g1", "g2"])
                #expect(elsewhere.requests.isEmpty)
                #expect(server.requests.last?.target == "/api/v1/groups?after=x,y&limit=200&expand=stats")
                await client.shutdown()
            }
        }
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        try await ScriptedServer.run { _ in
            .json("[{\"id\":\"a\"}]")
        } _: { elsewhere in
            try await ScriptedServer.run { _ in
                ScriptedServer.Answer(status: 302, headers: [("Location", elsewhere.url + "/api/v1/apps")])
            } _: { server in
                let client = try makeClient(server)
                #expect(
                    await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.answer.malformed")
                #expect(
                    await problemID { () throws(Problem) in try await client.organization() } == "okta.domain.notOkta")
                #expect(elsewhere.requests.isEmpty)
                await client.shutdown()
            }
        }
    }

    @Test("a next that leads into another list is refused")
    func foreignPath() async throws {
        try await ScriptedServer.run { _ in
            .json("[{\"id\":\"a\"}]", [("Link", "<https://acme.okta.com/api/v1/users/me?after=1>; rel=\"next\"")])
        } _: { server in
            let client = try makeClient(server)
            #expect(await problemID { () throws(Problem) in try await client.page(.apps) } == "okta.answer.malformed")
            let foreign = Cursor(text: "/api/v1/users/me")
            #expect(
                await problemID { () throws(Problem) in try await client.page(.apps, at: foreign) }
                    == "okta.request.notAllowed")
            #expect(server.requests.count == 1)
            await client.shutdown()
        }
    }

    @Test("admin role assignees are paged in the body")
    func bodyPaging() async throws {
        try await ScriptedServer.run { request in
            request.parameter("after") == nil
                ? .json(
                    "{\"value\":[{\"id\":\"u1\"}],\"_links\":{\"next\":{\"href\":\"https://acme.okta.com/api/v1/iam/assignees/users?after=u1\"}}}"
                )
                : .json("{\"value\":[{\"id\":\"u2\"}]}")
        } _: { server in
            let client = try makeClient(server)
            #expect(try await walk(client, .roleAssignees) == ["u1", "u2"])
            #expect(server.requests.last?.target == "/api/v1/iam/assignees/users?after=u1&limit=100")
            await client.shutdown()
        }
    }

    @Test("a next that repeats stops with an error, at once or after some pages", arguments: [1, 3])
    func loops(length: Int) async throws {
        try await ScriptedServer.run { request in
            let number = Int(request.parameter("after") ?? "0") ?? 0
            let next = number >= length ? 1 : number + 1
            return .json(
                "[{\"id\":\"a\(number)\"}]",
                [("Link", "<https://acme.okta.com/api/v1/apps?after=\(next)&limit=200>; rel=\"next\"")])
        } _: { server in
            let client = try makeClient(server)
            let problem = await #expect(throws: Problem.self) { _ = try await walk(client, .apps) }
            #expect(problem?.id == "okta.paging.loop")
            #expect(server.requests.count == length + 1)
            await client.shutdown()
        }
    }

    @Test("the same page may be asked for again after a failure, and a listing read a second time")
    func again() async throws {
        try await ScriptedServer.run { request in
            let number = Int(request.parameter("after") ?? "0") ?? 0
            return .json(
                "[{\"id\":\"a\(number)\"}]",
                number == 2 ? [] : [("Link", "<https://h/api/v1/apps?after=\(number + 1)&limit=200>; rel=\"next\"")])
        } _: { server in
            let client = try makeClient(server)
            let first = try await client.page(.apps)
            let second = try await client.page(.apps, at: first.next)
            #expect(try await client.page(.apps, at: first.next).next == second.next)
            #expect(try await walk(client, .apps).count == 3)
            #expect(try await walk(client, .apps).count == 3)
            await client.shutdown()
        }
    }

    @Test("the System Log's poll has always a next, the same when there is nothing new")
    func polling() async throws {
        try await ScriptedServer.run { request in
            let link = ("Link", "<https://h/api/v1/logs?since=x&after=1_1&limit=1000>; rel=\"next\"")
            return request.parameter("after") == nil
                ? .json("[{\"uuid\":\"e1\",\"published\":\"2026-01-01T00:00:00.001Z\",\"target\":null}]", [link])
                : .json("[]", [link])
        } _: { server in
            let client = try makeClient(server)
            let polling = Listing.logPolling(since: Timestamp(seconds: 0), eventTypes: ["user.session.start"])
            let first = try await client.page(polling)
            #expect(first.items.map(\.uuid) == ["e1"])
            let second = try await client.page(polling, at: first.next)
            #expect(second.next == first.next)
            #expect(try await client.page(polling, at: second.next).items.isEmpty)
            let polled = try #require(server.requests.last)
            #expect(polled.parameter("filter") == "eventType eq \"user.session.start\"")
            #expect(polled.parameter("sortOrder") == "ASCENDING")
            await client.shutdown()
        }
    }

    @Test("an empty first page of users is refused: a service app without an admin role sees none")
    func noUsers() async throws {
        try await ScriptedServer.run { _ in
            .json("[]")
        } _: { server in
            let client = try makeClient(server)
            #expect(await problemID { () throws(Problem) in try await client.page(.users) } == "okta.users.empty")
            #expect(server.requests.first?.parameter("search") == "status pr")
            #expect(server.requests.first?.headers.first(name: "Content-Type")?.contains("omitCredentials") == true)
            #expect(server.requests.first?.headers.first(name: "Authorization") == "SSWS 00secret")
            await client.shutdown()
        }
    }

    @Test("Link addresses are read by their brackets")
    func linkHeader() {
        func next(_ lines: String...) -> String? {
            LinkHeader.next(in: HTTPHeaders(lines.map { ("link", $0) }))
        }
        #expect(
            next("<https://h/a?x=1,2>; rel=\"self\", <https://h/a?after=p,q;r>; rel=\"next\"")
                == "https://h/a?after=p,q;r")
        #expect(next("<https://h/a>; rel=\"self\"", "<https://h/b>; rel=\"next\"") == "https://h/b")
        #expect(next("<https://h/b>;rel=next") == "https://h/b")
        #expect(next("<https://h/b>; title=\"a <b> c\"; REL=\"prev next\"") == "https://h/b")
        #expect(next("<https://h/a>; rel=\"self\"") == nil)
        #expect(next("<https://h/a") == nil)
        #expect(next() == nil)
    }

    @Test("parameters that next drops are put back, those it keeps stay as they are")
    func putBack() {
        let query = [("search", "status pr"), ("limit", "200"), ("since", "2026")]
        func following(_ next: String) -> String? {
            PageTarget.following(next: next, of: "/api/v1/users", query: query)
        }
        #expect(following("https://h/api/v1/users?after=1") == "/api/v1/users?after=1&search=status%20pr&limit=200")
        #expect(
            following("https://h:8443/api/v1/users?after=1&limit=50&search=status+pr#x")
                == "/api/v1/users?after=1&limit=50&search=status+pr")
        #expect(following("/api/v1/users?after=a b") == "/api/v1/users?after=a%20b&search=status%20pr&limit=200")
        #expect(following("https://h/api/v1/users") == "/api/v1/users?search=status%20pr&limit=200")
        #expect(following("https://h/api/v1/users/1?after=1") == nil)
        #expect(following("https://h") == nil)
        #expect(
            PageTarget.replacingLimit(of: "/api/v1/users?search=x&limit=200", with: 100)
                == "/api/v1/users?search=x&limit=100")
    }
}
