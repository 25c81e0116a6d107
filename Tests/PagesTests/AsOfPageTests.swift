import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import Support
import Testing

@Suite struct AsOfPageTests {
    @Test("a date that has not come yet is refused as the command line refuses it")
    func future() async throws {
        try await PagesFixture.with { fixture in
            for path in ["/users?as_of=2099-01-01", "/?believed=2099-01-01", "/users.csv?as_of=2099-01-01"] {
                let answer = try await fixture.get(path)
                #expect(answer.status == .badRequest, "\(path)")
                #expect(answer.text.contains("2099-01-01” has not come yet"), "\(path)")
            }
            #expect(try await fixture.get("/users?as_of=2026-11-21").status == .ok)
        }
    }}
