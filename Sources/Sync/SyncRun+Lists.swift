import Directory
import Logging
import OktaAPI
import Problems
import Storage

/// Groups and apps, and the lists of who is in each: those that Okta gives in more than one way.
extension SyncRun {
    func groupsAndApps() async throws(Problem) {
        try await together(
            { () async throws(Problem) in
                try await one(Walk(.groups, GroupRecorder()))
                try await reached(.groups)
            }, { () async throws(Problem) in try await one(Walk(.apps, AppRecorder())) })
        let strategy = try await decide()
        try await together(
            { () async throws(Problem) in
                if strategy.appGroups == .other {
                    try await groupsOfAppsByGroup { () async throws(Problem) in try await members(strategy.memberships)
                    }
                } else {
                    try await members(strategy.memberships)
                }
            },
            { () async throws(Problem) in
                if strategy.appGroups == .ordinary { try await groupsOfApps() }
                try await assignments(strategy.assignments)
            })
    }

    /// The apps of each group come before its members: with them the rest can be counted. Where Okta refuses them, the
    /// groups of each app are read beside the members.
    private func groupsOfAppsByGroup(
        then members: @escaping @Sendable () async throws(Problem) -> Void
    ) async throws(Problem) {
        let isRead = try await otherWay("app_groups", "group_apps") {
            Walk(.apps(ofGroup: $0), GroupAppRecorder(), isOtherWay: true)
        }
        guard isRead else { return try await together(groupsOfApps, members) }
        try await reached(.apps)
        try await members()
    }

    private func groupsOfApps() async throws(Problem) {
        try await each("app_groups") {
            Walk(.groups(ofApp: $0), AppGroupRecorder(), onGone: AppRecorder.closeGone)
        }
        try await reached(.apps)
    }

    private func members(_ way: Strategy.Way) async throws(Problem) {
        if way == .other {
            try await otherWay("memberships", "user_groups") {
                Walk(.groups(ofUser: $0), PersonGroupRecorder(), isOtherWay: true)
            }
        }
        try await each("group_users") { id in
            Walk(.members(ofGroup: id), MembershipRecorder(), onGone: GroupRecorder.closeGone) { $0.userID }
        }
        try await each("group_roles") { Walk(.roles(ofGroup: $0), RoleRecorder()) }
    }

    /// Person by person, and then app by app whatever is left to that: everything, unless people's lists were read.
    private func assignments(_ way: Strategy.Way) async throws(Problem) {
        if way == .other {
            try await otherWay("assignments", "user_apps") {
                Walk(.apps(ofUser: $0), PersonAppRecorder(), isOtherWay: true)
            }
        }
        try await each("app_users") {
            Walk(.assignments(ofApp: $0), AssignmentRecorder(), onGone: AppRecorder.closeGone)
        }
    }

    /// Walks the lists of another way and closes what none of them showed; where Okta refuses them, the ordinary lists
    /// are put back on the list of work.
    @discardableResult
    private func otherWay<Item, Recorder>(
        _ list: String, _ stage: String, _ walk: @escaping @Sendable (String) -> Walk<Item, Recorder>
    ) async throws(Problem) -> Bool {
        if let refusal = try await each(stage, walk) {
            try await giveUp(list, refusal)
            return false
        }
        try await store.finishOtherWay(of: list, context)
        return true
    }

    private func giveUp(_ list: String, _ refusal: Coverage) async throws(Problem) {
        let kept = try await store.choices(of: context).first { $0.list == list }
        let ordinary = Strategy.lists.first { $0.list == list }?.ordinary ?? ""
        logger.info("the other way of a list was refused", metadata: ["list": "\(list)", "answer": "\(refusal.text)"])
        try await store.giveUp(
            RunChoice(
                list: list, way: ordinary,
                why: "Okta refused the way that was chosen (\(refusal.text)), so the ordinary one was taken.",
                calls: kept?.calls ?? 0, refused: refusal.text), of: context)
    }

    /// Runs two parts at once.
    private func together(
        _ one: @escaping @Sendable () async throws(Problem) -> Void,
        _ other: @escaping @Sendable () async throws(Problem) -> Void
    ) async throws(Problem) {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await one() }
                group.addTask { try await other() }
                try await group.waitForAll()
            }
        } catch {
            throw Problem.from(error)
        }
    }
}
