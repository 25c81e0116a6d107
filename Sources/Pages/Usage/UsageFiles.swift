import Accounts
import Analysis
import Hummingbird
import Problems
import Storage
import WebSupport

extension PagesApplication {
    /// The lists of usage as files: exactly what is filtered. The apps of one person are asked for by `user_id`.
    var usageFileRoutes: [Route] {
        let files: [(noun: String, title: String)] = [
            ("usage-apps", "Usage of apps"), ("usage-departments", "Usage of departments"),
            ("usage-months", "Usage by month"), ("usage-person", "Usage of a person"),
        ]
        return files.flatMap { noun, title in
            ["csv", "json"].map { format in
                Route(RouteRule(.get, "/\(noun).\(format)", .signedIn, "\(title) as \(format.uppercased())")) {
                    request in
                    let visit = try await visit(request)
                    let list = try await usageList(noun, request, visit)
                    let asked = try ListState(request.query, list, hasSubject: true).request
                    try await audit.record(
                        actor: request.session?.name ?? "", action: "export", subject: noun,
                        detail: request.query.encoded.isEmpty ? nil : request.query.encoded)
                    return stream(list, asked, format, named: noun)
                }
            }
        }
    }

    private func usageList(_ noun: String, _ request: WebRequest, _ visit: Visit) async throws(Problem)
        -> ListDefinition
    {
        switch noun {
        case "usage-departments":
            return try await lists.list(.usageOfDepartments(visit.moment), store, visit.moment)
        case "usage-months": return try await lists.list(.usageOfMonths(visit.moment), store, visit.moment)
        case "usage-person":
            let ids = request.query.all("where").compactMap { text in
                text.hasPrefix("user_id=") ? String(text.dropFirst("user_id=".count)) : nil
            }
            guard let id = ids.first else { throw Self.noPerson }
            return .usage(ofPerson: try await store.user(id, visit.moment).key, visit.moment)
        default: return try await lists.list(.usageOfApps(visit.moment), store, visit.moment)
        }
    }

    private static let noPerson = Problem(
        id: "usage.person.missing", kind: .usage, title: "Whose usage is asked for is not said",
        remedy: "Add where=user_id=ID to the address, or export it from the person's page.")
}
