import NIOCore
import NIOHTTP1
import Problems

/// Okta's error body, and what an answer that is not a page means.
struct ErrorAnswer: Equatable {
    /// The only part that is contract: `E0000011`; nil when the body is not Okta's.
    var code: String?
    var summary = ""
    var causes: [String] = []

    /// Reads the body; one that is not Okta's leaves everything empty.
    init(_ body: ByteBuffer, parsers: JSONParsers) {
        guard body.readableBytes < 1 << 20 else { return }
        let parsed = try? body.withUnsafeReadableBytes { bytes in
            try parsers.withParser { parser in
                try parser.parse(bytes, padded: false) { root in
                    (
                        root["errorCode"]?.text, root["errorSummary"]?.text ?? "",
                        root["errorCauses"]?.values.prefix(8).compactMap { $0["errorSummary"]?.text } ?? []
                    )
                }
            }
        }
        if let parsed { (code, summary, causes) = parsed }
    }

    /// What to do about an answer.
    enum Meaning: Equatable {
        /// Give up this page with this problem.
        case fail(OktaProblem)
        /// Too many requests in this window.
        case minuteLimit
        /// Too many requests at once.
        case concurrencyLimit
        /// Okta took too long to find the records: ask for fewer.
        case tooSlow
        /// The access token has ended, or is no longer good: get another once.
        case renewToken
        /// Repeat with the nonce that came along.
        case useNonce
        /// Something that may pass.
        case retry(OktaProblem)
    }

    /// What an answer means, by API reference and recordings. `hasSubject` tells lists of one object from lists of the
    /// whole tenant; `isToken` an SSWS token from OAuth.
    func meaning(status: Int, headers: HTTPHeaders, hasCursor: Bool, hasSubject: Bool, isToken: Bool) -> Meaning {
        switch status {
        case 400: badRequest(hasCursor: hasCursor)
        case 401: unauthorized(headers, isToken: isToken)
        case 403: forbidden(isToken: isToken)
        case 404: notFound(hasSubject: hasSubject)
        case 408: .retry(.unreachable)
        case 429:
            headers.first(name: "X-Rate-Limit-Limit") == "0" ? .concurrencyLimit : .minuteLimit
        case 500 where code == "E0000009": .tooSlow
        case 500...599: .retry(.unreachable)
        case 300...399: .fail(.answerMalformed)
        default: code == nil ? .retry(.answerMalformed) : .fail(.queryRefused)
        }
    }

    private func badRequest(hasCursor: Bool) -> Meaning {
        let aboutCursor = causes.contains { $0.lowercased().contains("cursor") }
        switch code {
        case "E0000029": return .fail(.cursorExpired)
        case "E0000031" where hasCursor && (aboutCursor || causes.isEmpty): return .fail(.cursorExpired)
        case _ where hasCursor && aboutCursor: return .fail(.cursorExpired)
        case nil: return .retry(.answerMalformed)
        default: return .fail(.queryRefused)
        }
    }

    private func unauthorized(_ headers: HTTPHeaders, isToken: Bool) -> Meaning {
        let challenge = headers["WWW-Authenticate"].joined(separator: " ")
        if code == "E0000015" { return .fail(.unavailable) }
        if challenge.contains("use_dpop_nonce") { return .useNonce }
        if !isToken { return .renewToken }
        // A proxy may answer 401 with a page of its own; a dead token is told by Okta in JSON or by its challenge.
        return code == nil && !challenge.contains("SSWS") ? .retry(.answerMalformed) : .fail(.tokenRejected)
    }

    private func forbidden(isToken: Bool) -> Meaning {
        switch code {
        case "E0000005": isToken ? .fail(.tokenRejected) : .renewToken
        case "E0000015": .fail(.unavailable)
        case nil: .retry(.answerMalformed)
        default: .fail(.forbidden)
        }
    }

    private func notFound(hasSubject: Bool) -> Meaning {
        // Without Okta's own code it may be anybody's page: nothing may be deleted for that.
        guard code != nil else { return .retry(.answerMalformed) }
        return .fail(hasSubject ? .gone : .unavailable)
    }
}
