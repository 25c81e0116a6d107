public import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

/// What somebody wants to note about items of a case.
public struct ItemChange: Sendable, Equatable {
    /// What becomes of the items.
    public enum Action: String, Sendable, CaseIterable {
        /// They stay as they are.
        case save
        /// They are done.
        case close
        /// They are not done after all.
        case reopen
    }

    /// What becomes of the items.
    public var action: Action
    /// Who is to do it; empty: as before.
    public var owner: String
    /// By which day; nil: as before.
    public var dueOn: Int32?
    /// A note; empty: as before.
    public var note: String
    /// How it is known to be done: words or a link; empty: as before.
    public var evidence: String

    /// A change; see the properties.
    public init(_ action: Action, owner: String = "", dueOn: Int32? = nil, note: String = "", evidence: String = "") {
        self.action = action
        self.owner = owner
        self.dueOn = dueOn
        self.note = note
        self.evidence = evidence
    }

    /// The most characters of a note or a piece of evidence.
    public static let mostText = 2000
    /// The most characters of an owner's name.
    public static let mostName = 200

    /// - Throws: `offboarding.text.tooLong`, `offboarding.close.unexplained`, `offboarding.change.empty`.
    func checked() throws(Problem) {
        guard note.count <= Self.mostText, evidence.count <= Self.mostText, owner.count <= Self.mostName else {
            throw OffboardingProblem.tooLong
        }
        if action == .close, note.isEmpty, evidence.isEmpty { throw OffboardingProblem.unexplained }
        if action == .save, note.isEmpty, evidence.isEmpty, owner.isEmpty, dueOn == nil {
            throw OffboardingProblem.empty
        }
    }

    var words: String {
        [
            owner.isEmpty ? nil : "owner \(owner)", dueOn.map { "due \(Timestamp(day: $0).date)" },
            note.isEmpty ? nil : "note: \(note)", evidence.isEmpty ? nil : "evidence: \(evidence)",
        ].compactMap(\.self).joined(separator: "; ")
    }
}

extension Store {
    /// Notes what somebody decided about some items of a leaver's case.
    ///
    /// - Throws: `offboarding.items.none`, `offboarding.item.unknown`, and those of a change that does not hold.
    public func settle(
        _ keys: [LeaverItem.Key], of leaver: OffboardingCase, _ change: ItemChange, actor: String, now: Timestamp
    ) async throws(Problem) {
        try change.checked()
        guard !keys.isEmpty else { throw OffboardingProblem.noItems }
        let known = Dictionary(
            leaver.items.map { ($0.item.key, $0.item.label) }, uniquingKeysWith: { first, _ in first })
        var named: [(key: LeaverItem.Key, label: String)] = []
        for key in keys {
            guard let label = known[key] else { throw OffboardingProblem.unknownItem }
            named.append((key, label))
        }
        let (chosen, person, workspaceID) = (named, leaver.facts.person, workspaceID)
        try await write { connection in
            let notebook = OffboardingNotebook(connection, workspaceID, person, actor: actor, now: now)
            try notebook.touch(manual: false)
            for (key, label) in chosen {
                try notebook.write(key, label, change)
                try notebook.note(change.action.rawValue, key, label, change.words)
            }
            try AuditNote(
                actor: actor, action: "offboarding.\(change.action.rawValue)", subject: person.login,
                detail: "\(chosen.count) items: \(chosen.prefix(20).map(\.label).joined(separator: ", "))"
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Opens a case by hand, for somebody whom neither Okta nor the roster has let go.
    public func openOffboarding(_ userID: String, actor: String, now: Timestamp) async throws(Problem) {
        let moment = Moment(now: now)
        guard let facts = try await leaver(userID, moment, opened: now) else { throw OffboardingProblem.unknownItem }
        let (person, workspaceID) = (facts.person, workspaceID)
        try await write { connection in
            let notebook = OffboardingNotebook(connection, workspaceID, person, actor: actor, now: now)
            try notebook.touch(manual: true)
            try notebook.note("open", nil, nil, "")
            try AuditNote(actor: actor, action: "offboarding.open", subject: person.login).write(
                on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Notes who looks after a case and by when, closes it as it is, or opens it again.
    ///
    /// - Throws: `offboarding.close.unexplained` when it is closed with open items and without a reason.
    public func settleCase(
        _ leaver: OffboardingCase, _ change: ItemChange, actor: String, now: Timestamp
    ) async throws(Problem) {
        if change.action != .close || leaver.openItems > 0 { try change.checked() }
        let (person, open, csv, workspaceID) = (leaver.facts.person, leaver.openItems, leaver.csv, workspaceID)
        try await write { connection in
            let notebook = OffboardingNotebook(connection, workspaceID, person, actor: actor, now: now)
            try notebook.touch(manual: false)
            try notebook.writeCase(change, open: open, record: csv)
            let action = change.action == .save ? "save" : "\(change.action.rawValue)-case"
            let left = change.action == .close && open > 0 ? "\(open) items left open; " : ""
            try notebook.note(action, nil, nil, left + change.words)
            try AuditNote(
                actor: actor, action: "offboarding.\(action)", subject: person.login, detail: left + change.words
            ).write(on: connection, workspaceID: workspaceID, at: now)
        }
    }

    /// Sets the hours that are allowed from the end to the last removal.
    ///
    /// - Throws: `offboarding.sla.invalid`.
    public func setOffboardingSLA(hours: Int, actor: String, now: Timestamp) async throws(Problem) {
        guard (1...8760).contains(hours) else { throw OffboardingProblem.badSLA }
        let workspaceID = workspaceID
        try await write { connection in
            try connection.execute(
                """
                INSERT INTO offboarding_settings (workspace_id, sla_hours, changed_at, changed_by) VALUES ($1, $2, $3, $4)
                ON CONFLICT (workspace_id) DO UPDATE SET sla_hours = excluded.sla_hours,
                    changed_at = excluded.changed_at, changed_by = excluded.changed_by
                """, [.integer(workspaceID), .integer(Int64(hours)), .integer(now.rawValue), .text(actor)])
            try AuditNote(actor: actor, action: "offboarding.sla", detail: "\(hours) hours").write(
                on: connection, workspaceID: workspaceID, at: now)
        }
    }
}

/// Writes what is decided about one person's case, inside one transaction.
struct OffboardingNotebook {
    let connection: Connection
    let workspaceID: Int64
    let person: LeaverPerson
    let actor: String
    let now: Timestamp

    init(
        _ connection: Connection, _ workspaceID: Int64, _ person: LeaverPerson, actor: String, now: Timestamp
    ) {
        self.connection = connection
        self.workspaceID = workspaceID
        self.person = person
        self.actor = actor
        self.now = now
    }

    private var subject: [Value] { [.integer(workspaceID), .text(person.id)] }

    /// Makes the case's row when it has none yet.
    func touch(manual: Bool) throws {
        try connection.execute(
            """
            INSERT INTO offboarding_cases (workspace_id, user_id, login, name, opened_at, opened_by, is_manual)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (workspace_id, user_id) DO UPDATE SET
                is_manual = CASE WHEN excluded.is_manual = 1 THEN 1 ELSE offboarding_cases.is_manual END,
                opened_at = CASE WHEN excluded.is_manual = 1 THEN excluded.opened_at
                    ELSE offboarding_cases.opened_at END,
                closed_at = CASE WHEN excluded.is_manual = 1 THEN NULL ELSE offboarding_cases.closed_at END
            """,
            subject + [
                .text(person.login), .text(person.name), .integer(now.rawValue), .text(actor), .flag(manual),
            ])
    }

    func write(_ key: LeaverItem.Key, _ label: String, _ change: ItemChange) throws {
        let isClosing = change.action == .close
        let closed =
            isClosing ? "excluded.closed_at" : change.action == .reopen ? "NULL" : "offboarding_items.closed_at"
        let by = isClosing ? "excluded.closed_by" : change.action == .reopen ? "NULL" : "offboarding_items.closed_by"
        try connection.execute(
            """
            INSERT INTO offboarding_items (workspace_id, user_id, kind, subject_id, label, owner, due_on, note, evidence,
                closed_at, closed_by, changed_at, changed_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (workspace_id, user_id, kind, subject_id) DO UPDATE SET label = excluded.label,
                owner = coalesce(excluded.owner, offboarding_items.owner),
                due_on = coalesce(excluded.due_on, offboarding_items.due_on),
                note = coalesce(excluded.note, offboarding_items.note),
                evidence = coalesce(excluded.evidence, offboarding_items.evidence),
                closed_at = \(closed), closed_by = \(by), changed_at = excluded.changed_at,
                changed_by = excluded.changed_by
            """,
            subject + [
                .text(key.kind.rawValue), .text(key.id), .text(label), Self.text(change.owner),
                .optional(change.dueOn.map(Int64.init)), Self.text(change.note), Self.text(change.evidence),
                isClosing ? .integer(now.rawValue) : .null, isClosing ? .text(actor) : .null, .integer(now.rawValue),
                .text(actor),
            ])
    }

    func writeCase(_ change: ItemChange, open: Int, record: String) throws {
        try connection.execute(
            """
            UPDATE offboarding_cases SET owner = coalesce($3, owner), due_on = coalesce($4, due_on),
                note = coalesce($5, note) WHERE workspace_id = $1 AND user_id = $2
            """, subject + [Self.text(change.owner), .optional(change.dueOn.map(Int64.init)), Self.text(change.note)])
        guard change.action != .save else { return }
        let isClosing = change.action == .close
        try connection.execute(
            """
            UPDATE offboarding_cases SET closed_at = $3, closed_by = $4, closed_open = $5,
                record = coalesce($6, record) WHERE workspace_id = $1 AND user_id = $2
            """,
            subject + [
                isClosing ? .integer(now.rawValue) : .null, isClosing ? .text(actor) : .null,
                isClosing ? .integer(Int64(open)) : .null, isClosing ? .text(record) : .null,
            ])
    }

    func note(_ action: String, _ key: LeaverItem.Key?, _ label: String?, _ detail: String) throws {
        try connection.execute(
            """
            INSERT INTO offboarding_events (workspace_id, user_id, position, happened_at, actor, action, kind, subject_id,
                label, detail)
            SELECT $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM offboarding_events
            WHERE workspace_id = $1 AND user_id = $2
            """,
            subject + [
                .integer(now.rawValue), .text(actor), .text(action), .optional(key?.kind.rawValue), .optional(key?.id),
                .optional(label), Self.text(detail),
            ])
    }

    private static func text(_ text: String) -> Value { text.isEmpty ? .null : .text(text) }
}
