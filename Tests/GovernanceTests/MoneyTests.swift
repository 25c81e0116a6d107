import Directory
import Governance
import Testing

@Suite("Money in whole units")
struct MoneyTests {
    @Test("an amount is written with the digits its currency has")
    func plain() throws {
        #expect(Money(minor: -5, try #require(Currency("eur"))).plain == "-0.05")
        #expect(Money(minor: 123_450, try #require(Currency("USD"))).plain == "1234.50")
        #expect(Money(minor: 1_200, try #require(Currency("JPY"))).plain == "1200")
        #expect(Money(minor: 1, try #require(Currency("KWD"))).plain == "0.001")
        #expect(Currency("EU") == nil)
        #expect(Currency("€€€") == nil)
    }
}
