/// A place in a listing: path and query of its next page on the configured host. Opaque to callers; it survives restarts,
/// for as long as Okta knows it.
public struct Cursor: Sendable, Hashable, Codable {
    /// The text to keep. Holds no host and no credential.
    public let text: String

    /// A cursor that was kept.
    public init(text: String) { self.text = text }
}
