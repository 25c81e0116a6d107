import Foundation
import Sync
import Testing

@Suite struct HookTests {
    @Test("a ring wakes who listens for that tenant, and only them; many rings are heard as one")
    func bell() async {
        let bell = HookBell()
        var first = bell.rings(workspace: 1, integration: 1).makeAsyncIterator()
        let other = bell.rings(workspace: 1, integration: 2)
        for _ in 0..<5 { bell.ring(workspace: 1, integration: 1) }
        #expect(await first.next() != nil)
        bell.ring(workspace: 2, integration: 1)
        bell.ring(workspace: 1, integration: 2)
        var heard = 0
        for await _ in other {
            heard += 1
            break
        }
        #expect(heard == 1)
        bell.ring(workspace: 1, integration: 1)
        #expect(await first.next() != nil)
    }

    @Test("a listener that is cancelled is forgotten")
    func cancelled() async {
        let bell = HookBell()
        let listener = Task {
            var heard = 0
            for await _ in bell.rings(workspace: 1, integration: 1) { heard += 1 }
            return heard
        }
        listener.cancel()
        _ = await listener.value
        bell.ring(workspace: 1, integration: 1)
    }

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
