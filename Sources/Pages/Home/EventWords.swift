/// What a System Log event says, in a reader's words. Okta's own name stays where nobody has put it in words yet.
enum EventWords {
    static func text(_ eventType: String) -> String { words[eventType] ?? eventType }

    private static let words: [String: String] = [
        "user.lifecycle.create": "User created", "user.lifecycle.activate": "User activated",
        "user.lifecycle.deactivate": "User deactivated", "user.lifecycle.suspend": "User suspended",
        "user.lifecycle.unsuspend": "User unsuspended", "user.lifecycle.reactivate": "User reactivated",
        "user.lifecycle.delete.initiated": "User deleted", "user.account.lock": "Account locked",
        "user.account.unlock": "Account unlocked", "user.account.unlock_by_admin": "Account unlocked by an admin",
        "user.account.reset_password": "Password reset", "user.account.expire_password": "Password expired",
        "user.account.update_password": "Password changed",
        "user.account.update_profile": "Profile changed",
        "application.user_membership.add": "App assigned", "application.user_membership.remove": "App removed",
        "application.user_membership.update": "App assignment changed",
        "group.application_assignment.add": "App given to a group",
        "group.application_assignment.remove": "App taken from a group",
        "group.application_assignment.update": "App of a group changed",
        "group.user_membership.add": "Added to a group", "group.user_membership.remove": "Removed from a group",
        "group.lifecycle.create": "Group created", "group.lifecycle.delete": "Group deleted",
        "group.profile.update": "Group changed", "application.lifecycle.create": "App added",
        "application.lifecycle.update": "App changed", "application.lifecycle.activate": "App activated",
        "application.lifecycle.deactivate": "App deactivated", "application.lifecycle.delete": "App deleted",
        "user.account.privilege.grant": "Admin role given", "user.account.privilege.revoke": "Admin roles taken",
        "group.privilege.grant": "Admin role given to a group",
        "group.privilege.revoke": "Admin roles taken from a group",
        "user.mfa.factor.activate": "Factor enrolled", "user.mfa.factor.deactivate": "Factor removed",
        "user.mfa.factor.reset_all": "All factors reset", "user.mfa.factor.suspend": "Factor suspended",
        "user.mfa.factor.unsuspend": "Factor unsuspended", "system.api_token.create": "API token created",
        "system.api_token.revoke": "API token revoked", "app.oauth2.as.consent.grant": "Consent given",
        "app.oauth2.consent.grant": "Consent given", "app.oauth2.admin.consent.grant": "Admin consent given",
        "user.session.access_admin_app": "Admin Console opened",
    ]
}
