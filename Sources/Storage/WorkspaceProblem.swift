import Problems

/// What is told of a workspace that is not there.
enum WorkspaceProblem {
    /// The most names that are listed.
    private static let most = 10

    static func missing(_ name: String, among known: [String]) -> Problem {
        Problem(
            id: "workspace.missing", kind: .notFound, title: "There is no workspace “\(name)” in this database",
            explanation: explanation(known),
            remedy: known.isEmpty
                ? "Connect a tenant first, which makes the workspace: `muster connect DOMAIN`."
                : "Choose one with --workspace: \(closest(to: name, among: known)).")
    }

    private static func explanation(_ known: [String]) -> String {
        switch known.count {
        case 0: "It has no workspace yet."
        case 1: "It has one workspace. A new one is made by `muster connect` and `muster serve` alone."
        default: "It has \(known.count) workspaces. A new one is made by `muster connect` and `muster serve` alone."
        }
    }

    /// The names, those that look most like the wanted one first.
    private static func closest(to name: String, among known: [String]) -> String {
        let wanted = name.lowercased()
        let sorted = known.map { (Misspelling.changes(from: wanted, to: $0.lowercased()), $0) }.sorted { $0 < $1 }
            .map(\.1)
        let rest = sorted.count - most
        return sorted.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
