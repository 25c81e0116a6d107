import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import OktaAPI

@Suite("Recorded errors", .enabled(if: Recordings.present, Recordings.missing))
struct RecordedErrorsTests {
    private let parsers = JSONParsers(limit: 1 << 20)

    private func meaning(_ exchange: Recordings.Exchange, subject: Bool = true) -> ErrorAnswer.Meaning {
        ErrorAnswer(ByteBuffer(string: exchange.body), parsers: parsers).meaning(
            status: exchange.status, headers: exchange.headers, hasCursor: exchange.target.contains("after="),
            hasSubject: subject, isToken: true)
    }

    @Test("each recorded error has the meaning that the API reference gives it")
    func meanings() throws {
        var exchanges = try Recordings.exchanges("errors.jsonl")
        for file in ["users_list", "apps_list", "api_tokens"] {
            exchanges += try Recordings.exchanges(file + ".jsonl").filter { $0.status != 200 }
        }
        var seen: Set<String> = []
        for exchange in exchanges where exchange.method == "GET" {
            let error = ErrorAnswer(ByteBuffer(string: exchange.body), parsers: parsers)
            let code = try #require(error.code)
            let meaning = meaning(exchange)
            seen.insert("\(exchange.status) \(code)")
            switch (exchange.status, code) {
            case (401, "E0000011"): #expect(meaning == .fail(.tokenRejected))
            case (401, "E0000015"): #expect(meaning == .fail(.unavailable))
            case (403, "E0000005"): #expect(meaning == .fail(.tokenRejected))
            case (404, _): #expect(meaning == .fail(.gone))
            case (429, "E0000047"): #expect(meaning == .minuteLimit)
            case (400, "E0000029"): #expect(meaning == .fail(.cursorExpired))
            case (400, _), (405, _), (406, _), (415, _), (422, _):
                #expect(meaning == .fail(.queryRefused) || meaning == .fail(.cursorExpired))
                let aboutCursor = error.causes.contains { $0.contains("cursor") }
                #expect((meaning == .fail(.cursorExpired)) == aboutCursor)
            case (401, _): #expect(meaning == .fail(.tokenRejected))
            case (500..., _): #expect(meaning == .retry(.unreachable))
            default: Issue.record("nobody said what \(exchange.status) \(code) means: \(exchange.id)")
            }
        }
        #expect(seen.isSuperset(of: ["401 E0000011", "401 E0000015", "403 E0000005", "404 E0000007", "429 E0000047"]))
    }

    @Test("a missing list of the whole tenant is a missing feature, not a deleted object")
    func missingLists() throws {
        let exchange = try #require(
            try Recordings.exchanges("errors.jsonl").first { $0.status == 404 && !$0.isHandMade })
        #expect(meaning(exchange, subject: false) == .fail(.unavailable))
    }

    @Test("the recorded limits tell their windows")
    func limits() throws {
        for exchange in try Recordings.exchanges("tenant_replay/org_2023_139_requests.jsonl") {
            let limits = try #require(RateLimitHeaders(exchange.headers))
            let date = try #require(exchange.headers.first(name: "Date").flatMap(HTTPDate.seconds))
            #expect((-1...61).contains(limits.reset - date))
            #expect(limits.remaining < limits.limit)
        }
    }
}
