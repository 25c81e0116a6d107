/// The rate limits of one tenant as they are learnt and kept: shared by all clients of the tenant in this process, so that
/// a full sync and the tail of the System Log spend one budget.
public final class TenantLimits: Sendable {
    let gate: RequestGate

    /// Limits of which nothing is known yet.
    public init(_ configuration: OktaClientConfiguration) {
        gate = RequestGate(share: configuration.rateShare, maxConcurrency: configuration.maxConcurrency)
    }
}
