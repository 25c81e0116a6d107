public import Directory

/// What a credential may read of a tenant, resource by resource, and what to grant for the rest.
public struct ProbeMatrix: Sendable, Equatable {
    /// The tenant.
    public var organization: Organization
    /// One entry for each resource, in the order of `Resource.allCases`.
    public var entries: [Entry]
    /// The OAuth scopes granted; empty with an API token.
    public var scopes: [String]

    /// A matrix; see the properties.
    public init(organization: Organization, entries: [Entry], scopes: [String] = []) {
        self.organization = organization
        self.entries = entries
        self.scopes = scopes
    }

    /// What is known about one resource.
    public subscript(resource: Resource) -> Coverage {
        entries.first { $0.resource == resource }?.coverage ?? .notTried
    }

    /// Whether everything may be read.
    public var isComplete: Bool { entries.allSatisfy { $0.coverage == .readable } }

    /// One resource.
    public struct Entry: Sendable, Equatable {
        /// The resource.
        public var resource: Resource
        /// Whether it may be read.
        public var coverage: Coverage
        /// What an admin would grant to make it readable; empty when it is.
        public var remedy: String

        /// An entry; see the properties.
        public init(resource: Resource, coverage: Coverage, remedy: String) {
            self.resource = resource
            self.coverage = coverage
            self.remedy = remedy
        }
    }
}
