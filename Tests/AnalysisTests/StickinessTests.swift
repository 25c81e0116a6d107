import Analysis
import Testing

@Suite("The figures of a month")
struct StickinessTests {
    @Test(
        "stickiness: 60 person-days ÷ 30 days ÷ 8 people = 2 a day of 8 = 25 %; 20 sign-ins − 5 first-time = 15 repeated"
    )
    func month() {
        let month = UsageMonth(month: "2026-06", people: 8, signIns: 20, firstTime: 5, personDays: 60, days: 30)
        #expect(month.stickinessPercent == 25 && month.repeated == 15)
    }

    @Test("nobody's stickiness, that of a month that is not over and first sign-ins before the log are not evaluated")
    func unknown() {
        #expect(
            UsageMonth(month: "2026-06", people: 0, signIns: 0, firstTime: 0, personDays: 0, days: 30)
                .stickinessPercent == nil)
        let current = UsageMonth(month: "2026-06", people: 3, signIns: 9, firstTime: nil, personDays: nil, days: 12)
        #expect(current.stickinessPercent == nil && current.repeated == nil)
    }
}
