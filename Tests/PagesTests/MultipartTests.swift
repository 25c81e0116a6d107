import Testing

@testable import WebSupport

@Suite("Forms that bring a file")
struct MultipartTests {
    private let type = "multipart/form-data; boundary=----WebKitFormBoundaryX"

    private let text = """
        ------WebKitFormBoundaryX\r
        Content-Disposition: form-data; name="csrf"\r
        \r
        token\r
        ------WebKitFormBoundaryX\r
        Content-Disposition: form-data; name="file"; filename="a;%22b.csv"\r
        Content-Type: text/csv\r
        \r
        x,y\r
        1,2\r
        --not the mark\r
        \r
        ------WebKitFormBoundaryX--\r

        """

    private func events(step: Int) throws -> [Multipart.Event] {
        var form = try #require(Multipart(contentType: type))
        var events: [Multipart.Event] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: step) {
            let read = form.read(bytes[start..<min(bytes.count, start + step)])
            events += try #require(read)
        }
        return events
    }

    private func joined(_ events: [Multipart.Event]) -> [Multipart.Event] {
        var joined: [Multipart.Event] = []
        for event in events {
            if case .bytes(let more) = event, case .bytes(let before)? = joined.last {
                joined[joined.count - 1] = .bytes(before + more)
            } else {
                joined.append(event)
            }
        }
        return joined
    }

    @Test("fields and file come out the same in pieces of any size", arguments: [1, 2, 3, 7, 64, 10_000])
    func pieces(_ step: Int) throws {
        #expect(
            joined(try events(step: step)) == [
                .begin(name: "csrf", file: nil), .bytes(Array("token".utf8)),
                .begin(name: "file", file: "a;\"b.csv"), .bytes(Array("x,y\r\n1,2\r\n--not the mark\r\n".utf8)), .end,
            ])
    }

    @Test("what is no form with a file is refused")
    func refused() {
        #expect(Multipart(contentType: "application/x-www-form-urlencoded") == nil)
        #expect(Multipart(contentType: "multipart/form-data") == nil)
        #expect(Multipart(contentType: "multipart/form-data; boundary=") == nil)
        var endless = Multipart(contentType: type)
        let begin = "------WebKitFormBoundaryX\r\n" + String(repeating: "x", count: 9_000)
        #expect(endless?.read(Array(begin.utf8)) == nil)
        var other = Multipart(contentType: type)
        #expect(other?.read(Array("------WebKitFormBoundaryXX\r\n".utf8)) == nil)
    }
}
