/// How politely and how patiently a client reads a tenant.
public struct OktaClientConfiguration: Sendable {
    /// The part of each rate limit that Muster may use, 0.01 to 1. The rest is for the tenant's other software.
    public var rateShare = 0.5
    /// How many requests may be in flight at once.
    public var maxConcurrency = 6
    /// How long one request may take, from connecting to the last byte.
    public var requestTimeoutSeconds = 60
    /// How often one request is repeated after a failure that may pass.
    public var maxRetries = 8
    /// The longest body accepted, in bytes after decompression.
    public var maxBodyBytes = 64 << 20
    /// The OAuth scopes to ask for, all ending in `.read`. Not used with an API token.
    public var scopes: [String] = OktaScopes.all
    /// A PEM file of certificates to trust besides the system's, for networks that inspect TLS.
    public var trustRootsPEMFile: String?
    /// The proxy that Okta is reached through.
    public var proxy: OktaProxy?
    /// The first pause after a failure that may pass; it doubles each time, with jitter.
    public var retryBaseSeconds = 0.5
    /// The first pause after too many requests at once; it doubles each time, with jitter.
    public var concurrencyBackoffSeconds = 1.0
    /// The longest pause before a repeat, when Okta does not say how long.
    public var maxRetryPauseSeconds = 60.0
    /// What Muster calls itself to Okta.
    public var userAgent = "Muster/1.0 (read-only)"

    /// The defaults.
    public init() {}
}
