import Directory
import OktaAPI
import Problems
import Storage

/// One list or object that is read again, and the marks that it answers.
struct TailReading: Sendable {
    let marks: [LogMark]
    /// The resource that has to be readable for it.
    let resource: Resource
    /// Whether it is the list of one person, which Okta may refuse where it gives those of groups and apps.
    var isByPerson = false
    let read: @Sendable (SyncRun, [LogMark]) async throws(Problem) -> WalkEnd

    /// The readings that answer some marks with the fewest calls.
    static func of(_ marks: [LogMark], sizes: TailSizes) -> [TailReading] {
        let byKind = Dictionary(grouping: marks, by: \.kind)
        var readings: [TailReading] = []
        for kind in byKind.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            let marks = byKind[kind] ?? []
            switch kind {
            case .membership: readings += memberships(marks, sizes)
            case .assignment: readings += assignments(marks, sizes)
            default:
                readings += Dictionary(grouping: marks, by: \.subject).sorted { $0.key < $1.key }.compactMap {
                    whole(kind, $0.value)
                }
            }
        }
        return readings
    }

    /// Okta tells memberships group by group and person by person.
    private static func memberships(_ marks: [LogMark], _ sizes: TailSizes) -> [TailReading] {
        let isByPerson = !sizes.refusedByPerson.contains(.membership)
        let cover = Cover(
            of: marks, calls: { TenantSize.pages(sizes.people[$0] ?? 1, 1000) },
            isOnPeoplesLists: { _ in isByPerson })
        // A pair of its own is read from the person's side, which is one call.
        let pairs = Dictionary(grouping: cover.pairs) { isByPerson ? $0.object : $0.subject }
        let people = isByPerson ? cover.people.merging(pairs) { $0 + $1 } : [:]
        let whole = isByPerson ? cover.subjects : cover.subjects.merging(pairs) { $0 + $1 }
        return whole.sorted { $0.key < $1.key }.map { members(ofGroup: $0.key, $0.value) }
            + people.sorted { $0.key < $1.key }.map { groups(ofPerson: $0.key, $0.value) }
    }

    /// Okta tells assignments app by app, person by person, and one by one.
    private static func assignments(_ marks: [LogMark], _ sizes: TailSizes) -> [TailReading] {
        let cover = Cover(
            of: marks, calls: { TenantSize.pages(sizes.people[$0] ?? 1, 500) },
            isOnPeoplesLists: { sizes.onPeoplesLists.contains($0) && !sizes.refusedByPerson.contains(.assignment) })
        return cover.subjects.sorted { $0.key < $1.key }.map { people(ofApp: $0.key, $0.value) }
            + cover.people.sorted { $0.key < $1.key }.map { apps(ofPerson: $0.key, $0.value) }
            + cover.pairs.map { person(ofApp: $0.subject, $0) }
    }

    private static func apps(ofPerson user: Int64, _ marks: [LogMark]) -> TailReading {
        let id = marks[0].objectID
        return TailReading(marks: marks, resource: .assignments, isByPerson: true) { run, marks async throws(Problem) in
            try await run.reread(
                .apps(ofUser: id), PersonAssignmentRecorder(), "user_apps", user, marks, UserRecorder.closeGone)
        }
    }

    private static func members(ofGroup group: Int64, _ marks: [LogMark]) -> TailReading {
        let id = marks[0].subjectID
        return TailReading(marks: marks, resource: .memberships) { run, marks async throws(Problem) in
            try await run.reread(
                .members(ofGroup: id), MembershipRecorder(), "group_users", group, marks, GroupRecorder.closeGone
            ) { $0.userID }
        }
    }

    private static func groups(ofPerson user: Int64, _ marks: [LogMark]) -> TailReading {
        let id = marks[0].objectID
        return TailReading(marks: marks, resource: .memberships, isByPerson: true) { run, marks async throws(Problem) in
            try await run.reread(
                .groups(ofUser: id), PersonMembershipRecorder(), "user_groups", user, marks, UserRecorder.closeGone)
        }
    }

    private static func people(ofApp app: Int64, _ marks: [LogMark]) -> TailReading {
        let id = marks[0].subjectID
        return TailReading(marks: marks, resource: .assignments) { run, marks async throws(Problem) in
            try await run.reread(
                .assignments(ofApp: id), AssignmentRecorder(), "app_users", app, marks, AppRecorder.closeGone)
        }
    }

    private static func person(ofApp app: Int64, _ mark: LogMark) -> TailReading {
        TailReading(marks: [mark], resource: .assignments) { run, marks async throws(Problem) in
            try await run.reread(
                .assignment(ofApp: mark.subjectID, user: mark.objectID),
                OneObjectRecorder<AppAssignment>.assignment(app: app, user: mark.object), "app_user", app, marks
            ) { writer, _ in try AssignmentRecorder.closeGone(writer, app: app, user: mark.object) }
        }
    }

    /// What is read as one, however much of it was touched.
    private static func whole(_ kind: LogMark.Kind, _ marks: [LogMark]) -> TailReading? {
        let (key, id) = (marks[0].subject, marks[0].subjectID)
        func reading<Item, Recorder>(
            _ resource: Resource, _ stage: String, _ listing: Listing<Item>, _ recorder: Recorder,
            _ onGone: @escaping @Sendable (RunWriter, Int64) throws -> Void = { _, _ in }
        ) -> TailReading where Recorder: PageRecorder, Recorder.Item == Item {
            TailReading(marks: marks, resource: resource) { run, marks async throws(Problem) in
                try await run.reread(listing, recorder, stage, key, marks, onGone)
            }
        }
        return switch kind {
        case .user:
            reading(.users, "user", .user(id), OneObjectRecorder<User>.user, UserRecorder.closeGone)
        case .group:
            reading(.groups, "group", .group(id), OneObjectRecorder<Group>.group, GroupRecorder.closeGone)
        case .app: reading(.apps, "app", .app(id), OneObjectRecorder<App>.app, AppRecorder.closeGone)
        case .appGroup:
            reading(.appGroups, "app_groups", .groups(ofApp: id), AppGroupRecorder(), AppRecorder.closeGone)
        case .userRoles:
            reading(.roles, "user_roles", .roles(ofUser: id), RoleRecorder(), UserRecorder.closeGone)
        case .groupRoles:
            reading(.roles, "group_roles", .roles(ofGroup: id), RoleRecorder(), GroupRecorder.closeGone)
        case .factors: reading(.factors, "factors", .factors(ofUser: id), FactorRecorder())
        case .apiTokens: reading(.apiTokens, "api_tokens", .apiTokens, APITokenRecorder())
        case .membership, .assignment: nil
        }
    }
}

extension SyncRun {
    /// Walks a list again that marks are about, and lets go of them with its last page, or when what it is of is gone.
    fileprivate func reread<Item, Recorder>(
        _ listing: Listing<Item>, _ recorder: Recorder, _ stage: String, _ key: Int64, _ marks: [LogMark],
        _ onGone: @escaping @Sendable (RunWriter, Int64) throws -> Void,
        transform: @escaping @Sendable (Item) -> Recorder.Item
    ) async throws(Problem) -> WalkEnd where Recorder: PageRecorder {
        try await Walk(
            listing, MarkedRecorder(recorder, answering: marks, now: clock.now),
            onGone: { [now = clock.now] writer, key in
                try onGone(writer, key)
                try writer.answered(marks, at: now())
            }, transform: transform
        ).run(from: ListingState(stage: stage, subject: key), in: self)
    }

    fileprivate func reread<Item, Recorder>(
        _ listing: Listing<Item>, _ recorder: Recorder, _ stage: String, _ key: Int64, _ marks: [LogMark],
        _ onGone: @escaping @Sendable (RunWriter, Int64) throws -> Void
    ) async throws(Problem) -> WalkEnd where Recorder: PageRecorder, Recorder.Item == Item {
        try await reread(listing, recorder, stage, key, marks, onGone) { $0 }
    }
}
