public import Accounts
public import Directory
public import Hummingbird
import NIOCore

/// What a request carries through Muster: who asks, about which date, and from where.
public struct AppRequestContext: RequestContext {
    /// Hummingbird's own part.
    public var coreContext: CoreRequestContextStorage
    /// The network address of the other side.
    public let peer: String
    /// The network address of this side.
    public let arrivedAt: String
    /// Who asks; nil when nobody is signed in.
    public var session: Session?
    /// The one time this request calls now.
    public var now: Timestamp

    /// Made by the server for each request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? ""
        arrivedAt = source.channel.localAddress?.ipAddress ?? ""
        session = nil
        now = Timestamp(rawValue: 0)
    }

    /// Forms are small; anything larger than this is refused unread.
    public var maxUploadSize: Int { 64 * 1024 }
}
