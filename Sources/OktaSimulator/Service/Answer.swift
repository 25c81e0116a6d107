/// What is sent back: status, body, links to the next page and what else belongs in the headers.
struct Answer {
    var status = 200
    var body: [UInt8] = []
    var links: [(url: String, relation: String)] = []
    var headers: [(name: String, value: String)] = []
    /// Whether a listing ended with this answer: what `delete-mid-sync` waits for.
    var endsListing = false

    init(_ body: [UInt8]) { self.body = body }

    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Okta's errors: only `errorCode` is a promise.
struct OktaError: Error {
    let status: Int
    let code: String
    let summary: String
    var causes: [String] = []
    var headers: [(name: String, value: String)] = []

    static func notFound(_ id: String, _ type: String) -> OktaError {
        OktaError(status: 404, code: "E0000007", summary: "Not found: Resource not found: \(id) (\(type))")
    }
    static let noSuchPath = OktaError(
        status: 404, code: "E0000022", summary: "The endpoint does not support the provided HTTP method")
    static let method = OktaError(
        status: 405, code: "E0000022", summary: "The endpoint does not support the provided HTTP method")
    static let badToken = OktaError(
        status: 401, code: "E0000011", summary: "Invalid token provided", headers: [("WWW-Authenticate", "SSWS")])
    static let badAccessToken = OktaError(
        status: 401, code: "E0000005", summary: "Invalid session",
        headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
    static let forbidden = OktaError(
        status: 403, code: "E0000006", summary: "You do not have permission to perform the requested action")
    static let unavailable = OktaError(
        status: 401, code: "E0000015", summary: "You do not have permission to access the feature you are requesting")
    static let timeout = OktaError(status: 500, code: "E0000009", summary: "Internal Server Error")
    static let tooMany = OktaError(
        status: 429, code: "E0000047", summary: "API call exceeded rate limit due to too many requests.")
    static let badPaging = OktaError(
        status: 400, code: "E0000029", summary: "Invalid paging request.", causes: ["Invalid cursor."])
    static func badSearch(_ cause: String) -> OktaError {
        OktaError(status: 400, code: "E0000031", summary: "Invalid search criteria.", causes: [cause])
    }
    static func badLog(_ cause: String) -> OktaError {
        OktaError(status: 400, code: "E0000053", summary: "Invalid filter: \(cause)", causes: [cause])
    }

    func body(errorID: String) -> [UInt8] {
        var json = JSON(base: "", identifiers: Identifiers(seed: 0))
        json.object { json in
            json.text("errorCode", code)
            json.text("errorSummary", summary)
            json.text("errorLink", code)
            json.text("errorId", errorID)
            json.array("errorCauses") { json in
                for cause in causes { json.object { $0.text("errorSummary", cause) } }
            }
        }
        return json.bytes
    }
}
