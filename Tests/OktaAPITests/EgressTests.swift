import Directory
import Foundation
import NIOHTTP1
import Testing

@testable import OktaAPI

@Suite("Read-only")
struct EgressTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/OktaAPI")

    private func files() throws -> [(name: String, text: String)] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path).filter {
            $0.hasSuffix(".swift")
        }
        return try paths.map {
            ($0, try String(contentsOf: Self.sources.appendingPathComponent($0), encoding: .utf8))
        }
    }

    @Test("two files know an HTTP client, and no other way out of the module exists")
    func oneWayOut() throws {
        let files = try files()
        #expect(files.count > 30)
        let ways = [
            "CCurl", "curl_", "CURLOPT", "CurlHandle", "AsyncHTTPClient", "HTTPClient", "ClientBootstrap", "NIOPosix",
            "NIOSSL", "import NIOTransportServices",
        ]
        let doors = ["Transport/OktaTransport.swift", "Transport/CurlHandle.swift"]
        for (name, text) in files where !doors.contains(name) {
            for way in ways { #expect(!text.contains(way), "\(name) knows \(way)") }
        }
        let never = [
            "URLSession", "URLRequest", "FoundationNetworking", "Process(", "posix_spawn", "popen(", "system(",
            "socket(", "connect(",
            "dlopen(", "CUSTOMREQUEST", "UPLOAD", "FOLLOWLOCATION", "NETRC", "DatagramBootstrap", "ServerBootstrap",
            "contentsOf:", "import Subprocess", "import Network",
        ]
        for (name, text) in files {
            for way in never { #expect(!text.contains(way), "\(name) knows \(way)") }
        }
    }

    @Test("the module has no word for changing anything: GET, and one POST for the token")
    func methods() throws {
        for (name, text) in try files() {
            for method in ["PUT", "PATCH", "DELETE"] {
                #expect(!text.contains(".\(method)") && !text.contains("\"\(method)\""), "\(name) knows \(method)")
            }
            let posts = text.components(separatedBy: ".POST").count - 1
            #expect(posts == (name == "Transport/OktaTransport.swift" ? 1 : 0), "\(name)")
        }
    }

    @Test("the transport sends only what is on the list of readable addresses")
    func allowList() async throws {
        let allowed = [
            "/.well-known/okta-organization", "/api/v1/users?search=status%20pr&limit=200",
            "/api/v1/groups/rules?limit=200",
            "/api/v1/groups/00g1/users?limit=1000", "/api/v1/apps/0oa1/groups", "/api/v1/logs?after=1_1",
        ]
        for target in allowed { #expect(ReadablePaths.allows(target), "\(target)") }
        let refused = [
            "/", "", "/api/v1", "/api/v1/users/00u1/lifecycle/deactivate", "/api/v1/apps/../users",
            "/api/v1/users/./roles",
            "/api/v1/users/..%2fx", "/api/v1/users//roles", "/oauth2/v1/token", "@evil.com/api/v1/users",
            ".evil.com/api/v1/users",
            "/api/v1/users HTTP/1.1\r\nX: y", "/api/v1/users#x", "/api/v1/sessions/me", "/api/v1/users/",
            "\\api/v1/users",
        ]
        for target in refused { #expect(!ReadablePaths.allows(target), "\(target)") }
        try await ScriptedServer.run { _ in
            .json("[]")
        } _: { server in
            let transport = try OktaTransport(
                domain: OktaDomain(pasted: server.url), configuration: OktaClientConfiguration())
            await #expect(throws: TransportFailure.notAllowed) {
                try await transport.get("/api/v1/sessions/me", headers: [:])
            }
            #expect(server.requests.isEmpty)
            transport.shutdown()
        }
    }

    @Test("every listing's address is readable, and no readable address is without a reader")
    func completeness() {
        let listings = [
            Listing.users.path, Listing.groups.path, Listing.members(ofGroup: "x").path, Listing.groupRules.path,
            Listing.apps.path,
            Listing.assignments(ofApp: "x").path, Listing.groups(ofApp: "x").path, Listing.roleAssignees.path,
            Listing.roles(ofUser: "x").path, Listing.roles(ofGroup: "x").path, Listing.factors(ofUser: "x").path,
            Listing.apps(ofGroup: "x").path, Listing.apps(ofUser: "x").path,
            Listing.groups(ofUser: "x").path, Listing.user("x").path, Listing.group("x").path, Listing.app("x").path,
            Listing.assignment(ofApp: "x", user: "x").path,
            Listing.apiTokens.path, Listing.logPolling(since: .init(seconds: 0)).path,
        ]
        for path in listings { #expect(ReadablePaths.allows(path)) }
        let read = Set(listings.map { $0.replacing("/x", with: "/*") } + ["/.well-known/okta-organization"])
        #expect(Set(ReadablePaths.patterns) == read)
    }

    @Test("only scopes that read are read-only")
    func scopes() {
        #expect(OktaScopes.all.allSatisfy { OktaScopes.isReadOnly($0) })
        for scope in ["okta.users.manage", "okta.users.read.self", "openid", "", ".read", "okta.users.READ"] {
            #expect(!OktaScopes.isReadOnly(scope))
        }
    }
}
