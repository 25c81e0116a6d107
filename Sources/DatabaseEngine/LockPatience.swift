/// How long writers on a server wait for each other. On SQLite nobody stays in the way longer than its process lives.
public struct LockPatience: Sendable {
    /// How long somebody waits for a lock.
    public var wait = Duration.seconds(20)
    /// How long a writer may say nothing in the middle of its transaction until others take it for frozen.
    public var silence = Duration.seconds(60)
    /// How much longer it has to say nothing once it was noticed. A writer whose long statement has just ended is silent for
    /// a moment only.
    public var confirmation = Duration.seconds(5)

    /// 20 seconds for a lock; frozen is who is silent for a minute, and for five seconds more.
    public init() {}
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
