import Testing

@testable import Storage

@Suite("Past statuses are told backwards from the events of an account")
struct StatusHistoryTests {
    private static func day(_ day: Double) -> Int64 { Int64(day * 86_400 * 1_000_000) }

    private func history(
        _ events: [(Double, String)], _ present: (status: String, since: Beginning)?,
        since: Beginning = Beginning(at: 0, how: .beforeLog)
    ) -> StatusHistory {
        StatusHistory(
            events.compactMap { day, type in
                (StatusChange.users[type] ?? StatusChange.apps[type]).map {
                    StatusEvent(at: Self.day(day), change: $0)
                }
            },
            present: present.map { StatusHistory.Present(status: $0.status, since: $0.since) }, since: since,
            horizon: Self.day(90))
    }

    private func begin(_ day: Double, _ how: Evidence) -> Beginning { Beginning(at: Self.day(day), how: how) }

    private func version(_ status: String, _ from: Double, _ fromHow: Evidence, _ to: Double, _ toHow: Evidence)
        -> StatusHistory.Version
    {
        StatusHistory.Version(
            status: status, span: Span(from: Self.day(from), fromHow: fromHow, to: Self.day(to), toHow: toHow))
    }

    @Test("a leaver was active since the log began")
    func leaver() {
        let told = history([(40, "user.lifecycle.deactivate")], ("DEPROVISIONED", begin(40, .oktaDate)))
        #expect(told.earlier == [version("ACTIVE", 0, .beforeLog, 40, .oktaDate)])
        #expect(told.present == begin(40, .oktaDate))
    }

    @Test("a newcomer begins with Okta's date of the account, and not before")
    func newcomer() {
        let told = history(
            [(20.00001, "user.lifecycle.create"), (20.5, "user.lifecycle.activate")],
            ("ACTIVE", begin(20.5, .oktaDate)), since: begin(20, .oktaDate))
        #expect(told.earlier == [version("STAGED", 20, .oktaDate, 20.5, .oktaDate)])
    }

    @Test("suspended and back leaves three intervals, the last from the log when Okta's date is older")
    func suspended() {
        let told = history(
            [(10, "user.lifecycle.suspend"), (30, "user.lifecycle.unsuspend")], ("ACTIVE", begin(-400, .oktaDate)))
        #expect(
            told.earlier == [
                version("ACTIVE", 0, .beforeLog, 10, .logEvent), version("SUSPENDED", 10, .logEvent, 30, .logEvent),
            ])
        #expect(told.present == begin(30, .logEvent))
    }

    @Test("what Okta calls otherwise at the same moment is one change")
    func named() {
        let told = history([(10, "user.lifecycle.activate")], ("PROVISIONED", begin(10, .oktaDate)))
        #expect(told.earlier == [version("STAGED", 0, .beforeLog, 10, .oktaDate)])
        #expect(told.present == begin(10, .oktaDate))
    }

    @Test("an event that Okta's later silence contradicts is no change of status")
    func contradicted() {
        let told = history([(10, "user.account.lock")], ("ACTIVE", begin(-400, .oktaDate)))
        #expect(told.earlier == [])
        #expect(told.present == begin(-400, .oktaDate))
    }

    @Test("a status without an event was another before Okta's date")
    func untold() {
        let told = history([], ("SUSPENDED", begin(50, .oktaDate)))
        #expect(told.earlier == [version("ACTIVE", 0, .beforeLog, 50, .oktaDate)])
        #expect(history([], ("ACTIVE", begin(-5, .oktaDate))).earlier == [])
    }

    @Test("an account that only the log remembers ends with its deletion")
    func deleted() {
        let told = history([(10, "user.lifecycle.deactivate"), (20, "user.lifecycle.delete.initiated")], nil)
        #expect(
            told.earlier == [
                version("ACTIVE", 0, .beforeLog, 10, .logEvent),
                version("DEPROVISIONED", 10, .logEvent, 20, .logEvent),
            ])
        #expect(told.present == nil)
        #expect(history([], nil).earlier == [version("UNKNOWN", 0, .beforeLog, 90, .betweenSyncs)])
    }
}

@Suite("Past roles are told from lists of all that were held")
struct RoleHistoryTests {
    private func event(_ at: Int64, _ held: Set<String>?) -> RoleEvent { RoleEvent(at: at * 3_600_000_000, held: held) }
    private func link(_ at: Int64, _ adds: Bool) -> LinkEvent { LinkEvent(at: at * 3_600_000_000, adds: adds) }

    @Test("each list is compared with the one before")
    func compared() {
        let links = RoleHistory.links(
            [event(1, ["A"]), event(2, ["A", "B"]), event(3, ["B"]), event(4, [])], dated: [:])
        #expect(links == ["A": [link(1, true), link(3, false)], "B": [link(2, true), link(4, false)]])
    }

    @Test("what a first list does not name was taken, and nobody knows what it was")
    func unknown() {
        #expect(RoleHistory.links([event(5, [])], dated: [:]) == ["UNKNOWN": [link(5, false)]])
        #expect(RoleHistory.links([event(5, ["A"])], dated: ["A": 3_600_000_000]) == ["UNKNOWN": [link(5, false)]])
        #expect(
            RoleHistory.links([event(5, ["A", "B"])], dated: ["A": 3_600_000_000]) == ["B": [link(5, true)]])
    }

    @Test("an event that told nothing makes the next list a first one")
    func silent() {
        let links = RoleHistory.links([event(1, ["A"]), event(2, nil), event(3, ["A", "B"])], dated: [:])
        #expect(links == ["A": [link(1, true), link(3, true)], "B": [link(3, true)]])
    }

    @Test("Okta's names of roles are read whatever their case and scope")
    func names() {
        let text = "Organization administrator, Application administrator (all, some), Read-only Administrator"
        #expect(RoleHistory.types(in: text) == ["ORG_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN"])
        #expect(RoleHistory.types(in: "Our own role") == [])
    }
}
