import Directory
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var accessPathRoutes: [Route] {
        [
            Route(RouteRule(.get, "/users/:id/apps/:app", .signedIn, "How a person has an app")) { request in
                try await accessPath(request)
            }
        ]
    }

    private func accessPath(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let person = try await store.historySubject("user", request.part("id"), at: [visit.moment.time])
        let app = try await store.historySubject("app", request.part("app"), at: [visit.moment.time])
        guard case .user(let userKey) = person.subject, case .app(let appKey) = app.subject else {
            throw WebProblem.noPage
        }
        let detail = try await store.accessPath(user: userKey, app: appKey, visit.moment)
        let ends = AccessPicture(person: person, app: app, detail: detail)
        let unread = try await store.unread([.assignments, .memberships, .appGroups], visit.moment)
        let body: HTML =
            if detail.link != nil || !detail.steps.isEmpty {
                Part.section("The path", ends.draw() + ends.words(visit))
            } else if unread.hides(.assignments) {
                Part.empty("Not evaluated", "Nobody can tell whether \(person.name) has \(app.name).")
            } else {
                Part.empty(
                    "\(person.name) does not have \(app.name)",
                    "Neither directly nor through a group, at this date.")
            }
        let compare = visit.to(.changes.with([("user", person.id)]))
        return try await page(
            visit, .users,
            PageContent(
                title: "\(person.name) and \(app.name)",
                sentence: ends.sentence(visit), crumb: (person.name, visit.to(.user(person.id))),
                action: """
                    <a class="button" href="\(compare)">What changed</a> \
                    <a class="button" href="\(visit.to(.app(app.id)))">Open the app</a>
                    """, body: Part.unread(unread, visit) + body))
    }
}
