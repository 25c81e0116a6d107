import CLibPQ

/// The rows of one question as they come in, one result of the server at a time.
final class ServerCursor {
    private unowned let link: ServerLink
    private let sql: String
    private var current: OpaquePointer?
    private var row: Int32 = 0
    /// Results that were taken off the connection because another statement needed it.
    private var kept: ArraySlice<OpaquePointer> = []
    private var isDone = false

    init(_ link: ServerLink, sql: String) {
        self.link = link
        self.sql = sql
    }

    deinit {
        PQclear(current)
        for result in kept { PQclear(result) }
    }

    /// The next row, valid until the one after it is asked for.
    func next() throws -> Row? {
        while true {
            if let current, row < PQntuples(current) {
                row += 1
                return Row(current, row: row - 1)
            }
            PQclear(current)
            current = nil
            row = 0
            if let result = kept.popFirst() {
                current = result
            } else if !isDone {
                current = try fetch()
            }
            if current == nil { return nil }
        }
    }

    /// Takes the rest off the connection, so that other answers can be read.
    func keepRest() throws {
        while !isDone {
            if let result = try fetch() { kept.append(result) }
        }
    }

    /// Lets the rest go.
    func finish() {
        while !isDone {
            // What went wrong here fails the transaction as a whole.
            guard let result = try? fetch() else { break }
            PQclear(result)
        }
    }

    private func fetch() throws -> OpaquePointer? {
        do {
            if let result = try link.nextResult(sql) { return result }
            isDone = true
            return nil
        } catch {
            isDone = true
            throw error
        }
    }
}
