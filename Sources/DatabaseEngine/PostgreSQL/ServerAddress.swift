import CLibPQ
import Problems

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where a PostgreSQL server answers, as libpq takes it. The password stays in here: what is shown leaves it out.
struct ServerAddress: Sendable {
    private let url: String
    /// The address without its password, for people and logs.
    let shown: String

    init(_ url: String) throws(Problem) {
        guard let options = PQconninfoParse(url, nil) else { throw StorageProblem.badAddress }
        defer { PQconninfoFree(options) }
        var parts: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parts[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        let user = parts["user"].map { "\($0)@" } ?? ""
        let port = parts["port"].map { ":\($0)" } ?? ""
        self.url = url
        shown = "postgres://\(user)\(parts["host"] ?? parts["hostaddr"] ?? "")\(port)/\(parts["dbname"] ?? "")"
    }

    /// Begins to connect. The caller polls the connection to its end.
    func start() -> OpaquePointer? {
        let keywords = ["dbname", "fallback_application_name", "client_encoding"]
        let values = [url, "muster", "UTF8"]
        return Self.withCStrings(keywords) { keywords in
            Self.withCStrings(values) { values in PQconnectStartParams(keywords, values, 1) }
        }
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer($0) } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
