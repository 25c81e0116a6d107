import Problems

/// Refuses secrets given as arguments: every user of the computer can read them in the list of processes.
enum SecretArguments {
    private static let names = [
        "--token", "--api-token", "--okta-token", "--client-secret", "--secret", "--private-key", "--password",
    ]

    /// Looks at the arguments before anything else does. `simulate` and `demo` take a token of their pretend tenant.
    static func refuse(in arguments: [String]) throws(Problem) {
        // The text of a question to SQL may look like anything; the place it is asked of may not hold a password.
        let takesAnything = ["simulate", "demo", "sql"].contains(arguments.first)
        for (index, argument) in arguments.enumerated() {
            let isPlace = index > 0 && arguments[index - 1] == "--database" || argument.hasPrefix("--database=")
            if isPlace || !takesAnything, holdsDatabasePassword(argument) { throw databasePassword }
            if takesAnything { continue }
            let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
            guard names.contains(name.lowercased()) || isToken(argument) else { continue }
            throw Problem(
                id: "usage.secretArgument", kind: .usage, title: "A secret on the command line is refused",
                explanation: "Every user of this computer can read the arguments of a running command, "
                    + "and shells keep them in their history. Treat this one as known to others.",
                remedy: "Put it in a file and give --token-file FILE, or give --token-file - and write it to "
                    + "standard input.")
        }
    }

    private static let databasePassword = Problem(
        id: "usage.databasePassword", kind: .usage, title: "A password in the address of a database is refused",
        explanation: "Every user of this computer can read the arguments of a running command, and shells keep them in "
            + "their history. Treat this one as known to others.",
        remedy:
            "Put the whole address into the environment variable MUSTER_DATABASE (for `muster copy` into any, and give "
            + "env:NAME), or leave the password out of it and put that into PGPASSFILE.")

    /// Whether a text is the address of a PostgreSQL database with a password before its host or among its parameters.
    private static func holdsDatabasePassword(_ argument: String) -> Bool {
        guard let scheme = argument.firstRange(of: "://"),
            argument[..<scheme.lowerBound].lowercased().hasSuffix("postgres")
                || argument[..<scheme.lowerBound].lowercased().hasSuffix("postgresql")
        else { return false }
        let address = argument[scheme.upperBound...]
        let person = address.prefix { $0 != "/" && $0 != "?" }.split(separator: "@", omittingEmptySubsequences: false)
        if person.count > 1, person.dropLast().joined().contains(":") { return true }
        return address.drop { $0 != "?" }.lowercased().contains("password=")
    }

    /// Whether a text looks like an Okta API token: `00` and 40 more characters, perhaps after `SSWS`.
    private static func isToken(_ argument: String) -> Bool {
        var text = argument[...]
        if let equals = text.firstIndex(of: "=") { text = text[text.index(after: equals)...] }
        if text.lowercased().hasPrefix("ssws ") { return true }
        return text.utf8.count == 42 && text.hasPrefix("00")
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
                    || byte == 95
            }
    }
}
