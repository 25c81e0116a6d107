import DatabaseEngine
public import Problems

extension Store {
    /// One page of a list.
    public func list(_ list: ListDefinition, _ request: ListRequest) async throws(Problem) -> ListPage {
        let plan = try ListPlan(list, request)
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try plan.page(connection, workspaceID: workspaceID, counting: true)
        }
    }

    /// One batch of a list without counting the rest: for files, which go on by `next` to the end.
    public func page(_ list: ListDefinition, _ request: ListRequest) async throws(Problem) -> ListPage {
        let plan = try ListPlan(list, request)
        let workspaceID = workspaceID
        return try await engine.read { connection in
            try plan.page(connection, workspaceID: workspaceID, counting: false)
        }
    }

    /// Every row of a list in order, a batch at a time: memory stays the same however long the list is.
    public func each(
        _ list: ListDefinition, _ request: ListRequest, batch: Int = 2000,
        _ body: ([ListRow]) async throws -> Void
    ) async throws {
        var request = request
        request.limit = batch
        repeat {
            let page = try await page(list, request)
            if !page.rows.isEmpty { try await body(page.rows) }
            request.cursor = page.next
        } while request.cursor != nil
    }

    /// How many rows a list has under these filters.
    public func count(_ list: ListDefinition, _ request: ListRequest = ListRequest()) async throws(Problem) -> Int {
        let plan = try ListPlan(list, request)
        let workspaceID = workspaceID
        return try await engine.read { connection in try plan.total(connection, workspaceID: workspaceID) }
    }

    /// How the database would find a page: for tests that no big table is walked.
    public func explain(_ list: ListDefinition, _ request: ListRequest) async throws(Problem) -> [String] {
        let plan = try ListPlan(list, request)
        let workspaceID = workspaceID
        return try await engine.read { connection in try plan.explain(connection, workspaceID: workspaceID) }
    }
}
