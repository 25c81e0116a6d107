extension ListDefinition {
    /// The nouns that can be listed, as commands and addresses name them.
    public static let nouns = ["users", "groups", "apps", "assignments", "memberships", "roles", "departments"]

    /// The list of this noun at a moment; nil when there is none.
    public static func named(_ noun: String, _ moment: Moment) -> ListDefinition? {
        switch noun {
        case "users": .users(moment)
        case "groups": .groups(moment)
        case "apps": .apps(moment)
        case "assignments": .assignments(moment)
        case "memberships": .memberships(moment)
        case "roles": .roles(moment)
        case "departments": .departments(moment)
        default: nil
        }
    }
}
