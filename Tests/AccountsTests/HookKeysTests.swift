import Accounts
import DatabaseEngine
import Directory
import Problems
import Storage
import Support
import Testing

@Suite struct HookKeysTests {
    private func tenant(_ store: Store) async throws -> Integration {
        try await store.addIntegration(
            name: "acme", baseURL: "https://acme.okta.com", organization: Organization(id: "00o1"), contact: nil,
            credentialKind: "apiToken", sealedCredential: [1], now: Timestamp(seconds: 5))
    }

    @Test(
        "a secret is made once, kept as its hash, and changed without changing the address",
        arguments: TestEngine.available)
    func secrets(_ engine: TestEngine) async throws {
        let temporary = try await TemporaryStore(engine)
        let store = temporary.store
        let tenant = try await tenant(store)
        let keys = HookKeys(store: store)
        let first = try await keys.make(for: tenant, actor: "Ada")
        let hook = try #require(try await store.eventHook(at: first.address))
        #expect(hook.integrationID == tenant.id)
        #expect(first.secret.utf8.count == 43)
        #expect(first.address.text.utf8.count >= 24)
        #expect(HookKeys.opens(hook, with: first.secret))
        for wrong in [nil, "", "x", String(first.secret.dropLast()), first.secret + "x", "Bearer \(first.secret)"] {
            #expect(!HookKeys.opens(hook, with: wrong))
        }
        let second = try await keys.make(for: tenant, actor: "Ada")
        let renewed = try #require(try await store.eventHook(of: tenant.id))
        #expect(second.address == first.address)
        #expect(!HookKeys.opens(renewed, with: first.secret))
        #expect(HookKeys.opens(renewed, with: second.secret))
        #expect(try await keys.switchOff(tenant, actor: "Ada"))
        #expect(try await keys.switchOff(tenant, actor: "Ada") == false)
        #expect(try await store.eventHook(at: first.address) == nil)
        // Another time, another address.
        let third = try await keys.make(for: tenant, actor: "Ada")
        #expect(third.address != first.address)
        let entries = try await AuditTrail(store: store).entries()
        #expect(entries.map(\.action) == ["hook.on", "hook.off", "hook.rotate", "hook.on"])
        #expect(entries.allSatisfy { $0.actor == "Ada" && $0.subject == "acme" && $0.detail == nil })
    }

    @Test("a tenant that is not read any more gets no hook")
    func disconnected() async throws {
        let temporary = try await TemporaryStore(.sqlite)
        let store = temporary.store
        let tenant = try await tenant(store)
        try await store.disconnect(tenant.id, now: Timestamp(seconds: 9))
        let gone = try await store.integration(named: "acme")
        await #expect(throws: Problem.self) { try await HookKeys(store: store).make(for: gone, actor: "Ada") }
    }
}
