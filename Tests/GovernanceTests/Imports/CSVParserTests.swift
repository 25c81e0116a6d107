import Foundation
import Governance
import Testing

@Suite("Reading CSV files as the world writes them")
struct CSVParserTests {
    private func records(_ bytes: [UInt8], _ format: CSVFormat? = nil, step: Int = .max, longest: Int = 1 << 20)
        -> [CSVRecord]
    {
        var parser = CSVParser(format ?? .detect(bytes), longestRecord: longest)
        var records: [CSVRecord] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + min(step, bytes.count))
            parser.read(bytes[start..<end]) { records.append($0) }
            start = end
        }
        parser.finish { records.append($0) }
        return records
    }

    private func fields(_ text: String) -> [[String]] { records(Array(text.utf8)).map(\.fields) }

    @Test("quotes, doubled quotes, delimiters and line ends within quotes are text")
    func quotes() {
        #expect(
            fields("a,b\r\n\"x, \"\"y\"\"\",\"one\r\ntwo\"\r\n") == [["a", "b"], ["x, \"y\"", "one\r\ntwo"]])
        #expect(fields("a,b\n,\n\n  ,x\n") == [["a", "b"], ["", ""], ["  ", "x"]])
        #expect(fields("a,b\rc,d") == [["a", "b"], ["c", "d"]])
        #expect(fields("a,\"\"\n") == [["a", ""]])
        #expect(fields("\"\"\n") == [[""]])
    }

    @Test("a file is read the same in pieces of any size")
    func pieces() {
        let text = "\u{FEFF}näme;amount\r\n\"Straße; 1\";1.234,50\r\n\"a\nb\";2\r\n"
        let whole = records(Array(text.utf8))
        #expect(whole.map(\.line) == [1, 2, 3])
        #expect(whole.first?.fields == ["näme", "amount"])
        for step in 1...7 { #expect(records(Array(text.utf8), step: step) == whole) }
        let wide = [UInt8](text.data(using: .utf16BigEndian) ?? Data())
        for step in 1...5 { #expect(records(wide, step: step) == whole) }
    }

    @Test(
        "encoding and delimiter are found out",
        arguments: [
            ("a,b\n1,2\n", CSVFormat.Delimiter.comma), ("a;b\n1,5;2\n", .semicolon), ("a\tb\n1,5\t2\n", .tab),
            ("a|b\n1|2\n", .pipe), ("alone\nx\n", .comma), ("a,b;c\n\"1;2\",3\n", .comma),
        ])
    func delimiters(_ text: String, _ delimiter: CSVFormat.Delimiter) {
        #expect(CSVFormat.detect(Array(text.utf8)).delimiter == delimiter)
    }

    @Test("Windows-1252 and UTF-16 are recognised without a mark")
    func encodings() throws {
        let windows: [UInt8] = Array("caf".utf8) + [0xE9, 0x2C, 0x80, 0x0A]
        #expect(CSVFormat.detect(windows).encoding == .windows1252)
        #expect(records(windows).map(\.fields) == [["café", "€"]])
        let wide = [UInt8](try #require("name,x\nčaj,🚲\n".data(using: .utf16LittleEndian)))
        #expect(CSVFormat.detect(wide).encoding == .utf16LittleEndian)
        #expect(records(wide).map(\.fields) == [["name", "x"], ["čaj", "🚲"]])
        let cut = Array("é".utf8).prefix(1)
        #expect(CSVFormat.detect(Array("abc,d".utf8) + cut).encoding == .utf8)
    }

    @Test("a record that cannot be read is told with its line, and reading goes on")
    func faults() {
        let long = String(repeating: "x", count: 5_000)
        let text = "a,b\n\"\(long)\n\(long)\n1,2\n"
        let found = records(Array(text.utf8), CSVFormat(), longest: 1_000)
        #expect(found.map(\.line) == [1, 2, 3, 4])
        #expect(found[1].fault == .tooLong(limit: 1_000))
        #expect(found.last?.fields == ["1", "2"])
        #expect(found.allSatisfy { $0.fields.joined().count <= 1_000 })
        let bad = records(Array("a,b\n1,".utf8) + [0xC3, 0x0A] + Array("3,4\n".utf8), CSVFormat())
        #expect(bad.map(\.fault) == [nil, .badCharacters, nil])
        #expect(records(Array("a\n\"open".utf8)).last?.fault == .unclosedQuote)
        let wide = records(Array((String(repeating: ",", count: 2_000) + "\n1,2\n").utf8), CSVFormat())
        #expect(wide.map(\.fault) == [.tooWide(limit: 500), nil])
    }

    @Test("a row with another number of fields than the header is at fault, one with empty fields too many is not")
    func ragged() {
        let row = CSVRecord(line: 7, fields: ["1", "2", "", ""])
        #expect(row.row(columns: 2).fields == ["1", "2"])
        #expect(row.row(columns: 5).fault == .ragged(expected: 5, found: 4))
        #expect(row.row(columns: 1).fault == .ragged(expected: 1, found: 4))
    }

    @Test("a zero byte never reaches the store")
    func zeroes() {
        #expect(records(Array("a\0b,c\n".utf8), CSVFormat()).map(\.fields) == [["ab", "c"]])
    }
}
