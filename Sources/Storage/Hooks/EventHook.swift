public import Directory

/// The Event Hook of a tenant: where Okta delivers what happens, and how that goes.
public struct EventHook: Sendable, Equatable {
    /// The tenant's integration.
    public let integrationID: Int64
    /// The last part of the address that Okta posts to.
    public let address: HookAddress
    /// The hash of the secret that every delivery carries; the secret itself is not kept.
    public let secretSHA256: [UInt8]
    /// When it was switched on.
    public let createdAt: Timestamp
    /// When Okta last asked whether the address is ours; nil before it did.
    public let verifiedAt: Timestamp?
    /// How many deliveries were refused because their secret was wrong.
    public let refused: Int
    /// When the last one was.
    public let refusedAt: Timestamp?
    /// How many deliveries were let go because nobody took them for too long.
    public let dropped: Int
    /// When that was last.
    public let droppedAt: Timestamp?
}

/// The part of a hook's address that tells whose it is: the workspace's number and 128 random bits.
///
/// The number makes the address findable without a search through every workspace; the rest cannot be guessed.
public struct HookAddress: Sendable, Hashable {
    /// The workspace.
    public let workspaceID: Int64
    /// The whole text: `7-Qm9…`.
    public let text: String

    /// The address in a workspace with these random bytes in base64url.
    public init(workspaceID: Int64, random: String) {
        self.workspaceID = workspaceID
        text = "\(workspaceID)-\(random)"
    }

    /// Reads an address; nil for a text that cannot be one.
    public init?(_ text: String) {
        guard text.utf8.count <= 64, let dash = text.firstIndex(of: "-"), let workspace = Int64(text[..<dash]),
            workspace > 0, String(workspace) == text[..<dash],
            text[text.index(after: dash)...].utf8.count >= 22, text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        workspaceID = workspace
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
    }
}
