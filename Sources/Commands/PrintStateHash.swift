import ArgumentParser
import Directory
import Problems
import Server
import Storage

struct PrintStateHash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state-hash",
        abstract: "One hash of everything that was true at a date.",
        discussion: """
            Equal for equal state, whatever keys, order or engine it is kept with. It is the SHA-256 of the lines that
            --lines prints: people, groups, apps, group rules, memberships, apps of groups, assignments and admin roles,
            each by Okta's ids, in their order. Left out is what no history is kept of (last sign-ins, counts) and what
            is not about access (factors, API tokens, usage).
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var moment: MomentOptions
    @Flag(help: "Print one JSON object, with how many things of each kind there are.") var json = false
    @Flag(help: "Print the lines that are hashed: their sha256sum is the hash.") var lines = false

    func validate() throws {
        if json, lines { throw ValidationError("Give either --json or --lines.") }
    }

    func run() async throws {
        let store = try await data.installation(mustExist: true).store
        let moment = try await moment.moment(store)
        if lines {
            try await store.eachStateLine(moment.asOf) { line in
                do {
                    try Terminal.print(line + "\n")
                    return true
                } catch {
                    return false
                }
            }
            return
        }
        let state = try await store.stateHash(moment.asOf)
        guard json else { return try Terminal.print(state.hash + "\n") }
        let counts = JSONText.object(state.lines.map { ($0.noun, String($0.count)) })
        try Terminal.print(
            JSONText.object([
                ("as_of", JSONText.quoted(moment.time.iso8601)), ("hash", JSONText.quoted(state.hash)),
                ("lines", counts),
            ]) + "\n")
    }
}
