import Problems

/// What can go wrong with keys, links and sessions, each with its way out.
enum AccountsProblem {
    /// An unknown, used or expired link: deliberately one problem, so that guessing teaches nothing.
    static var linkInvalid: Problem {
        Problem(
            id: "signIn.link.invalid", kind: .permission, title: "This sign-in link is no longer good",
            explanation: "A link works once and for fifteen minutes.",
            remedy: "Make a new one where Muster runs: `muster sign-in-link`.")
    }

    static func linkUsedRemotely(_ peer: PeerAddress) -> Problem {
        Problem(
            id: "signIn.link.remote", kind: .permission,
            title: "Sign-in links work only on the computer that runs Muster",
            explanation: "This request came from another one, through a proxy, or under another name than localhost.",
            remedy: "Open the link in a browser there, or through `ssh -L 8080:127.0.0.1:8080`.",
            context: ["peer": peer.text, "forwarded": String(peer.isForwarded)])
    }

    static func keyUnreadable(path: String, reason: String) -> Problem {
        Problem(
            id: "secrets.key.unreadable", kind: .configuration, title: "The sealing key cannot be read or written",
            explanation: "Muster seals credentials with the key in \(path): \(reason).",
            remedy: "Let this user read that file (mode 0600), or name another with MUSTER_KEY_FILE.",
            context: ["path": path])
    }

    static func keyExposed(path: String) -> Problem {
        Problem(
            id: "secrets.key.exposed", kind: .configuration, title: "Anyone on this computer can read the sealing key",
            explanation: "\(path) opens every stored credential and is readable by others.",
            remedy: "Run `chmod 600 \(path)`; if others may have copied it, connect again with new credentials.",
            context: ["path": path])
    }

    static func keyMalformed(path: String) -> Problem {
        Problem(
            id: "secrets.key.malformed", kind: .configuration, title: "The sealing key file is damaged",
            explanation: "\(path) does not hold a Muster key.",
            remedy: "Put the key file of the last backup back. Without it, move the file away and connect again.",
            context: ["path": path])
    }

    static func keyWrong(reason: String) -> Problem {
        Problem(
            id: "secrets.key.wrong", kind: .configuration,
            title: "A stored credential cannot be opened with this key",
            explanation: "It was sealed with another key or for another purpose, or it was changed.",
            remedy: "Put back the muster.key that belongs to this data, or connect again with the credential.",
            context: ["reason": reason])
    }
}
