import Foundation
import Testing

@Suite(.serialized) struct ListTests {
    /// The columns that scripts rely on, in order.
    private static let columns = [
        "users":
            "id,login,email,first_name,last_name,status,created_at,activated_at,last_login_at,department,title,manager,employee_number,user_type,organization,division,cost_center",
        "groups": "id,name,description,type,members,apps",
        "apps": "id,name,label,sign_on_mode,status,created_at,assigned_users,assigned_groups,owner,state",
        "assignments":
            "user_id,login,app_id,app_label,scope,group_id,group_name,status,assigned_at,assigned_at_source,valid_from,valid_to,last_sign_in_at,sign_ins_30d,sign_ins_90d",
        "memberships": "group_id,group_name,user_id,login,valid_from,valid_to,from_how",
        "roles": "user_id,login,role,assignment_type,via_group,valid_from,valid_to",
        "departments": "department,users,active_users,apps,managers",
        "usage": "app_id,app_label,user_id,login,month,sign_ins,last_sign_in_at",
    ]

    /// A condition that some rows of each list meet and others do not, with its opposite.
    private static let conditions = [
        "users": ("status=ACTIVE", "status!=ACTIVE"), "groups": ("type=OKTA_GROUP", "type!=OKTA_GROUP"),
        "apps": ("assigned_users>3", "assigned_users<=3"), "assignments": ("scope=USER", "scope=GROUP"),
        "memberships": ("group_name=All Employees", "group_name!=All Employees"),
        "roles": ("role=SUPER_ADMIN", "role!=SUPER_ADMIN"), "departments": ("users>3", "users<=3"),
        "usage": ("month=2026-05", "month!=2026-05"),
    ]

    private func command(_ noun: String) -> [String] { noun == "usage" ? ["report", "usage"] : ["list", noun] }

    @Test("every list says the same as table, CSV and JSON, in the promised columns, filtered and at a date")
    func lists() async throws {
        let company = try await SyncedCompany()
        for (noun, header) in Self.columns {
            let csv = try await company.ask(command(noun) + ["--format", "csv"])
            let rows = CSV.rows(csv.output)
            #expect(csv.status == 0 && csv.errors.isEmpty, "\(noun): \(csv.errors)")
            #expect(rows.first?.joined(separator: ",") == header, "\(noun)")
            #expect(rows.count > 5 && rows.allSatisfy { $0.count == rows.first?.count }, "\(noun)")

            let json = try await company.ask(command(noun) + ["--format", "json"])
            let objects = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]] ?? []
            #expect(objects.count == rows.count - 1, "\(noun)")
            let keys = header.split(separator: ",").map { "\"\($0)\":" }
            let first = try #require(json.output.split(separator: "\n").dropFirst().first)
            #expect(first.ranges(of: #/"[a-z_0-9]+":/#).map { String(first[$0]) } == keys, "\(noun)")
            for (object, row) in zip(objects, rows.dropFirst()) {
                let cells = header.split(separator: ",").map { key in
                    let value = object[String(key)] ?? "missing"
                    return value is NSNull ? "" : "\(value)"
                }
                #expect(cells == row, "\(noun)")
            }

            let table = try await company.ask(command(noun) + ["--format", "table"]).output.split(separator: "\n")
            #expect(table.count == rows.count, "\(noun)")
            let titles = header.replacing("_", with: " ").uppercased().split(separator: ",").map(String.init)
            #expect(table.first.map { titles.allSatisfy($0.contains) } == true, "\(noun)")
        }
    }

    @Test("a condition and its opposite share the rows between them, and two conditions must both hold")
    func conditions() async throws {
        let company = try await SyncedCompany()
        func rows(_ noun: String, _ conditions: [String]) async throws -> [[String]] {
            let where_ = conditions.flatMap { ["--where", $0] }
            let result = try await company.ask(command(noun) + ["--format", "csv"] + where_)
            #expect(result.status == 0, "\(noun) \(conditions): \(result.errors)")
            return Array(CSV.rows(result.output).dropFirst())
        }
        for (noun, (one, other)) in Self.conditions {
            let all = try await rows(noun, [])
            let (some, rest) = (try await rows(noun, [one]), try await rows(noun, [other]))
            #expect(!some.isEmpty && !rest.isEmpty, "\(noun)")
            #expect(Set(some + rest) == Set(all) && some.count + rest.count == all.count, "\(noun)")
            #expect(try await rows(noun, [one, other]).isEmpty, "\(noun)")
        }
        for condition in ["colour=red", "status", ""] {
            let refused = try await company.ask(["list", "users", "--where", condition])
            #expect(refused.status == 64, "\(condition)")
            #expect(refused.errors.split(separator: "\n").count == 2)
        }
    }

    @Test("at the present moment a list is as without a date, and long before the company it is empty")
    func asOf() async throws {
        let company = try await SyncedCompany()
        let now = ISO8601DateFormatter().string(from: Date())
        for noun in Self.columns.keys {
            func rows(_ moment: [String]) async throws -> [[String]] {
                let result = try await company.ask(command(noun) + ["--format", "csv"] + moment)
                #expect(result.status == 0, "\(noun) \(moment): \(result.errors)")
                return Array(CSV.rows(result.output).dropFirst())
            }
            let present = try await rows([])
            #expect(!present.isEmpty)
            #expect(try await rows(["--as-of", now]) == present, "\(noun)")
            #expect(try await rows(["--as-of", "1990-01-01"]).isEmpty, "\(noun)")
        }
        for moment in ["yesterday", "2026-13-01", "2999-01-01"] {
            let refused = try await company.ask(["list", "users", "--as-of", moment])
            #expect(refused.status == 64, "\(moment)")
            #expect(refused.errors.contains("“\(moment)”"))
        }
    }

    @Test("what is listed is what is true in the tenant")
    func truth() async throws {
        let company = try await SyncedCompany()
        func listed(_ noun: String, _ more: [String] = []) async throws -> [[String]] {
            CSV.rows(try await company.ask(command(noun) + ["--format", "csv"] + more).output).dropFirst()
                .map { $0.map(CSV.withoutFractions) }
        }
        for noun in ["users", "groups", "apps", "usage"] {
            #expect(try await Set(listed(noun)) == Set(company.truth(noun)), "\(noun)")
        }
        // How often people signed in of late depends on what day it is.
        let assignments = try await listed("assignments").map { $0.prefix(13) }
        #expect(try await Set(assignments) == Set(company.truth("assignments").map { $0.prefix(13) }))
        // Since when a role is held through a group is not told either.
        let roles = try await listed("roles").map { $0.prefix(5) }
        #expect(try await Set(roles) == Set(company.truth("roles").map { $0.prefix(5) }))
        // Okta does not tell since when somebody is in a group.
        let memberships = try await listed("memberships")
        let members = memberships.map { $0.prefix(4) }
        #expect(try await Set(members) == Set(company.truth("memberships").map { $0.prefix(4) }))
        #expect(Set(memberships.map { $0[6] }).isSubset(of: ["okta", "log", "before log", "first sight"]))
        #expect(memberships.contains { $0[6] == "before log" })
    }

    @Test("a person, a group and an app are shown by key and by name, as text and as one JSON object")
    func show() async throws {
        let company = try await SyncedCompany()
        let things = [
            ("user", "users", 1, ["apps", "groups", "roles", "factors", "history"]),
            ("group", "groups", 1, ["apps", "rules", "roles", "members"]),
            ("app", "apps", 2, ["groups", "months", "people"]),
        ]
        for (noun, list, nameColumn, sections) in things {
            let sort = noun == "user" ? ["--where", "status=ACTIVE"] : []
            let rows = CSV.rows(try await company.ask(["list", list, "--format", "csv"] + sort).output)
            let row = try #require(rows.dropFirst().first)
            let text = try await company.ask(["show", noun, row[0]])
            #expect(text.status == 0, "\(text.errors)")
            #expect(text.output.hasPrefix("\(row[nameColumn])\n"))
            #expect(text.output.contains(row[0]))
            let json = try await company.ask(["show", noun, row[nameColumn], "--json"])
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(object["id"] as? String == row[0])
            for section in sections { #expect(object[section] is [[String: Any]], "\(noun) \(section)") }
            let earlier = try await company.ask(["show", noun, row[0], "--as-of", "1990-01-01"])
            #expect(earlier.status == 66, "\(noun)")
            #expect(try await company.ask(["show", noun, "nobody at all"]).status == 66)
        }
        let assignments = CSV.rows(try await company.ask(["list", "assignments", "--format", "csv"]).output)
        let byGroup = try #require(assignments.first { $0[4] == "GROUP" })
        let shown = try await company.ask(["show", "user", byGroup[1]])
        #expect(shown.output.contains("via \(byGroup[6])"))
    }
}
