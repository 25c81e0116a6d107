import Directory
import OktaAPI
import Problems
import Storage

/// One list or object that is read again, and the marks that it answers.
struct TailReading: Sendable {
    let marks: [LogMark]
    /// The resource that has to be readable for it.
    let resource: Resource
    let read: @Sendable (SyncRun, [LogMark]) async throws(Problem) -> WalkEnd

    /// The readings that answer some marks with the fewest calls.
    ///
    /// - Parameter sizes: how many people a group or app has, by key, as far as it is known.
    static func of(_ marks: [LogMark], sizes: [Int64: Int]) -> [TailReading] {
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

    /// Okta tells memberships group by group or person by person: whichever takes fewer calls is read.
    private static func memberships(_ marks: [LogMark], _ sizes: [Int64: Int]) -> [TailReading] {
        let byGroup = Dictionary(grouping: marks, by: \.subject)
        let whole = byGroup.filter { $0.value.contains { $0.object == 0 } }
        let pairs = byGroup.filter { whole[$0.key] == nil }
        let people = Dictionary(grouping: pairs.values.joined(), by: \.object)
        let pages = pairs.keys.reduce(0) { $0 + TenantSize.pages(sizes[$1] ?? 1, 1000) }
        var readings = whole.sorted { $0.key < $1.key }.map { members(ofGroup: $0.key, $0.value) }
        if pages < people.count {
            readings += pairs.sorted { $0.key < $1.key }.map { members(ofGroup: $0.key, $0.value) }
        } else {
            readings += people.sorted { $0.key < $1.key }.map { groups(ofPerson: $0.key, $0.value) }
        }
        return readings
    }

    /// A few people of an app are read one by one, many as the whole list.
    private static func assignments(_ marks: [LogMark], _ sizes: [Int64: Int]) -> [TailReading] {
        Dictionary(grouping: marks, by: \.subject).sorted { $0.key < $1.key }.flatMap { app, marks in
            let isWhole =
                marks.contains { $0.object == 0 } || marks.count > TenantSize.pages(sizes[app] ?? 1, 500)
            return isWhole ? [people(ofApp: app, marks)] : marks.map { person(ofApp: app, $0) }
        }
    }

    private static func members(ofGroup group: Int64, _ marks: [LogMark]) -> TailReading {
        let id = marks[0].subjectID
        return TailReading(marks: marks, resource: .memberships) { run, marks async throws(Problem) in
            try await Walk(
                .members(ofGroup: id), MarkedRecorder(MembershipRecorder(), answering: marks),
                onGone: { writer, key in
                    try GroupRecorder.closeGone(writer, key)
                    try writer.drop(marks)
                }, transform: { $0.userID }
            ).run(from: ListingState(stage: "group_users", subject: group), in: run)
        }
    }

    private static func groups(ofPerson user: Int64, _ marks: [LogMark]) -> TailReading {
        let id = marks[0].objectID
        return TailReading(marks: marks, resource: .memberships) { run, marks async throws(Problem) in
            try await Walk(
                .groups(ofUser: id), MarkedRecorder(PersonMembershipRecorder(), answering: marks)
            ) { writer, key in
                try UserRecorder.closeGone(writer, key)
                try writer.drop(marks)
            }.run(from: ListingState(stage: "user_groups", subject: user), in: run)
        }
    }

    private static func people(ofApp app: Int64, _ marks: [LogMark]) -> TailReading {
        let id = marks[0].subjectID
        return TailReading(marks: marks, resource: .assignments) { run, marks async throws(Problem) in
            try await Walk(
                .assignments(ofApp: id), MarkedRecorder(AssignmentRecorder(), answering: marks)
            ) { writer, key in
                try AppRecorder.closeGone(writer, key)
                try writer.drop(marks)
            }.run(from: ListingState(stage: "app_users", subject: app), in: run)
        }
    }

    private static func person(ofApp app: Int64, _ mark: LogMark) -> TailReading {
        TailReading(marks: [mark], resource: .assignments) { run, marks async throws(Problem) in
            try await Walk(
                .assignment(ofApp: mark.subjectID, user: mark.objectID),
                MarkedRecorder(
                    OneObjectRecorder<AppAssignment>.assignment(app: app, user: mark.object), answering: marks)
            ) { writer, _ in
                try AssignmentRecorder.closeGone(writer, app: app, user: mark.object)
                try writer.drop(marks)
            }.run(from: ListingState(stage: "app_user", subject: app), in: run)
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
                try await Walk(listing, MarkedRecorder(recorder, answering: marks)) { writer, key in
                    try onGone(writer, key)
                    try writer.drop(marks)
                }.run(from: ListingState(stage: stage, subject: key), in: run)
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
