/// A second factor somebody enrolled.
struct Factor: Sendable {
    enum Kind: UInt8, Sendable { case push, signedNonce, totp, webauthn, sms, email, question }

    var kind: Kind
    var created: Seconds
    var active = true
}

extension Company {
    /// The factors of a person: most have Okta Verify, some a security key, and a few admins only a text message.
    func factors(of position: Int) -> [Factor] {
        if let changed = changedFactors[position] { return people[position].deactivated == never ? changed : [] }
        let person = people[position]
        guard person.activated != never, person.kind != .service, person.special != .provisioned,
            person.deactivated == never
        else { return [] }
        var chance = Randomness(seed, .factor, position)
        let created = min(person.activated + 3_600 + Seconds(chance.below(86_400)), max(origin - 60, person.activated))
        func factor(_ kind: Factor.Kind) -> Factor { Factor(kind: kind, created: created) }
        if Cast.weakAdmins.contains(position) { return [factor(.sms)] }
        if position == Cast.dormantSuperAdmin { return [factor(.question)] }
        switch chance.unit() {
        case ..<0.10: return []
        case ..<0.18: return [factor(.sms)]
        case ..<0.24: return [factor(.email)]
        case ..<0.55: return [factor(.push), factor(.totp)]
        case ..<0.85: return [factor(.push), factor(.signedNonce), factor(.totp)]
        case ..<0.95: return [factor(.signedNonce), factor(.totp), factor(.webauthn)]
        default: return [factor(.webauthn)]
        }
    }
}
