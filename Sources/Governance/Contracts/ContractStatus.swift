/// Where a contract stands.
public enum ContractStatus: String, Sendable, CaseIterable {
    /// In force, or about to be.
    case active
    /// Followed by another contract.
    case renewed
    /// Notice was given: it ends with its term.
    case terminated
    /// Over, kept for the record.
    case closed
}
