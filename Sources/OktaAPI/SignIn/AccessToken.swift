import Foundation

/// What the token endpoint granted.
struct AccessToken: Sendable {
    let value: String
    let isBound: Bool
    let scopes: [String]
    let expires: ContinuousClock.Instant
    /// Counts the tokens of a session, so that of many calls refused together only the first renews.
    let generation: Int

    /// Whether it is time for a new one: a tenth of its life, at most five minutes, before it ends.
    let renew: ContinuousClock.Instant

    init(_ grant: Grant, generation: Int, at now: ContinuousClock.Instant) {
        value = grant.accessToken
        isBound = grant.tokenType.lowercased() == "dpop"
        scopes = grant.scope?.split(separator: " ").map(String.init) ?? []
        let life = max(1, grant.expiresIn ?? 3600)
        expires = now + .seconds(life)
        renew = now + .seconds(life - min(300, life / 10 + 1))
        self.generation = generation
    }

    /// The token endpoint's answer.
    struct Grant: Decodable {
        let accessToken: String
        let tokenType: String
        let expiresIn: Int?
        let scope: String?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case tokenType = "token_type"
            case expiresIn = "expires_in"
            case scope
        }
    }

    /// The token endpoint's refusal.
    struct Refusal: Decodable {
        let error: String?
        let description: String?
        let errorCode: String?

        enum CodingKeys: String, CodingKey {
            case error
            case description = "error_description"
            case errorCode
        }
    }
}
