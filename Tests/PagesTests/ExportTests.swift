import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Storage
import Support
import Testing

@Suite struct ExportTests {
    @Test(
        "each list is exported with exactly the promised columns and every filtered row",
        arguments: TestEngine.available)
    func columns(_ engine: TestEngine) async throws {
        let headers = [
            "users": """
            id,login,email,first_name,last_name,status,created_at,activated_at,last_login_at,department,title,\
            manager,employee_number,user_type,organization,division,cost_center
            """,
            "groups": "id,name,description,type,members,apps",
            "apps": "id,name,label,sign_on_mode,status,created_at,assigned_users,assigned_groups,owner,state",
            "assignments": """
            user_id,login,app_id,app_label,scope,group_id,group_name,status,assigned_at,assigned_at_source,\
            valid_from,valid_to,last_sign_in_at,sign_ins_30d,sign_ins_90d
            """,
            "memberships": "group_id,group_name,user_id,login,valid_from,valid_to,from_how",
            "roles": "user_id,login,role,assignment_type,via_group,valid_from,valid_to",
            "departments": "department,users,active_users,apps,managers",
        ]
        try await PagesFixture.with(engine, people: 300) { fixture in
            let moment = Moment(now: SampleStore.now)
            for (noun, header) in headers {
                let csv = try await fixture.get("/\(noun).csv").text
                let lines = csv.components(separatedBy: "\r\n")
                #expect(lines.first == header)
                let list = try #require(ListDefinition.named(noun, moment))
                let total = try await fixture.sample.store.count(list)
                #expect(lines.count == total + 2, "\(noun)")
                let json = try await fixture.get("/\(noun).json").body
                let rows = try #require(
                    try JSONSerialization.jsonObject(with: Data(json.readableBytesView)) as? [[String: Any]])
                #expect(rows.count == total)
                #expect(rows.allSatisfy { Set($0.keys) == Set(header.components(separatedBy: ",")) })
            }
            let some = try await fixture.get("/users.csv?where=status%3DSUSPENDED").text
            #expect(some.components(separatedBy: "\r\n").dropFirst().dropLast().allSatisfy { $0.contains("SUSPENDED") })
        }
    }

    @Test("the call ledger is exported whole, oldest call first, with its hashes", arguments: TestEngine.available)
    func ledger(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let page = try await fixture.get("/integrations/acme/calls").text
            for format in ["csv", "json"] { #expect(page.contains("href=\"/integrations/acme/calls.\(format)\"")) }
            let csv = try await fixture.get("/integrations/acme/calls.csv")
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            let lines = csv.text.components(separatedBy: "\r\n")
            #expect(lines.first == LedgerLine.columns.joined(separator: ",") && lines.count == 122)
            #expect(lines[1].hasPrefix("1,") && lines[1].hasSuffix(",00") && lines[120].hasPrefix("120,"))
            let json = try await fixture.get("/integrations/acme/calls.json").body
            let rows = try #require(
                try JSONSerialization.jsonObject(with: Data(json.readableBytesView)) as? [[String: Any]])
            #expect(rows.map { $0["position"] as? Int } == Array(1...120))
            #expect(rows.allSatisfy { Set($0.keys) == Set(LedgerLine.columns) })
            #expect(try await fixture.get("/integrations/nobody/calls.csv").status == .notFound)
            #expect(try await fixture.get("/integrations/acme/calls.csv", signedIn: false).status != .ok)
        }
    }

    @Test("no exported cell begins like a formula, and quotes are doubled", arguments: TestEngine.available)
    func formulas(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let csv = try await fixture.get("/users.csv").text
            #expect(csv.contains("\"'=HYPERLINK(\"\"http://evil\"\")\",'+Formula"))
            #expect(csv.contains("\"Bobby \"\"Tables\"\" & Sons\""))
            #expect(csv.contains("2026-"))
            let json = try await fixture.get("/users.json").text
            #expect(json.contains(#""first_name":"=HYPERLINK(\"http://evil\")""#))
        }
    }

    @Test("an empty list is an empty file, not an error", arguments: TestEngine.available)
    func empty(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let query = "?where=login%3Dnobody"
            let json = try await fixture.get("/users.json\(query)").text
            #expect(json == "[\n]\n")
            let csv = try await fixture.get("/users.csv\(query)").text
            #expect(csv.components(separatedBy: "\r\n").count == 2)
        }
    }
}
