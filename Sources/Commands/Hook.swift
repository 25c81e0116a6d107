import Accounts
import ArgumentParser
import Directory
import Problems
import Server
import Storage
import Sync
import WebSupport

struct Hook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let Okta tell Muster of changes at once: an Event Hook's address, secret and state.",
        discussion: """
            The first call makes an address and a secret, and prints what to enter in Okta's Admin Console; later ones print \
            how deliveries go. The secret is shown once. Nothing is missed without a hook: the System Log is read anyway.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "The integration's name. (default: the only one)") var name: String?
    @Flag(help: "Make a new secret; the old one ends at once.") var rotate = false
    @Flag(help: "Switch the hook off.") var off = false

    func validate() throws {
        if rotate, off { throw ValidationError("Say --rotate or --off, not both.") }
    }

    func run() async throws {
        let installation = try await data.installation(mustExist: true)
        let integration = try await installation.store.integration(named: name)
        let keys = HookKeys(store: installation.store)
        if off {
            let wasOn = try await keys.switchOff(integration, actor: "command line")
            return try Terminal.print(
                wasOn
                    ? "The hook of “\(integration.name)” is switched off. Deactivate it in Okta, too.\n"
                    : "“\(integration.name)” has no hook.\n")
        }
        let base = installation.configuration.publicURL
        let hook = try await installation.store.eventHook(of: integration.id)
        if rotate, hook == nil {
            throw Problem(
                id: "hook.none", kind: .notFound, title: "“\(integration.name)” has no hook",
                remedy: "Make one with `muster hook \(integration.name)`.")
        }
        guard let hook, !rotate else {
            let made = try await keys.make(for: integration, actor: "command line")
            return try Terminal.print(Self.steps(integration, made, base))
        }
        let standing = try await HookInbox(installation.store).standing(of: integration.id, now: .now)
        try Terminal.print(Self.state(hook, standing, base))
    }

    private static func url(_ address: HookAddress, _ base: String?) -> String {
        let base = base.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? "https://your-muster.example.com"
        return base + Link.hook(address.text).path
    }

    private static func warning(_ base: String?) -> String {
        guard base?.hasPrefix("https://") != true else { return "" }
        return
            "\nOkta delivers to https addresses only: set http.public-url to the one under which Okta reaches Muster.\n"
    }

    private static func steps(_ integration: Integration, _ made: HookKeys.Made, _ base: String?) -> String {
        """
        Address   \(url(made.address, base))
        Secret    \(made.secret)
                  It is shown only now; Muster keeps no more than its hash.
        \(warning(base))
        In Okta's Admin Console of \(integration.baseURL):
        1. Open Workflow > Event Hooks and press Create Event Hook.
        2. URL: the address above.
        3. Authentication field: Authorization. Authentication secret: the secret above.
        4. Subscribe to these event types (not to user.authentication.sso, which would use up what Okta delivers a day):
        \(HookEventTypes.recommended.map { "     \($0)" }.joined(separator: "\n"))
        5. Save, and press Verify. `muster hook \(integration.name)` then says when it was verified.

        """
    }

    private static func state(_ hook: EventHook, _ standing: HookInbox.Standing, _ base: String?) -> String {
        func when(_ time: Timestamp?, _ none: String) -> String { time?.iso8601Seconds ?? none }
        return """
            Address           \(url(hook.address, base))
            Made              \(hook.createdAt.iso8601Seconds)
            Verified          \(when(hook.verifiedAt, "not yet: press Verify in Okta's Admin Console"))
            Last delivery     \(when(standing.lastAt, "none yet"))
            Deliveries today  \(standing.today)
            Waiting           \(standing.waiting)
            Refused           \(hook.refused)\(hook.refusedAt.map { ", last \($0.iso8601Seconds)" } ?? "")
            \(warning(base))
            """
    }
}
