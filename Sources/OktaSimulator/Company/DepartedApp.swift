/// The story of the app that is gone: people had it, signed in to it and let it act for them, until somebody deleted it.
extension Company {
    /// In companies large enough for it and a log long enough to tell of it; smaller ones stay as they are.
    mutating func plantDepartedApp(_ configuration: SimulatorConfiguration) {
        guard configuration.people >= 150, configuration.days >= 60 else { return }
        let deleted = windowStart + 50 * Calendar.day
        apps.append(
            App(
                key: "acme_oldwiki_1", label: "Old Wiki", mode: .saml, active: true,
                created: windowStart - 1_100 * Calendar.day, updated: windowStart - 300 * Calendar.day,
                audience: "all", provisions: false, kind: .custom, popularity: 0.95, deleted: deleted))
        let holders = people.indices.filter {
            $0 >= Cast.end && $0 % 9 == 0 && people[$0].activated < windowStart - 30 * Calendar.day
                && people[$0].deactivated > deleted && people[$0].kind != .service
        }
        for person in holders.prefix(14) {
            assignments.append(
                Link(
                    left: Int32(apps.count - 1), right: Int32(person), via: -1,
                    from: max(people[person].activated + Calendar.day, windowStart - 200 * Calendar.day), to: deleted))
        }
    }
}
