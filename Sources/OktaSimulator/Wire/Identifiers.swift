/// Okta's opaque 20-character ids, computed both ways: no table of ids is kept, however large the tenant.
struct Identifiers: Sendable {
    private let salt: UInt64

    init(seed: UInt64) { salt = scatter(seed ^ 0x0C7A_51D5) }

    /// What an id stands for; the prefix is Okta's own, the raw value keeps kinds apart.
    enum Kind: UInt32, Sendable, CaseIterable {
        case user = 1, group, app, rule, appUser, token, org, factor, totp, sms, email, question, webauthn, customRole
        case resourceSet, resource, binding, userRole, groupRole, userType, policy, schema, session, enrollment, client
        case hook

        var prefix: StaticString {
            switch self {
            case .user: "00u"
            case .group: "00g"
            case .app, .client: "0oa"
            case .rule: "0pr"
            case .appUser: "0ua"
            case .token: "00T"
            case .org: "00o"
            case .factor: "opf"
            case .totp: "ost"
            case .sms: "sms"
            case .email: "emf"
            case .question: "ufs"
            case .webauthn: "fwf"
            case .customRole: "cr0"
            case .resourceSet: "iam"
            case .resource: "ire"
            case .binding: "irb"
            case .userRole: "ra1"
            case .groupRole: "gra"
            case .userType: "oty"
            case .policy: "rst"
            case .schema: "osc"
            case .session: "102"
            case .enrollment: "pae"
            case .hook: "who"
            }
        }
    }

    func append(_ kind: Kind, _ index: Int, to bytes: inout [UInt8]) {
        let prefix = kind.prefix
        bytes.append(contentsOf: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
        // Okta's ids begin with a slowly growing part and end with the cell (`5d7`, `697`).
        bytes.append(UInt8(ascii: "t"))
        var value = Self.disguise(UInt64(kind.rawValue) << 32 | UInt64(UInt32(truncatingIfNeeded: index)), salt)
        for _ in 0..<Self.digits {
            bytes.append(Self.alphabet[Int(value % 62)])
            value /= 62
        }
        bytes.append(contentsOf: [Self.alphabet[Int(salt % 62)], Self.alphabet[Int(salt / 62 % 62)]])
        bytes.append(contentsOf: Self.cell)
    }

    func text(_ kind: Kind, _ index: Int) -> String {
        var bytes: [UInt8] = []
        append(kind, index, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The index an id of this kind was made of; nil for any other text. Says nothing about whether such an object exists.
    func index(_ kind: Kind, of text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 20 else { return nil }
        var value: UInt64 = 0
        for byte in bytes[4..<(4 + Self.digits)].reversed() {
            guard let digit = Self.alphabet.firstIndex(of: byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 62)
            let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carried else { return nil }
            value = sum
        }
        let plain = Self.reveal(value, salt)
        guard plain >> 32 == UInt64(kind.rawValue) else { return nil }
        let index = Int(UInt32(truncatingIfNeeded: plain))
        return Array(self.text(kind, index).utf8) == bytes ? index : nil
    }

    private static let digits = 11
    private static let cell = Array("697".utf8)
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let factor: UInt64 = 0x9FB2_1C65_1E98_DF25
    private static let inverse: UInt64 = {
        // Newton's iteration doubles the right bits each time: 5 rounds from 3 bits give 64.
        var guess = factor
        for _ in 0..<5 { guess = guess &* (2 &- factor &* guess) }
        return guess
    }()

    /// A reversible shuffle of 64 bits.
    static func disguise(_ value: UInt64, _ salt: UInt64) -> UInt64 {
        var mixed = value ^ salt
        mixed = (mixed ^ (mixed >> 32)) &* factor
        mixed = (mixed ^ (mixed >> 32)) &* factor
        return mixed ^ (mixed >> 32)
    }

    static func reveal(_ value: UInt64, _ salt: UInt64) -> UInt64 {
        var plain = (value ^ (value >> 32)) &* inverse
        plain = (plain ^ (plain >> 32)) &* inverse
        return plain ^ (plain >> 32) ^ salt
    }
}
