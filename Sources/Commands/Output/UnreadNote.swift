import Storage

/// What stands on standard error beside an answer that is built on something that was not read.
enum UnreadNote {
    static func print(_ unread: [Unread]) {
        for line in Unread.lines(unread) { Terminal.error(line + "\n") }
    }
}
