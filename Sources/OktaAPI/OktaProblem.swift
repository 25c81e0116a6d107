public import Problems

/// Everything that can go wrong between Muster and Okta, each with its stable id and what an admin should do.
public enum OktaProblem: String, Sendable, CaseIterable {
    /// The pasted domain is no domain.
    case domainMalformed = "okta.domain.malformed"
    /// Plain `http` to a host that is not this machine.
    case domainNotSecure = "okta.domain.notSecure"
    /// The host answers, but not as Okta does.
    case domainNotOkta = "okta.domain.notOkta"
    /// The host's name does not resolve.
    case hostUnknown = "okta.host.unknown"
    /// The host's certificate is not trusted.
    case tlsUntrusted = "okta.tls.untrusted"
    /// The proxy on the way to Okta does not let Muster through.
    case proxyUnusable = "okta.proxy.unusable"
    /// No answer after all retries.
    case unreachable = "okta.unreachable"
    /// Still too many requests after all retries.
    case rateLimited = "okta.rateLimited"
    /// The credential is empty or has characters that no token has.
    case credentialMalformed = "okta.credential.malformed"
    /// The private key cannot be read.
    case keyUnreadable = "okta.key.unreadable"
    /// Okta does not accept the credential.
    case tokenRejected = "okta.token.rejected"
    /// A scope that could write was asked for or granted.
    case scopeNotReadOnly = "okta.scope.notReadOnly"
    /// None of the scopes asked for is granted.
    case scopeNotGranted = "okta.scope.notGranted"
    /// Okta refuses this resource.
    case forbidden = "okta.forbidden"
    /// The tenant has no such feature.
    case unavailable = "okta.unavailable"
    /// The object does not exist any more.
    case gone = "okta.gone"
    /// The place in a listing is no longer known to Okta.
    case cursorExpired = "okta.cursor.expired"
    /// A listing's next page leads back into the listing.
    case pagingLoop = "okta.paging.loop"
    /// Okta did not understand the question.
    case queryRefused = "okta.query.refused"
    /// The answer is not what the API promises.
    case answerMalformed = "okta.answer.malformed"
    /// The answer is longer than the set limit.
    case answerTooLarge = "okta.answer.tooLarge"
    /// A list of users without a single user.
    case usersEmpty = "okta.users.empty"
    /// A request outside of what Muster may ever send.
    case requestNotAllowed = "okta.request.notAllowed"
    /// A certificate file cannot be read.
    case trustRootsUnreadable = "okta.trustRoots.unreadable"
    /// The work was called off.
    case cancelled = "okta.cancelled"

    /// The problem as it is shown and logged.
    public func problem(context: [String: String] = [:], cause: (any Error)? = nil) -> Problem {
        let words = self.words
        return Problem(
            id: rawValue, kind: kind, title: words.title, explanation: words.explanation, remedy: words.remedy,
            context: context, cause: cause)
    }

    /// The family of failure.
    public var kind: Problem.Kind {
        switch self {
        case .domainMalformed, .domainNotSecure, .credentialMalformed, .keyUnreadable: .badInput
        case .domainNotOkta, .hostUnknown, .tlsUntrusted, .proxyUnusable, .unreachable, .answerMalformed,
            .answerTooLarge:
            .unreachable
        case .rateLimited, .cancelled, .cursorExpired, .pagingLoop: .resumable
        case .tokenRejected, .scopeNotGranted, .forbidden, .unavailable, .usersEmpty, .scopeNotReadOnly: .permission
        case .gone: .notFound
        case .queryRefused, .requestNotAllowed: .defect
        case .trustRootsUnreadable: .configuration
        }
    }
}

extension OktaProblem {
    private typealias Words = (title: String, explanation: String, remedy: String)

    private var words: Words {
        switch self {
        case .domainMalformed, .domainNotSecure, .domainNotOkta, .hostUnknown, .tlsUntrusted, .proxyUnusable,
            .unreachable,
            .trustRootsUnreadable:
            connectionWords
        case .credentialMalformed, .keyUnreadable, .tokenRejected, .scopeNotReadOnly, .scopeNotGranted, .forbidden,
            .unavailable, .usersEmpty:
            permissionWords
        default: answerWords
        }
    }

    private var connectionWords: Words {
        switch self {
        case .domainMalformed:
            (
                "This is not an Okta domain",
                "A domain looks like acme.okta.com. Any address of the org will do, the admin console's too.",
                "Copy the address you see in the browser when you are signed in to Okta, and paste it as it is."
            )
        case .domainNotSecure:
            (
                "Okta is only reached over https",
                "Plain http would show the credential to everyone on the way. It is accepted for this machine alone.",
                "Paste the address with https, or without any scheme."
            )
        case .domainNotOkta:
            (
                "This host is not an Okta org",
                "The host answered, but not with an Okta org's description. No credential was sent to it.",
                "Check the domain for typing errors. With a custom domain, try the org's own okta.com domain."
            )
        case .hostUnknown:
            (
                "The Okta domain does not exist",
                "The name of the host could not be resolved.",
                "Check the domain for typing errors, and that this machine can resolve names."
            )
        case .tlsUntrusted:
            (
                "The host's certificate is not trusted",
                "Somebody between this machine and Okta may be reading along, or the network inspects TLS on purpose.",
                "If your network inspects TLS, name its root certificate (PEM) in MUSTER_OKTA_TRUST_ROOTS_FILE. If not, stop here."
            )
        case .proxyUnusable:
            (
                "The proxy on the way to Okta does not let Muster through",
                "It does not answer, wants another name and password, or refuses Okta's host.",
                "Check the setting okta.proxy: `muster config` shows what it is and where it comes from. Then run it again; "
                    + "it goes on from where it stopped."
            )
        case .trustRootsUnreadable:
            (
                "The file of trusted certificates cannot be read",
                "It must be a PEM file of one or more certificates.",
                "Check the path and the file, or remove the setting."
            )
        default:
            (
                "Okta does not answer",
                "The request was repeated with growing pauses and failed every time.",
                "Check the network between this machine and Okta, and status.okta.com. Then run it again; it goes on "
                    + "from where it stopped."
            )
        }
    }

    private var permissionWords: Words {
        switch self {
        case .credentialMalformed:
            (
                "This is not an Okta credential",
                "It is empty or contains characters that no Okta token has.",
                "Copy the token again, without spaces or line breaks inside."
            )
        case .keyUnreadable:
            (
                "The private key cannot be read",
                "It must be an unencrypted RSA key of at least 2048 bits or a P-256 key, as PEM or JWK.",
                "Make a new key on the service app's General tab, and save the private key as PEM or JWK."
            )
        case .tokenRejected:
            (
                "Okta does not accept the credential",
                "It was mistyped, belongs to another org, or has died: a token when it is revoked, after 30 days without "
                    + "use, and with the account of the admin who made it; a service app's key when it is removed or the "
                    + "app is deactivated.",
                "Make a new token (Security, API, Tokens) or key, and connect again. Nothing already read is lost."
            )
        case .scopeNotReadOnly:
            (
                "The credential can change things in Okta",
                "Muster only ever reads. It accepts no scope that does not end in .read.",
                "On the service app's Okta API Scopes tab, revoke every scope that does not end in .read."
            )
        case .scopeNotGranted:
            (
                "The service app has none of the scopes Muster needs",
                "Okta refused every scope that was asked for.",
                "On the service app's Okta API Scopes tab, grant: \(OktaScopes.all.joined(separator: ", "))."
            )
        case .forbidden:
            (
                "Okta does not let the credential read this",
                "A scope is missing, or the admin role of the credential does not cover it.",
                "Grant what the connection's check page names for this resource. Everything else is read meanwhile."
            )
        case .unavailable:
            (
                "The tenant does not have this feature",
                "Okta answers so when a feature is not licensed or not enabled.",
                "Nothing needs to be done. If you know the feature is enabled, ask Okta's support."
            )
        default:
            (
                "Okta returned no users",
                "Every tenant has at least one. Okta answers with an empty list, not an error, when a service app has "
                    + "scopes but no admin role.",
                "On the service app's Admin roles tab, assign the Read-only Administrator role. Then connect again."
            )
        }
    }

    private var answerWords: Words {
        switch self {
        case .rateLimited:
            (
                "Okta asked Muster to slow down, too many times in a row",
                "Other software is using up the tenant's rate limit.",
                "Wait some minutes and run it again; it goes on from where it stopped. Okta's rate limit dashboard "
                    + "shows who uses the limit."
            )
        case .gone:
            (
                "This does not exist in Okta any more",
                "It was deleted after it had been listed.",
                "Nothing needs to be done; it is treated as deleted."
            )
        case .cursorExpired:
            (
                "Okta no longer knows this place in the list",
                "Places in a list are kept for a short time only.",
                "Nothing needs to be done; the list is read again from its start."
            )
        case .pagingLoop:
            (
                "Okta's list leads back into itself",
                "The next page is one that was read before, so the list would never end. What was read is kept.",
                "Run it again. If it happens again, report it with the request id from the log."
            )
        case .queryRefused:
            (
                "Okta did not accept the request",
                "The request was not one that this tenant's version of the API understands.",
                "Report it with the request id from the log."
            )
        case .answerTooLarge:
            (
                "Okta's answer is longer than Muster accepts",
                "A limit on the size of answers protects this machine's memory.",
                "Raise the limit in the settings, then run it again; it goes on from where it stopped."
            )
        case .requestNotAllowed:
            (
                "Muster stopped a request of its own",
                "The address is not among those that Muster may read. Nothing was sent.",
                "Report it with the address from the log."
            )
        case .cancelled:
            (
                "Stopped on request",
                "Everything that was read and saved is kept.",
                "Run it again; it goes on from where it stopped."
            )
        default:
            (
                "Okta's answer could not be read",
                "The answer was not what the API promises, even after repeats. A proxy may have put its own page in.",
                "Check whether a proxy stands between this machine and Okta. Then run it again; it goes on from where "
                    + "it stopped."
            )
        }
    }
}
