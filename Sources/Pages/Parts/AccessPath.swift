import Directory
import Storage
import WebSupport

/// How somebody got an app: the path Okta used, and every other group that would give it too.
enum AccessPath {
    /// `direct`, or the granting group with the others behind it.
    static func html(_ row: ListRow, _ granting: [GrantingGroup], _ visit: Visit) -> HTML {
        let others = granting.filter { $0.id != row.text("group_id") }
        let more: HTML? = others.isEmpty ? nil : also(others, visit)
        switch row.text("scope") {
        case "USER": return "<span class=\"path direct\">direct</span>\(more)"
        case "GROUP":
            let id = row.text("group_id")
            guard !id.isEmpty else { return "<span class=\"path\">through a group</span>\(more)" }
            return """
                <span class="path">via <a href="\(visit.to(.group(id)))">\
                \(row.text("group_name").isEmpty ? id : row.text("group_name"))</a></span>\(more)
                """
        default: return "<span class=\"not-evaluated\">\(AccessPathDetail.unknownPath)</span>\(more)"
        }
    }

    /// The way to the picture of the path.
    static func picture(user: String, app: String, _ visit: Visit) -> HTML {
        "<a class=\"how\" href=\"\(visit.to(.accessPath(user: user, app: app)))\">show the path</a>"
    }

    private static func also(_ groups: [GrantingGroup], _ visit: Visit) -> HTML {
        let items = groups.prefix(20).map { group -> HTML in
            "<li><a href=\"\(visit.to(.group(group.id)))\">\(group.name)</a></li>"
        }
        return """
            <details class="also"><summary title="Other groups that would give the same app">\
            +\(groups.count)</summary><ul>\(items)</ul></details>
            """
    }

    /// Since when, with how that is known.
    static func since(_ row: ListRow, _ visit: Visit) -> HTML {
        guard let time = row.time("assigned_at") else {
            return
                "\(Part.notEvaluated)<small class=\"how\">here since \(When.ago(row.time("valid_from"), now: visit.now, none: Part.none))</small>"
        }
        return since(time, how: row.text("assigned_at_source"), visit)
    }

    /// A time with how it is known.
    static func since(_ time: Timestamp?, how: String, _ visit: Visit) -> HTML {
        "\(When.ago(time, now: visit.now, none: Part.none))<small class=\"how\">\(Part.how(how))</small>"
    }

    /// The last sign-in, or whether there was none or nobody can tell.
    static func lastSignIn(_ row: ListRow, _ visit: Visit) -> HTML {
        guard visit.moment.usageKnown else { return Part.notEvaluated }
        return When.ago(row.time("last_sign_in_at"), now: visit.now, none: "<span class=\"muted\">none seen</span>")
    }
}
