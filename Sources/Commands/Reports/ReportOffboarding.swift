import Analysis
import ArgumentParser
import Directory
import Governance
import Storage

struct ReportOffboarding: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offboarding", abstract: "Everybody who has left, and what they still hold.",
        discussion: """
            Those who left last come first. apps_then: apps assigned just before, with what ended within the hour before; \
            manual_items: apps among them, or assigned since, that Okta does not deactivate by itself; apps_now, roles, \
            api_tokens: what they still have; open_items: what is left to do; hours_to_last_removal: from the end to the \
            last app, role or token that was seen to end; activity_after: the last thing they did after the end. An empty \
            number is not evaluated, never none; deactivated_at is empty where only the roster says that they left.
            """)

    @OptionGroup var options: ReportOptions

    func run() async throws {
        let (store, moment) = try await options.open()
        let list = ListDefinition.offboarding(
            try await store.leavers(moment), try await store.offboardingClosings(moment), moment)
        try await options.print(list, store, moment)
        UnreadNote.print(try await store.unread([.users, .assignments, .memberships, .roles, .apiTokens], moment))
    }
}
