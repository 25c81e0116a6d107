import DatabaseEngine

extension RunWriter {
    /// Lets a server tell at once the keys of all objects that a page is about; the file is as fast one by one.
    func expect<IDs: Sequence<String>>(_ oktaIDs: @autoclosure () -> IDs) throws {
        if connection.dialect == .sqlite { return }
        let unknown = Set(oktaIDs()).filter { known[$0] == nil && fresh[$0] == nil }
        try findKey.readAhead(
            unknown.map { [.integer(context.workspaceID), .integer(context.integrationID), .text($0)] })
    }
}

extension ListingState {
    /// For each object of a page that was not seen yet: the workspace, the subject of the list, and the object.
    func questions(_ writer: RunWriter, _ keys: [Int64]) -> [[Value]] {
        keys.filter { !seen.contains($0) }.map {
            [.integer(writer.context.workspaceID), .integer(subject), .integer($0)]
        }
    }
}

extension ObjectTable {
    /// Lets a server tell at once what is held of all objects of a page. Forget it when they are recorded.
    func expect(_ keys: [Int64], _ writer: RunWriter) throws -> Statement {
        let select = try writer.connection.prepare(selectOpen)
        try select.readAhead(keys.map { [.integer(writer.context.workspaceID), .integer($0)] })
        return select
    }
}
