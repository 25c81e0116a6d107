import Directory
import OktaAPI
import Problems
import Testing

@Suite struct HookDeliveryTests {
    private static let event = """
        {"uuid":"0aa1","published":"2026-06-01T12:00:00.250Z","insertionTimestamp":"2026-06-01T12:00:00.310Z",
         "eventType":"group.user_membership.add","outcome":{"result":"SUCCESS","reason":null},
         "actor":{"id":"00u1","type":"User","alternateId":"a@acme.example","displayName":"Ada"},
         "client":{"ipChain":[{"ip":"203.0.113.7"}],"zone":"null"},"target":[
         {"id":"00u2","type":"User","alternateId":"b@acme.example","displayName":"Bob"},
         {"id":"00g1","type":"UserGroup","alternateId":"unknown","displayName":"Sales"}]}
        """

    private func body(_ events: String, id: String = "\"eventId\":\"d-1\",") -> [UInt8] {
        Array(
            """
            {"eventType":"com.okta.event_hook","eventTypeVersion":"1.0","cloudEventsVersion":"0.1",
             "source":"https://acme.okta.com/api/v1/eventHooks/who1",\(id)"eventTime":"2026-06-01T12:00:01.000Z",
             "contentType":"application/json","data":{"events":\(events)}}
            """.utf8)
    }

    @Test("a delivery is read into the same events as a page of the log")
    func events() throws {
        let delivery = try HookDelivery(body("[\(Self.event)]"))
        #expect(delivery.eventID == "d-1")
        #expect(delivery.quarantined.isEmpty)
        let event = try #require(delivery.events.first)
        #expect(event.uuid == "0aa1")
        #expect(event.published.iso8601 == "2026-06-01T12:00:00.250Z")
        #expect(event.eventType == "group.user_membership.add")
        #expect(event.targets.map(\.id) == ["00u2", "00g1"])
        #expect(event.result == "SUCCESS")
    }

    @Test("one bad event is quarantined with its text, and the others are read")
    func quarantine() throws {
        let delivery = try HookDelivery(body("[{\"uuid\":\"x\"},\(Self.event),7]"))
        #expect(delivery.events.map(\.uuid) == ["0aa1"])
        #expect(delivery.quarantined.map(\.json) == ["{\"uuid\":\"x\"}", "7"])
        #expect(try HookDelivery(body("[]")).events.isEmpty)
    }

    @Test("what is no delivery is refused")
    func refused() {
        let wrong: [[UInt8]] = [
            [], Array("hello".utf8), Array("{}".utf8), Array("[]".utf8), Array("7".utf8), body("{}"), body("null"),
            body("[]", id: ""), body("[]", id: "\"eventId\":null,"), body("[]", id: "\"eventId\":\"a b\","),
            body("[]", id: "\"eventId\":\"\(String(repeating: "x", count: 300))\","), Array(body("[]").dropLast(1)),
            [0xFF, 0xFE, 0x00],
        ]
        for body in wrong {
            #expect(throws: Problem.self, "\(String(decoding: body, as: UTF8.self))") { try HookDelivery(body) }
        }
    }
}
