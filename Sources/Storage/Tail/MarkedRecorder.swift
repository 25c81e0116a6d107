public import Directory

/// Records a list that was read again because of marks, and lets go of them with its last page.
public struct MarkedRecorder<Base: PageRecorder>: PageRecorder {
    private let base: Base
    private let marks: [LogMark]
    private let now: @Sendable () -> Timestamp

    /// A recorder of a list, for the marks that it answers; `now` tells how long they took.
    public init(_ base: Base, answering marks: [LogMark], now: @escaping @Sendable () -> Timestamp) {
        self.base = base
        self.marks = marks
        self.now = now
    }

    /// As the list's own recorder says.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool {
        try base.hasRows(writer, listing)
    }

    /// Writes one page.
    public func record(_ items: [Base.Item], _ writer: RunWriter, _ listing: inout ListingState) throws {
        try base.record(items, writer, &listing)
    }

    /// Closes what is gone. What would be too much at once is left to the next full sync, which asks a person.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {
        try base.complete(writer, &listing)
    }

    /// Keeps the list's count, and lets go of the marks.
    public func count(_ writer: RunWriter, _ listing: ListingState) throws {
        try base.count(writer, listing)
        try writer.tellPassed(marks)
        try writer.answered(marks, at: now())
    }
}

/// Records one user, group, app or assignment that was read by itself. Others are not judged by its list.
public struct OneObjectRecorder<Item: Sendable>: PageRecorder {
    private let write: @Sendable (Item, RunWriter) throws -> Void

    /// What is written is always compared with what the store holds.
    public func hasRows(_ writer: RunWriter, _ listing: ListingState) throws -> Bool { true }

    /// Writes the object.
    public func record(_ items: [Item], _ writer: RunWriter, _ listing: inout ListingState) throws {
        for item in items { try write(item, writer) }
    }

    /// Nothing else is closed by it.
    public func complete(_ writer: RunWriter, _ listing: inout ListingState) throws {}
}

extension OneObjectRecorder where Item == User {
    /// One user.
    public static var user: OneObjectRecorder {
        OneObjectRecorder { user, writer in
            writer.count("users", seen: 1)
            try UserRecorder.record(user, writer)
        }
    }
}

extension OneObjectRecorder where Item == Group {
    /// One group.
    public static var group: OneObjectRecorder {
        OneObjectRecorder { group, writer in
            writer.count("groups", seen: 1)
            try GroupRecorder.record(group, writer)
        }
    }
}

extension OneObjectRecorder where Item == App {
    /// One app.
    public static var app: OneObjectRecorder {
        OneObjectRecorder { app, writer in
            writer.count("apps", seen: 1)
            try AppRecorder.record(app, writer)
        }
    }
}

extension OneObjectRecorder where Item == AppAssignment {
    /// One person's assignment to an app.
    public static func assignment(app: Int64, user: Int64) -> OneObjectRecorder {
        OneObjectRecorder { item, writer in
            writer.count("assignments", seen: 1)
            if try AssignmentRecorder.record(item, user: user, app: app, writer) {
                writer.recount("assignments", app)
            }
        }
    }
}
