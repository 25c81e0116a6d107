import Directory
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import OktaAPI

@Suite("Recorded bodies", .enabled(if: Recordings.present, Recordings.missing))
struct RecordedBodiesTests {
    private let decoder = PageDecoder(parsers: JSONParsers(limit: 64 << 20))

    /// A list endpoint's recordings and how they are read; the count is that of `JSONSerialization`.
    private func check<Item>(_ file: String, as listing: Listing<Item>, ids: (Item) -> String) throws {
        let exchanges = try Recordings.exchanges(file + ".jsonl").filter { $0.status == 200 }
        #expect(!exchanges.isEmpty)
        for exchange in exchanges {
            try check(exchange, as: listing, ids: ids)
        }
    }

    private func check<Item>(_ exchange: Recordings.Exchange, as listing: Listing<Item>, ids: (Item) -> String) throws {
        // Some recordings are of one object of the list.
        let isOne = exchange.body.hasPrefix("{\"id\"")
        let body = isOne ? "[\(exchange.body)]" : exchange.body
        let page = try decoder.decode(ByteBuffer(string: body), as: listing)
        #expect(page.quarantined.isEmpty, "\(exchange.id)")
        let object = try JSONSerialization.jsonObject(with: Data(body.utf8))
        let records = try #require(
            object as? [[String: Any]] ?? (object as? [String: Any])?["value"] as? [[String: Any]])
        #expect(page.items.map(ids) == records.map { $0["uuid"] as? String ?? $0["id"] as? String }, "\(exchange.id)")
        #expect(LinkHeader.next(in: exchange.headers).map { $0.hasPrefix("http") } != false)
    }

    @Test("every recorded list is read whole, record by record")
    func lists() throws {
        try check("users_list", as: .users) { $0.id }
        try check("groups_list", as: .groups) { $0.id }
        try check("groups_users", as: .members(ofGroup: "g")) { $0.userID }
        try check("groups_rules_list", as: .groupRules) { $0.id }
        try check("apps_list", as: .apps) { $0.id }
        try check("apps_users", as: .assignments(ofApp: "a")) { $0.userID }
        try check("apps_groups", as: .groups(ofApp: "a")) { $0.groupID }
        try check("users_roles", as: .roles(ofUser: "u")) { $0.id }
        try check("groups_roles", as: .roles(ofGroup: "g")) { $0.id }
        try check("iam_assignees_users", as: .roleAssignees) { $0 }
        try check("users_factors", as: .factors(ofUser: "u")) { $0.id }
        try check("api_tokens", as: .apiTokens) { $0.id }
        try check("logs", as: .logPolling(since: Timestamp(seconds: 0))) { $0.uuid }
    }

    @Test("the recorded requests of one org are all read")
    func tenant() throws {
        let exchanges = try Recordings.exchanges("tenant_replay/org_2023_139_requests.jsonl")
        var read = 0
        for exchange in exchanges where exchange.status == 200 {
            read += 1
            switch exchange.endpoint {
            case "users_list": try check(exchange, as: .users) { $0.id }
            case "groups_list": try check(exchange, as: .groups) { $0.id }
            case "groups_rules_list": try check(exchange, as: .groupRules) { $0.id }
            case "apps_list": try check(exchange, as: .apps) { $0.id }
            case "apps_users": try check(exchange, as: .assignments(ofApp: "a")) { $0.userID }
            case "apps_groups": try check(exchange, as: .groups(ofApp: "a")) { $0.groupID }
            case "users_roles": try check(exchange, as: .roles(ofUser: "u")) { $0.id }
            case "groups_roles": try check(exchange, as: .roles(ofGroup: "g")) { $0.id }
            case "users_factors": try check(exchange, as: .factors(ofUser: "u")) { $0.id }
            case "logs": try check(exchange, as: .logPolling(since: Timestamp(seconds: 0))) { $0.uuid }
            default: read -= 1
            }
        }
        #expect(read == 138)
    }

    @Test("users have their dates, statuses and attributes as recorded")
    func users() throws {
        for exchange in try Recordings.exchanges("users_list.jsonl") where exchange.status == 200 {
            let page = try decoder.decode(ByteBuffer(string: exchange.body), as: .users)
            let object = try JSONSerialization.jsonObject(with: Data(exchange.body.utf8))
            for (user, record) in zip(page.items, try #require(object as? [[String: Any]])) {
                #expect(user.status.rawValue == record["status"] as? String)
                #expect(user.created == (record["created"] as? String).flatMap { Timestamp(iso8601: $0) })
                #expect((user.lastLogin == nil) == (record["lastLogin"] as? String == nil))
                let profile = record["profile"] as? [String: Any] ?? [:]
                #expect(user.attributes.login == profile["login"] as? String)
                #expect(user.attributes.department == profile["department"] as? String)
                let kept = try JSONSerialization.jsonObject(with: Data(user.profile.utf8)) as? NSDictionary
                #expect(kept == profile as NSDictionary)
                let provider = (record["credentials"] as? [String: Any])?["provider"] as? [String: Any]
                #expect(user.credentialProvider == provider?["type"] as? String)
            }
        }
    }

    @Test("assignments have their dates, scopes and granting groups as recorded")
    func assignments() throws {
        var byGroup = 0
        for exchange in try Recordings.exchanges("apps_users.jsonl") where exchange.status == 200 {
            let page = try decoder.decode(ByteBuffer(string: exchange.body), as: .assignments(ofApp: "a"))
            let object = try JSONSerialization.jsonObject(with: Data(exchange.body.utf8))
            for (assignment, record) in zip(page.items, try #require(object as? [[String: Any]])) {
                #expect(assignment.scope.oktaName == record["scope"] as? String ?? "")
                #expect(assignment.status == record["status"] as? String ?? "")
                #expect(assignment.assignedAt == (record["created"] as? String).flatMap { Timestamp(iso8601: $0) })
                let links = record["_links"] as? [String: Any]
                let href = (links?["group"] as? [String: Any])?["href"] as? String
                #expect(assignment.groupID == href.map { ($0 as NSString).lastPathComponent })
                if assignment.groupID != nil { byGroup += 1 }
            }
        }
        #expect(byGroup > 10)
    }

    @Test("System Log events of the corpus keep who, what, when and how it ended")
    func events() throws {
        let folder = try #require(Recordings.folder)
        let text = try String(contentsOf: folder.appendingPathComponent("logevents_corpus.jsonl"), encoding: .utf8)
        for line in text.split(separator: "\n") {
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let event = try #require(fields["event"] as? [String: Any])
            let body = try JSONSerialization.data(withJSONObject: [event])
            let page = try decoder.decode(ByteBuffer(bytes: body), as: .logPolling(since: Timestamp(seconds: 0)))
            guard let published = (event["published"] as? String).flatMap({ Timestamp(iso8601: $0) }),
                event["uuid"] is String
            else {
                #expect(page.quarantined.count == 1)
                continue
            }
            let read = try #require(page.items.first)
            #expect(read.published == published)
            #expect(read.eventType == event["eventType"] as? String)
            #expect(read.result == (event["outcome"] as? [String: Any])?["result"] as? String)
            #expect(read.actorID == (event["actor"] as? [String: Any])?["id"] as? String)
            let targets = event["target"] as? [[String: Any]] ?? []
            #expect(read.targets.map(\.type) == targets.map { $0["type"] as? String ?? "" })
        }
    }

    @Test("every org describes itself with an id and its engine")
    func organizations() throws {
        let parsers = JSONParsers(limit: 1 << 20)
        for exchange in try Recordings.exchanges("well_known_okta_organization.jsonl") where exchange.status == 200 {
            let body = ByteBuffer(string: exchange.body)
            let organization = try body.withUnsafeReadableBytes { bytes in
                try parsers.withParser { try $0.parse(bytes, padded: false) { Organization(okta: $0) } }
            }
            let found = try #require(organization)
            #expect(found.id.hasPrefix("00o"))
            #expect(["idx", "v1"].contains(found.pipeline))
        }
    }

    @Test("the Link headers of all recordings are read, on one line or several")
    func links() throws {
        let folder = try #require(Recordings.folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }
        var nexts = 0
        for file in files where file != "logevents_corpus.jsonl" {
            for exchange in try Recordings.exchanges(file) {
                let raw = exchange.headers["link"].joined(separator: " ")
                let next = LinkHeader.next(in: exchange.headers)
                #expect((next != nil) == raw.contains("rel=\"next\""), "\(exchange.id)")
                guard let next else { continue }
                nexts += 1
                #expect(next.hasPrefix("https://") && !next.contains(" "), "\(exchange.id)")
                let links = exchange.headers["link"].flatMap { LinkHeader.links($0) }
                #expect(links.count == raw.components(separatedBy: "rel=").count - 1, "\(exchange.id)")
            }
        }
        #expect(nexts > 20)
    }
}
