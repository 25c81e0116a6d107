/// The types of events to choose for an Event Hook in Okta.
public enum HookEventTypes {
    /// What the System Log is read for, as far as Okta offers it to hooks, without the sign-ons to apps: those are most of
    /// a log, and a day of them in a large company is more than Okta delivers (400,000 events a day for all hooks).
    public static let recommended: [String] = LogEventTypes.kept.filter { type in
        type != "user.authentication.sso" && !notOffered.contains(type)
    }

    /// Types that Okta writes to its log but offers to no hook.
    private static let notOffered: Set<String> = [
        "user.account.expire_password", "app.oauth2.consent.grant", "app.oauth2.admin.consent.grant",
        "user.session.access_admin_app", "application.provision.user.deactivate",
        "application.user_membership.deprovision", "user.lifecycle.delete.completed", "user.account.update_user_type",
    ]
}
