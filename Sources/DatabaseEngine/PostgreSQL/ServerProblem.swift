import CLibPQ
public import Problems

extension StorageProblem {
    /// The address of the database cannot be read.
    static var badAddress: Problem {
        Problem(
            id: "storage.server.address", kind: .configuration,
            title: "The address of the database cannot be understood",
            remedy: "Write it as postgres://user@host:5432/database; percent-encode special characters.")
    }

    /// What was asked for is done to a file, and the store is on a server.
    public static var notAFile: Problem {
        Problem(
            id: "storage.server.ownTools", kind: .usage,
            title: "This is done to a PostgreSQL database by its own tools",
            explanation: "Backup and restore of Muster are for the embedded database.",
            remedy: "Use pg_dump and pg_restore; keep the key file of the data folder beside a dump.")
    }

    /// The connection broke while it was used.
    static func serverLost(_ message: String, _ server: String) -> Problem {
        Problem(
            id: "storage.server.lost", kind: .resumable, title: "The connection to the database was lost",
            explanation: "Nothing that was already saved is lost. The server is \(server).",
            remedy: "Run the same command again when the server is up; a sync goes on from where it stopped.",
            context: ["server_message": message, "server": server])
    }

    /// What kept a connection from being made. Servers tell by code; what the network says has none.
    static func serverRefused(_ message: String, _ server: String) -> Problem {
        let context = ["server_message": message, "server": server]
        let says = { (code: String) in message.contains(" \(code): ") }
        if says("28P01") || says("28000") || message.contains("no password supplied") {
            return Problem(
                id: "storage.server.signIn", kind: .permission, title: "The database server refused the sign-in",
                explanation: "It knows no such user with this password at \(server).",
                remedy: "Mend the user or password of the database address, or the server's pg_hba.conf.",
                context: context)
        }
        if says("3D000") {
            return Problem(
                id: "storage.server.noDatabase", kind: .configuration, title: "The server has no such database",
                explanation: "Muster looked for \(server).",
                remedy: "Create it with `createdb`, or mend the name in the database address.", context: context)
        }
        return Problem(
            id: "storage.server.unreachable", kind: .unreachable, title: "The database server cannot be reached",
            explanation: "Nobody answered, or took a connection, at \(server).",
            remedy: "Start the server or mend the database address, then run the same command again.",
            context: context)
    }

    /// What a server answered to a statement, by its SQLSTATE.
    static func server(state: String, message: String, sql: String, server: String) -> Problem {
        let context = ["sqlstate": state, "server_message": message, "sql": sql, "server": server]
        switch state {
        case "57P01", "57P02", "57P03", "57P05", "25P03": return serverLost(message, server).with(context: context)
        case "53100", "58030", "53200", "53000":
            return Problem(
                id: "storage.server.full", kind: .resumable, title: "The database server ran out of space or memory",
                explanation: "Nothing that was already saved is lost.",
                remedy: "Free some space on the server, then run the same command again; a sync goes on from where it "
                    + "stopped.",
                context: context)
        case "53300":
            return serverRefused("FATAL: 53300: \(message)", server).with(context: context)
        case "42501", "25006":
            return Problem(
                id: "storage.server.notWritable", kind: .permission,
                title: "The database server does not let Muster write",
                explanation: "The user lacks a right on \(server), or the server is a read-only copy.",
                remedy: "Grant the user the right to create and write tables there, or use the primary server.",
                context: context)
        case "55P03", "40P01", "40001":
            return Problem(
                id: "storage.busy", kind: .conflict, title: "Another process holds the database",
                explanation: "It was still writing after 20 seconds.",
                remedy: "Wait for it to finish, then run the same command again.", context: context)
        case _ where state.hasPrefix("08"): return serverLost(message, server).with(context: context)
        default:
            return Problem.from(
                Problem(
                    id: "storage.statement.failed", kind: .defect, title: "The database refused a statement",
                    explanation: "Nothing that was already saved is lost.",
                    remedy: "Report this with the log of this moment.", context: context))
        }
    }
}
