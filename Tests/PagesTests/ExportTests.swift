import DatabaseEngine
import Directory
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Storage
import Support
import Testing
import WebSupport

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

    @Test(
        "the file of a department with spaces or quotes around its name holds its people and nobody else",
        arguments: TestEngine.available)
    func oddDepartments(_ engine: TestEngine) async throws {
        try await PagesFixture.with(engine, people: 60) { fixture in
            let names = ["Sales", " Sales", "Sales ", "\"Sales\"", "'Sales'"]
            let workspace = fixture.sample.store.workspaceID
            try await fixture.sample.store.engine.write { connection in
                for (number, name) in names.enumerated() {
                    try connection.execute(
                        "UPDATE users SET department = $2 WHERE workspace_id = $1 AND user_key % 5 = $3",
                        [.integer(workspace), .text(name), .integer(Int64(number))])
                }
                try connection.execute(
                    "DELETE FROM department_counts WHERE workspace_id = $1", [.integer(workspace)])
            }
            for (number, name) in names.enumerated() {
                let page = try await fixture.get(Link.department(name).path).text
                let link = try #require(page.firstMatch(of: #/href="(\/users\.csv[^"]*)"/#)).output.1
                let csv = try await fixture.get(String(link).replacing("&amp;", with: "&")).text
                let ids = csv.components(separatedBy: "\r\n").dropFirst().dropLast().map { $0.prefix(20) }
                let own = (1...60).filter { $0 % 5 == number }.map { SampleStore.id(ofPerson: $0) }
                #expect(Set(ids.map(String.init)) == Set(own), "\(name)")
            }
        }
    }

    @Test("more filters than a list takes are refused, and none is left out silently")
    func manyFilters() async throws {
        try await PagesFixture.with(people: 60) { fixture in
            let moment = Moment(now: SampleStore.now)
            let person = try #require(try await fixture.sample.store.list(.users(moment), ListRequest()).rows.first)
            let id = person.text("id")
            func filters(_ count: Int) -> String {
                (0..<count).map { "where=app_label!%3Dnone\($0)" }.joined(separator: "&")
            }
            let page = try await fixture.get("/users/\(id)?\(filters(20))")
            #expect(page.status == .ok)
            let link = try #require(page.text.firstMatch(of: #/href="(\/assignments\.csv[^"]*)"/#)).output.1
            let lines = try await fixture.get(String(link).replacing("&amp;", with: "&")).text.components(
                separatedBy: "\r\n")
            #expect(lines.count > 2 && lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix(id) })
            for path in ["/users/\(id)?\(filters(21))", "/assignments.csv?\(filters(22))"] {
                let refused = try await fixture.get(path)
                #expect(refused.status == .badRequest, "\(path)")
                #expect(refused.text.contains("at most 20 filters"), "\(path)")
            }
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
