import Foundation
import OktaSimulator
import Testing

@Suite struct ListingTests {
    @Test("paging through users gives everyone once, deactivated people only by search")
    func users() async throws {
        try await TestTenant.with { tenant in
            let all = try await tenant.ids("/api/v1/users?limit=70&search=status+pr")
            let truth = try tenant.simulator.print("users", asOf: nil)
            #expect(all == truth["id"])
            let plain = try await tenant.pages("/api/v1/users?limit=70").flatMap(\.objects)
            let statuses = Set(plain.compactMap { $0["status"] as? String })
            #expect(!statuses.contains("DEPROVISIONED"))
            #expect(plain.count == truth["status"].filter { $0 != "DEPROVISIONED" }.count)
            #expect(Set(truth["status"]).count == 8)
        }
    }

    @Test("limits are clamped silently and links name the host that was called")
    func clamping() async throws {
        try await TestTenant.with { tenant in
            let reply = try await tenant.get("/api/v1/users?limit=5000")
            #expect(reply.objects.count == 200)
            #expect(reply.link("next")?.hasPrefix(tenant.base + "/api/v1/users?after=") == true)
            #expect(reply.link("next")?.contains("limit=200") == true)
            #expect(reply.lines("Link").count == 2)
            #expect(reply.header("X-Okta-Request-Id")?.isEmpty == false)
        }
    }

    @Test("a search narrows users by status, date and profile, with and, or and parentheses")
    func search() async throws {
        try await TestTenant.with { tenant in
            let truth = try tenant.simulator.print("users", asOf: nil)
            let status = truth["status"]
            let department = truth["department"]
            let wanted = zip(truth["id"], zip(status, department)).filter {
                $1.0 == "ACTIVE" && ($1.1 == "Sales" || $1.1 == "Legal")
            }
            let query =
                "search=status+eq+%22ACTIVE%22+and+(profile.department+eq+%22Sales%22+or+profile.department+sw+%22Leg%22)"
            #expect(try await tenant.ids("/api/v1/users?\(query)") == wanted.map(\.0))
            #expect(!wanted.isEmpty)
            let recent = try await tenant.pages("/api/v1/users?search=lastUpdated+gt+%222026-05-01T00:00:00.000Z%22")
                .flatMap(\.objects)
            #expect(!recent.isEmpty)
            #expect(recent.allSatisfy { ($0["lastUpdated"] as? String ?? "") > "2026-05-01" })
            let wrong = try await tenant.get("/api/v1/users?search=status+ne+%22ACTIVE%22")
            #expect(wrong.status == 400)
            #expect(wrong.errorCode == "E0000031")
        }
    }

    @Test("groups, members, apps, app users and app groups agree with the truth")
    func relations() async throws {
        try await TestTenant.with { tenant in
            let memberships = try tenant.simulator.print("memberships", asOf: nil)
            var pairs: Set<String> = []
            for group in try await tenant.pages("/api/v1/groups?limit=25&expand=stats").flatMap(\.objects) {
                let id = group["id"] as? String ?? ""
                let members = try await tenant.ids("/api/v1/groups/\(id)/users?limit=40")
                let stats = (group["_embedded"] as? [String: Any])?["stats"] as? [String: Any]
                #expect(stats?["usersCount"] as? Int == members.count)
                guard group["type"] as? String != "BUILT_IN" else { continue }
                pairs.formUnion(members.map { id + $0 })
            }
            #expect(pairs == Set(zip(memberships["group_id"], memberships["user_id"]).map { $0 + $1 }))
            #expect(pairs.count == memberships.rows.count)

            let assignments = try tenant.simulator.print("assignments", asOf: nil)
            var rows: Set<String> = []
            for app in try await tenant.ids("/api/v1/apps?limit=20") {
                for row in try await tenant.pages("/api/v1/apps/\(app)/users?limit=30").flatMap(\.objects) {
                    let group = (row["_links"] as? [String: Any])?["group"] as? [String: Any]
                    let created = row["created"] as? String ?? ""
                    rows.insert("\(row["id"] ?? "") \(app) \(row["scope"] ?? "") \(group?["name"] ?? "") \(created)")
                }
            }
            let told = zip(
                zip(assignments["user_id"], assignments["app_id"]),
                zip(zip(assignments["scope"], assignments["group_name"]), assignments["assigned_at"]))
            #expect(rows == Set(told.map { "\($0.0) \($0.1) \($1.0.0) \($1.0.1) \($1.1)" }))
            #expect(rows.count == assignments.rows.count)
        }
    }

    @Test("next of app users forgets expand, as Okta's does")
    func expand() async throws {
        try await TestTenant.with { tenant in
            let truth = try tenant.simulator.print("apps", asOf: nil)
            let busy = try #require(
                zip(truth["id"], truth["assigned_users"]).max { (Int($0.1) ?? 0) < (Int($1.1) ?? 0) }?.0)
            let reply = try await tenant.get("/api/v1/apps/\(busy)/users?limit=5&expand=user")
            #expect(
                ((reply.objects.first?["_embedded"] as? [String: Any])?["user"] as? [String: Any])?["profile"] != nil)
            #expect(reply.link("self")?.contains("expand=user") == true)
            #expect(reply.link("next")?.contains("expand") == false)
        }
    }

    @Test("apps of one user come with the assignment embedded")
    func appsOfUser() async throws {
        try await TestTenant.with { tenant in
            let assignments = try tenant.simulator.print("assignments", asOf: nil)
            let user = try #require(assignments["user_id"].first)
            let mine = zip(assignments["user_id"], assignments["app_id"]).filter { $0.0 == user }.map(\.1)
            let reply = try await tenant.get(
                "/api/v1/apps?filter=user.id+eq+%22\(user)%22&expand=user/\(user)&limit=200")
            #expect(Set(reply.ids()) == Set(mine))
            let embedded = reply.objects.compactMap { ($0["_embedded"] as? [String: Any])?["user"] as? [String: Any] }
            #expect(embedded.allSatisfy { $0["id"] as? String == user })
            #expect(embedded.count == mine.count)
        }
    }

    @Test("federation-broker apps have nobody, Okta's own apps and a directory are there")
    func kinds() async throws {
        try await TestTenant.with { tenant in
            let apps = try await tenant.pages("/api/v1/apps?limit=200").flatMap(\.objects)
            let names = apps.compactMap { $0["name"] as? String }
            #expect(Set(["saasure", "okta_enduser", "okta_browser_plugin", "active_directory"]).isSubset(of: names))
            #expect(apps.contains { $0["signOnMode"] is NSNull })
            let broker = try #require(
                apps.first { ($0["settings"] as? [String: Any])?["implicitAssignment"] as? Bool == true })
            #expect(try await tenant.ids("/api/v1/apps/\(broker["id"] ?? "")/users").isEmpty)
        }
    }

    @Test("admins are found through the body's pages, each role with its way")
    func roles() async throws {
        try await TestTenant.with { tenant in
            let truth = try tenant.simulator.print("roles", asOf: nil)
            var holders: [String] = []
            var path: String? = "/api/v1/iam/assignees/users?limit=4"
            while let next = path {
                let page = try await tenant.get(next).object
                holders += (page["value"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
                path = ((page["_links"] as? [String: Any])?["next"] as? [String: Any])?["href"] as? String
            }
            let direct = zip(truth["user_id"], truth["assignment_type"]).filter { $0.1 == "USER" }.map(\.0)
            #expect(holders.count == Set(holders).count)
            #expect(Set(holders) == Set(direct))
            var told: Set<String> = []
            for user in Set(truth["user_id"]) {
                for role in try await tenant.get("/api/v1/users/\(user)/roles").objects {
                    told.insert("\(user) \(role["type"] ?? "") \(role["assignmentType"] ?? "")")
                    if role["type"] as? String == "CUSTOM" {
                        #expect(role["role"] is String)
                        #expect(role["resource-set"] is String)
                    }
                }
            }
            let expected = zip(truth["user_id"], zip(truth["role"], truth["assignment_type"])).map {
                "\($0) \($1.0) \($1.1)"
            }
            #expect(told == Set(expected))
        }
    }
}
