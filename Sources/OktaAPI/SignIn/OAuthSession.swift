import Foundation
import NIOCore
import NIOHTTP1
import Problems

/// The access token of one service app: fetched once however many calls need it, renewed before it ends.
actor OAuthSession {
    private let credential: OktaCredential
    private let baseURL: String
    private let calls: Calls
    private let now = ContinuousClock()

    private var scopes: [String]
    private var token: AccessToken?
    private var generation = 0
    private var fetch: Task<AccessToken, any Error>?
    private var assertion: ClientAssertion?
    private var proof: ProofOfPossession?
    private var usesProof: Bool
    // The token endpoint and the resources give nonces of their own; mixing them up fails both.
    private var tokenNonce: String?
    private var resourceNonce: String?

    init(credential: OktaCredential, domain: OktaDomain, configuration: OktaClientConfiguration, calls: Calls) {
        self.credential = credential
        self.calls = calls
        baseURL = domain.baseURL
        scopes = configuration.scopes
        // New service apps demand DPoP; an integration with a secret gets a plain bearer token.
        if case .privateKey = credential { usesProof = true } else { usesProof = false }
    }

    /// The scopes of the present token.
    var grantedScopes: [String] { token?.scopes ?? [] }

    /// Makes sure there is a token that will not end soon; returns its number.
    func ready() async throws(Problem) -> Int {
        if let token, token.renew > now.now { return token.generation }
        return try await renewed().generation
    }

    /// Drops a token that Okta refused, unless it was replaced meanwhile.
    func refuse(_ generation: Int) {
        if token?.generation == generation { token = nil }
    }

    /// Keeps the nonce that a resource demanded.
    func learnNonce(_ nonce: String) { resourceNonce = nonce }

    /// The headers that let one request in.
    func headers(for target: String) async throws(Problem) -> [(String, String)] {
        guard let token else {
            _ = try await ready()
            return try await headers(for: target)
        }
        guard token.isBound else { return [("Authorization", "Bearer \(token.value)")] }
        let path = target.prefix { $0 != "?" }
        let proof = try await proofKey().text(
            method: "GET", url: baseURL + path, nonce: resourceNonce, accessToken: token.value, at: Self.seconds())
        return [("Authorization", "DPoP \(token.value)"), ("DPoP", proof)]
    }

    private func renewed() async throws(Problem) -> AccessToken {
        let task: Task<AccessToken, any Error>
        if let fetch {
            task = fetch
        } else {
            // All calls that need a token wait for one request; it must not end with the first of them.
            task = Task { try await self.fetched() }
            fetch = task
        }
        do {
            return try await task.value
        } catch {
            throw Problem.from(error)
        }
    }

    private func fetched() async throws(Problem) -> AccessToken {
        defer { fetch = nil }
        guard scopes.allSatisfy(OktaScopes.isReadOnly) else {
            throw OktaProblem.scopeNotReadOnly.problem(context: ["asked": scopes.joined(separator: " ")])
        }
        let grant = try await grantNarrowingScopes()
        let granted = AccessToken(grant, generation: generation + 1, at: now.now)
        guard granted.scopes.allSatisfy(OktaScopes.isReadOnly) else {
            throw OktaProblem.scopeNotReadOnly.problem(context: ["granted": granted.scopes.joined(separator: " ")])
        }
        generation += 1
        token = granted
        return granted
    }

    /// Asks for all scopes; where Okta refuses the lot because one is not granted, finds out which ones are.
    private func grantNarrowingScopes() async throws(Problem) -> AccessToken.Grant {
        if let grant = try await grant(scopes) { return grant }
        var granted: [String] = []
        for scope in scopes where scopes.count > 1 {
            if try await grant([scope]) != nil { granted.append(scope) }
        }
        guard !granted.isEmpty, let grant = try await grant(granted) else {
            throw OktaProblem.scopeNotGranted.problem(context: ["asked": scopes.joined(separator: " ")])
        }
        scopes = granted
        return grant
    }

    /// One grant; nil when Okta refuses the scopes. Every repeat has a new assertion and a new proof.
    private func grant(_ scopes: [String]) async throws(Problem) -> AccessToken.Grant? {
        var state = RetryState(maxRetries: calls.configuration.maxRetries)
        var nonces = 0
        while true {
            let step: RetryState.Step
            let answer = try await calls.requestToken(
                form: try await form(scopes), headers: try await tokenHeaders(), retry: state.retry)
            switch answer {
            case .failure(let failure): step = state.after(failure, calls.configuration)
            case .success(let answer):
                if let nonce = answer.headers.first(name: "DPoP-Nonce") { tokenNonce = nonce }
                if answer.status == 200 { return try Self.grant(answer) }
                let refusal = try? JSONDecoder().decode(
                    AccessToken.Refusal.self, from: Data(answer.body.readableBytesView))
                switch refusal?.error {
                case "use_dpop_nonce" where tokenNonce != nil && nonces < 3:
                    usesProof = true
                    nonces += 1
                    step = .goOn
                case "invalid_dpop_proof" where !usesProof:
                    usesProof = true
                    step = .goOn
                case "invalid_scope": return nil
                default: step = calls.after(tokenAnswer: answer, refusal, &state)
                }
            }
            try await calls.take(step, target: ReadablePaths.token, callClass: "token")
        }
    }

    private static func grant(_ answer: OktaAnswer) throws(Problem) -> AccessToken.Grant {
        guard let grant = try? JSONDecoder().decode(AccessToken.Grant.self, from: Data(answer.body.readableBytesView))
        else {
            throw OktaProblem.answerMalformed.problem(context: ["endpoint": "token"])
        }
        return grant
    }

    private func form(_ scopes: [String]) async throws(Problem) -> String {
        var fields = [("grant_type", "client_credentials"), ("scope", scopes.joined(separator: " "))]
        if case .privateKey(let clientID, let pem) = credential {
            let signer = try await assertionKey(clientID, pem)
            fields.append(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
            fields.append(("client_assertion", try await signer.text(at: Self.seconds())))
        }
        return fields.map { "\($0.0)=\(PageTarget.encoded($0.1))" }.joined(separator: "&")
    }

    private func tokenHeaders() async throws(Problem) -> HTTPHeaders {
        var headers = HTTPHeaders()
        if case .clientSecret(let clientID, let secret) = credential {
            let pair = "\(PageTarget.encoded(clientID)):\(PageTarget.encoded(secret))"
            headers.add(name: "Authorization", value: "Basic \(Data(pair.utf8).base64EncodedString())")
        }
        if usesProof {
            let proof = try await proofKey().text(
                method: "POST", url: baseURL + ReadablePaths.token, nonce: tokenNonce, accessToken: nil,
                at: Self.seconds())
            headers.add(name: "DPoP", value: proof)
        }
        return headers
    }

    private func assertionKey(_ clientID: String, _ pem: String) async throws(Problem) -> ClientAssertion {
        if let assertion { return assertion }
        let made = try await ClientAssertion(clientID: clientID, key: pem, audience: baseURL + ReadablePaths.token)
        assertion = made
        return made
    }

    private func proofKey() async throws(Problem) -> ProofOfPossession {
        if let proof { return proof }
        let made = try await ProofOfPossession()
        // Another call may have been faster while this one waited; the token is bound to one key.
        let kept = proof ?? made
        proof = kept
        return kept
    }

    private static func seconds() -> Int { Int(LocalClock.wallSeconds()) }
}
