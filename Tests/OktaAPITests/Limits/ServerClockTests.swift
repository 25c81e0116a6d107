import Testing

@testable import OktaAPI

@Suite("The server's clock")
struct ServerClockTests {
    @Test("the server's clock is learnt from whole seconds, and this machine's is kept where they agree")
    func clock() {
        var same = ServerClock()
        same.learn(date: 100, sent: 100.2, received: 100.3)
        #expect(same.time(atLocal: 105.5) == 105.5)
        var ahead = ServerClock()
        ahead.learn(date: 3700, sent: 100.9, received: 101)
        let first = ahead.time(atLocal: 101)
        ahead.learn(date: 3701, sent: 101.2, received: 101.3)
        let second = ahead.time(atLocal: 101.3)
        #expect(first == 3700)
        // Never later than the server's own time, and closer with every answer.
        #expect(second == 3701 && ahead.time(atLocal: 102) > first + 1)
        #expect(abs(ahead.local(atServer: second) - 101.3) < 1e-6)
    }

    @Test("Date headers are read in the one form that HTTP has")
    func dates() {
        #expect(HTTPDate.seconds("Mon, 30 Mar 2026 08:00:10 GMT") == 1_774_857_610)
        #expect(HTTPDate.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(HTTPDate.seconds("Thu, 01 Foo 1970 00:00:00 GMT") == nil)
        #expect(HTTPDate.seconds("1774857610") == nil)
    }
}
