extension Factor.Kind {
    fileprivate var wire: (type: StaticString, provider: StaticString, vendor: StaticString, id: Identifiers.Kind) {
        switch self {
        case .push: ("push", "OKTA", "OKTA", .factor)
        case .signedNonce: ("signed_nonce", "OKTA", "OKTA", .factor)
        case .totp: ("token:software:totp", "OKTA", "OKTA", .totp)
        case .webauthn: ("webauthn", "FIDO", "FIDO", .webauthn)
        case .sms: ("sms", "OKTA", "OKTA", .sms)
        case .email: ("email", "OKTA", "OKTA", .email)
        case .question: ("question", "OKTA", "OKTA", .question)
        }
    }
}

extension Renderer {
    func factors(of position: Int, into json: inout JSON) {
        guard company.people[position].status(at: now) != .deprovisioned else { return }
        let factors = company.factors(of: position).filter { $0.created <= now }
        for (number, factor) in factors.enumerated() { self.factor(factor, position, number, into: &json) }
    }

    private func factor(_ factor: Factor, _ position: Int, _ number: Int, into json: inout JSON) {
        let wire = factor.kind.wire
        let key = position * 8 + number
        json.object { json in
            json.id("id", wire.id, key)
            json.word("factorType", wire.type)
            json.word("provider", wire.provider)
            json.word("vendorName", wire.vendor)
            json.word("status", factor.active ? "ACTIVE" : "INACTIVE")
            json.moment("created", factor.created)
            json.moment("lastUpdated", factor.created)
            json.object("profile") { profile(factor, position, key, into: &$0) }
            json.object("_links") { json in
                let path = "/api/v1/users/\(id(.user, position))/factors/\(id(wire.id, key))"
                json.link("self", path, allow: "GET DELETE")
                json.link("verify", path + "/verify", allow: "POST")
                json.link("user", "/api/v1/users/", .user, position, allow: "GET")
            }
        }
    }

    private func profile(_ factor: Factor, _ position: Int, _ key: Int, into json: inout JSON) {
        let login = company.people[position].login
        switch factor.kind {
        case .push, .signedNonce:
            json.text("credentialId", login)
            json.word("deviceType", "SmartPhone_IPhone")
            json.text("name", "Phone \(key % 97)")
            json.word("platform", "IOS")
            json.word("version", "18.1")
        case .totp: json.text("credentialId", login)
        case .webauthn:
            json.text("credentialId", id(.session, key))
            json.text("appId", nil)
            json.text("version", nil)
            json.word("authenticatorName", "YubiKey 5 Series")
        case .sms: json.text("phoneNumber", "+1555\(1_000_000 + key % 9_000_000)")
        case .email: json.text("email", login)
        case .question:
            json.word("question", "disliked_food")
            json.word("questionText", "What is the food you least liked as a child?")
        }
    }
}
