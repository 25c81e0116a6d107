import Hummingbird
import Storage
import WebSupport

extension PagesApplication {
    var searchRoutes: [Route] {
        [
            Route(RouteRule(.get, "/search", .signedIn, "Search")) { request in
                let visit = try await visit(request)
                let text = String((request.query.filled("q") ?? "").prefix(100))
                return try await page(
                    visit, nil,
                    PageContent(
                        title: text.isEmpty ? "Search" : "Search: \(text)",
                        sentence: "People by name, login or e-mail; apps and groups by name.",
                        body: text.isEmpty
                            ? Part.empty("What are you looking for?", "Type a name above, or press <kbd>/</kbd>.")
                            : try await results(text, visit)))
            }
        ]
    }

    private func results(_ text: String, _ visit: Visit) async throws -> HTML {
        let request = ListRequest(search: text, limit: 8)
        let people = try await store.page(.users(visit.moment), request)
        let apps = try await store.page(.apps(visit.moment), request)
        let groups = try await store.page(.groups(visit.moment), request)
        guard !(people.rows.isEmpty && apps.rows.isEmpty && groups.rows.isEmpty) else {
            return Part.empty("Nothing found for “\(text)”", "Try a shorter part of the name.")
        }
        func section(_ title: String, _ page: ListPage, _ all: Link, _ item: (ListRow) -> (Link, HTML, HTML)) -> HTML {
            guard !page.rows.isEmpty else { return HTML() }
            let items = page.rows.map { row -> HTML in
                let (link, name, note) = item(row)
                return "<li><a class=\"row-link\" href=\"\(visit.to(link))\">\(name)</a> <span class=\"muted\">\(note)</span></li>"
            }
            let more: HTML =
                page.next == nil ? HTML() : "<a href=\"\(visit.to(all.with([("q", text)])))\">All \(title.lowercased())</a>"
            return Part.section(title, "<ul class=\"results\">\(items)</ul>", note: more)
        }
        return section("People", people, .users) { row in
            let name = "\(row.text("first_name")) \(row.text("last_name"))"
            return (.user(row.text("id")), "\(name == " " ? row.text("login") : name)", "\(row.text("login")) \(Part.status(row.text("status")))")
        }
            + section("Apps", apps, .apps) { row in
                (.app(row.text("id")), "\(row.text("label"))", Part.status(row.text("status")))
            }
            + section("Groups", groups, .groups) { row in
                (.group(row.text("id")), "\(row.text("name"))", "\(row.text("description"))")
            }
    }
}
