import ArgumentParser
import Directory
import Governance
import Problems
import Server
import Storage

struct AppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "Decide about a service: its state, its owners, its name and category.",
        subcommands: [Set.self])

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a decision about a service, who owns it, or what it is.",
            discussion: """
                APP is Okta's id, a label or a name; one that Okta's list does not show any more is found, too. A state \
                needs its reason. An empty text takes an owner, a name, a category or a note away.
                States: \(AppState.allCases.map(\.rawValue).joined(separator: ", ")).
                """)

        @OptionGroup var data: DataOptions
        @Argument(help: "The service.") var app: String
        @Option(help: ArgumentHelp("What was decided.", valueName: "state")) var state: String?
        @Option(help: ArgumentHelp("Why; needed with --state.", valueName: "text")) var reason: String?
        @Option(help: ArgumentHelp("What people should use instead.", valueName: "app")) var alternative: String?
        @Option(help: ArgumentHelp("Who answers for it: a login.", valueName: "login")) var owner: String?
        @Option(help: ArgumentHelp("Who does when the owner cannot.", valueName: "login")) var backupOwner: String?
        @Option(help: ArgumentHelp("Who answers for its money.", valueName: "login")) var financeOwner: String?
        @Option(help: ArgumentHelp("The department it belongs to.", valueName: "name")) var department: String?
        @Option(help: ArgumentHelp("What the company calls it.", valueName: "text")) var name: String?
        @Option(help: ArgumentHelp("What it is for, as /discovery names it.", valueName: "category"))
        var category: String?
        @Option(help: ArgumentHelp("A note.", valueName: "text")) var note: String?

        func run() async throws {
            let store = try await data.installation(mustExist: true).store
            let owners = OwnersRequest(
                owner: owner, backup: backupOwner, finance: financeOwner, department: department)
            let describes = name != nil || category != nil || note != nil
            guard state != nil || !owners.isEmpty || describes else { throw Self.nothing }
            guard state != nil || reason == nil && alternative == nil else { throw Self.noState }
            let id = try await store.serviceID(app)
            let now = Timestamp.now
            let actor = "command line"
            if let state {
                try await store.decide(
                    [id], state: state, reason: reason, alternative: alternative, actor: actor, now: now)
            }
            if !owners.isEmpty { try await store.own([id], owners, actor: actor, now: now) }
            if describes {
                try await store.describe(id, name: name, category: category, note: note, actor: actor, now: now)
            }
            try Terminal.print(try await Self.sentence(id, store, now))
        }

        private static func sentence(_ id: String, _ store: Store, _ now: Timestamp) async throws -> String {
            let moment = Moment(now: now)
            let decision = try await store.decisions(about: id, moment).first
            let owners = try await store.owners(of: id, moment).first
            let people = owners?.all.map { "\($0.role) \($0.owner.name)" } ?? []
            let parts = [(decision?.state ?? .discovered).rawValue] + people + [owners?.department].compactMap(\.self)
            return "\(id): \(parts.joined(separator: ", "))\n"
        }

        private static let nothing = Problem(
            id: "app.set.nothing", kind: .usage, title: "Nothing is to be set",
            remedy:
                "Give --state with --reason, --owner, --name, --category or another option; see `muster app set --help`."
        )
        private static let noState = Problem(
            id: "app.set.reasonWithoutState", kind: .usage, title: "A reason or an alternative belongs to a state",
            explanation: "Nothing was changed.", remedy: "Give --state as well.")
    }
}
