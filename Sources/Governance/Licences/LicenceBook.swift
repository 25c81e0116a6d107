public import Analysis
import Directory
public import Problems
public import Storage

extension Store {
    /// What people decided that seats are judged by: contracts and rules as they are today, and who is protected at the
    /// moment.
    public func seatDecisions(_ moment: Moment) async throws(Problem) -> SeatDecisions {
        var decisions = SeatDecisions()
        decisions.lines = try await contracts().flatMap(\.licenceLines)
        for record in try await seatPolicies() {
            if record.appID.isEmpty {
                decisions.policy = record.policy
            } else {
                decisions.policies[SeatDecisions.key(app: record.appID, product: record.product)] = record.policy
            }
            if let category = record.category, !category.isEmpty, record.product.isEmpty {
                decisions.categories[record.appID] = category
            }
        }
        let day = CalendarDay(moment.time)
        for person in try await protectedPeople()
        where person.expiresOn > day && person.decidedAt <= moment.time {
            decisions.protected[person.appID, default: []].insert(person.userID)
        }
        return decisions
    }

    /// What licences and seats at a moment are worked out with, by what people decided and what single sign-on can say.
    public func licenceReader(_ moment: Moment) async throws(Problem) -> LicenceReader {
        try await licenceReader(
            moment, try await seatDecisions(moment), evidence: try await seatEvidence(moment))
    }

    /// Every app with its licences at a moment.
    public func licences(_ moment: Moment) async throws(Problem) -> [Licence] {
        try await licences(try await licenceReader(moment))
    }
}

extension Store {
    /// What single sign-on can say about each app, as seats are judged by it.
    public func seatEvidence(_ moment: Moment) async throws(Problem) -> [Int64: SeatEvidence] {
        try await usageGrades(moment).mapValues { app in
            SeatEvidence(app.grade, reason: app.reason, calibratedDays: app.windowDays)
        }
    }
}
