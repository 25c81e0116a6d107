import ArgumentParser
import Server
import Storage

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show one user, group or app, with how each access came about.",
        discussion: "KEY is Okta's id, or a login or e-mail address, a group's name, an app's label.")

    enum Noun: String, ExpressibleByArgument, CaseIterable {
        case user, group, app
    }

    @OptionGroup var data: DataOptions
    @OptionGroup var moment: MomentOptions
    @Argument(help: "What it is.") var noun: Noun
    @Argument(help: "Which one.") var key: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let moment = try await moment.moment(store, usage: noun != .group)
        let sheet =
            switch noun {
            case .user: try await UserSheet.make(store, key, moment)
            case .group: try await GroupSheet.make(store, key, moment)
            case .app: try await AppSheet.make(store, key, moment)
            }
        if json { try sheet.printJSON() } else { try sheet.printText() }
        UnreadNote.print(sheet.unread)
    }
}
