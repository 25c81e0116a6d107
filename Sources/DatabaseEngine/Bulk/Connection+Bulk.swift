extension Connection {
    /// Gives out all rows of a table in batches, in the order of its primary key, as `load` takes them. Memory stays flat.
    public func unload(_ table: TableShape, _ body: ([UInt8]) throws -> Void) throws {
        switch lent {
        case .server(let link): try link.copyOut(table.ordered, body)
        case .file:
            var rows = BulkRows()
            try each(table.ordered) { row in
                try rows.add(row, of: table)
                if rows.isFull {
                    try body(rows.bytes)
                    rows.clear()
                }
                return true
            }
            if !rows.bytes.isEmpty { try body(rows.bytes) }
        }
    }

    /// Fills a table with the batches that `next` gives until it gives nil: by COPY where there is a server.
    ///
    /// - Returns: how many rows were added.
    public func load(_ table: TableShape, _ next: () throws -> [UInt8]?) throws -> Int64 {
        switch lent {
        case .server(let link):
            return try link.copyIn("COPY \(table.name) (\(table.columnList)) FROM STDIN (FORMAT binary)", next)
        case .file:
            let places = (1...table.columns.count).map { "$\($0)" }.joined(separator: ", ")
            let insert = try prepare("INSERT INTO \(table.name) (\(table.columnList)) VALUES (\(places))")
            var count: Int64 = 0
            while let batch = try next() {
                try BulkRows.each(in: batch, of: table, bindTo: insert) {
                    try insert.run()
                    count += 1
                }
            }
            return count
        }
    }
}
