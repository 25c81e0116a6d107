import Foundation
import Sync
import Testing

@Suite struct HookTests {
    private static let eventTypes: URL? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["MUSTER_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? root.deletingLastPathComponent().appending(path: "shared")
        let file = shared.appending(path: "okta/event_types.tsv")
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }()

    @Test(
        "Okta offers hooks each type that is recommended, and none of the others that are kept is offered, sign-ons apart",
        .enabled(if: eventTypes != nil, "the catalogue of event types is not here"))
    func recommended() throws {
        let text = try String(contentsOf: try #require(Self.eventTypes), encoding: .utf8)
        var offered: Set<String> = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            if fields.count > 1, fields[1] == "True" { offered.insert(fields[0]) }
        }
        #expect(offered.count > 300)
        #expect(Set(HookEventTypes.recommended).subtracting(offered) == [])
        #expect(!HookEventTypes.recommended.contains("user.authentication.sso"))
        #expect(HookEventTypes.recommended.count > 30)
    }
}
