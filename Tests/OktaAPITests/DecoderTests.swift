import Directory
import Foundation
import NIOCore
import Testing

@testable import OktaAPI

@Suite("Decoding")
struct DecoderTests {
    private let decoder = PageDecoder(parsers: JSONParsers(limit: 64 << 20))

    private func page<Item>(_ json: String, _ listing: Listing<Item>) throws -> DecodedPage<Item> {
        try decoder.decode(ByteBuffer(string: json), as: listing)
    }

    @Test("null, missing and wrongly typed fields are nil; unknown words are kept")
    func lenient() throws {
        let users = try page(
            "[{\"id\":\"00u1\",\"status\":\"HIBERNATING\",\"created\":\"2026-01-02T03:04:05Z\",\"lastLogin\":null,\"activated\":7,\"profile\":{\"login\":5,\"x\":[1,2.5,true,null,\"\\u00e9\"]},\"future\":{}}]",
            .users)
        let user = try #require(users.items.first)
        #expect(user.status.rawValue == "HIBERNATING")
        #expect(user.created == Timestamp(iso8601: "2026-01-02T03:04:05.000Z"))
        #expect(user.lastLogin == nil && user.activated == nil && user.attributes.login == nil)
        #expect(user.profile == "{\"login\":5,\"x\":[1,2.5,true,null,\"é\"]}")
        let apps = try page(
            "[{\"id\":\"0oa1\",\"signOnMode\":null},{\"id\":\"0oa2\",\"signOnMode\":\"MFA_AS_SERVICE\",\"settings\":{\"implicitAssignment\":true}}]",
            .apps)
        #expect(apps.items.map(\.signOnMode) == [nil, "MFA_AS_SERVICE"])
        #expect(apps.items.map(\.implicitAssignment) == [false, true])
        let groups = try page(
            "[{\"id\":\"g\",\"profile\":{\"name\":\"n\",\"description\":null},\"_embedded\":{\"stats\":{\"usersCount\":3,\"hasAdminPrivlege\":true}}}]",
            .groups)
        #expect(groups.items.first?.usersCount == 3 && groups.items.first?.hasAdminPrivilege == true)
        let events = try page(
            "[{\"uuid\":\"e\",\"published\":\"2026-01-01T00:00:00.123Z\",\"target\":null,\"actor\":null,\"client\":{\"zone\":\"null\"}}]",
            .logPolling(since: Timestamp(seconds: 0)))
        #expect(events.items.first?.published.rawValue == 1_767_225_600_123_000)
    }

    @Test("a record without its id is set aside with its text, and the rest of the page is kept")
    func quarantine() throws {
        let users = try page(
            "[{\"id\":\"a\"},{\"status\":\"ACTIVE\"},7,null,[],{\"id\":\"\"},{\"id\":null},{\"id\":\"a b\"},{\"id\":\"z\"}]",
            .users)
        #expect(users.items.map(\.id) == ["a", "z"])
        #expect(
            users.quarantined.map(\.json) == [
                "{\"status\":\"ACTIVE\"}", "7", "null", "[]", "{\"id\":\"\"}", "{\"id\":null}", "{\"id\":\"a b\"}",
            ])
        #expect(users.quarantined.allSatisfy { $0.reason.contains("id") })
        let events = try page(
            "[{\"uuid\":\"e\"},{\"published\":\"2026-01-01T00:00:00Z\"},{\"uuid\":\"e\",\"published\":\"soon\"}]",
            .logPolling(since: Timestamp(seconds: 0)))
        #expect(events.items.isEmpty && events.quarantined.count == 3)
    }

    @Test("one record that is no JSON does not cost the page")
    func brokenRecord() throws {
        let broken = [
            "{\"id\":\"b\",\"n\":1e999}", "{\"id\":\"b\",\"n\":123456789012345678901234567890}",
            "{\"id\":\"b\",\"s\":\"\\ud800\"}", "{\"id\":\"b\",\"x\":nul}",
        ]
        for record in broken {
            let users = try page("[{\"id\":\"a\"}, \(record) ,{\"id\":\"c],{\",\"s\":\"]\\\"\"}]", .users)
            #expect(users.items.map(\.id) == ["a", "c],{"], "\(record)")
            #expect(users.quarantined.map(\.json) == ["\(record) "] || users.quarantined.map(\.json) == [record])
        }
        var bytes = Array("[{\"id\":\"a\"},{\"id\":\"x".utf8)
        bytes += [0xC3, 0x28] + Array("\"}]".utf8)
        let users = try decoder.decode(ByteBuffer(bytes: bytes), as: .users)
        #expect(users.items.map(\.id) == ["a"] && users.quarantined.count == 1)
    }

    @Test(
        "what is no list is no page",
        arguments: [
            "", " ", "{}", "null", "[", "]", "[{\"id\":\"a\"}", "[{\"id\":\"a\"}]x", "<html>", "\"a\"", "[,]",
            "[{\"id\":\"a\"},]", "[nope]",
        ])
    func noPage(text: String) {
        #expect(throws: (any Error).self) { try page(text, .users) }
    }

    @Test("NUL characters never reach a text that a database keeps")
    func zeros() throws {
        let groups = try page("[{\"id\":\"g\",\"profile\":{\"name\":\"a\\u0000b\"}},{\"id\":\"g\\u0000\"}]", .groups)
        #expect(groups.items.map(\.name) == ["a\u{FFFD}b"])
        #expect(groups.quarantined.count == 1)
    }

    @Test("texts set aside are cut to a bearable length")
    func longQuarantine() throws {
        let users = try page("[{\"x\":\"\(String(repeating: "é", count: 100_000))\"}]", .users)
        #expect((users.quarantined.first?.json.utf8.count ?? 0) <= QuarantinedRecord.maxBytes + 3)
    }

    @Test("a parser is used again and again without growing stale")
    func reuse() throws {
        for count in [1, 5000, 3, 0, 200] {
            let records = (0..<count).map { "{\"id\":\"u\($0)\"}" }.joined(separator: ",")
            let users = try page("[\(records)]", .users)
            #expect(users.items.map(\.id) == (0..<count).map { "u\($0)" })
        }
    }

    @Test("cut-off and changed bytes never do worse than fail")
    func fuzz() throws {
        let body = Array(
            "[{\"id\":\"00u1\",\"status\":\"ACTIVE\",\"created\":\"2026-01-02T03:04:05.000Z\",\"profile\":{\"login\":\"a@b\",\"n\":[1,-2.5e3,true,{\"k\":\"\\u00e9\\\"\"}]},\"_links\":{\"group\":{\"href\":\"https://h/api/v1/groups/00g1\"}}},{\"uuid\":\"e\",\"published\":\"2026-01-02T03:04:05Z\",\"target\":[{\"id\":\"x\",\"type\":\"User\"}]}]"
                .utf8)
        func decodeAll(_ bytes: [UInt8]) {
            let buffer = ByteBuffer(bytes: bytes)
            _ = try? decoder.decode(buffer, as: .users)
            _ = try? decoder.decode(buffer, as: .assignments(ofApp: "a"))
            _ = try? decoder.decode(buffer, as: .logPolling(since: Timestamp(seconds: 0)))
            _ = ErrorAnswer(buffer, parsers: decoder.parsers)
        }
        for length in 0..<body.count { decodeAll(Array(body.prefix(length))) }
        var random = SplitMix(state: 7)
        for _ in 0..<3000 {
            var bytes = body
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(
                        [34, 91, 93, 123, 125, 92, 44, 0, 255][Int.random(in: 0..<9, using: &random)], at: index)
                }
            }
            decodeAll(bytes)
        }
        for count in 0..<300 { decodeAll((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }) }
        decodeAll(Array(repeating: UInt8(ascii: "["), count: 100_000))
        // After all that the decoder still reads.
        #expect(try page("[{\"id\":\"a\"}]", .users).items.count == 1)
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
