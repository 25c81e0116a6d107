/// Looks at the words of a question before a server sees it: one statement that selects from the documented views and what
/// itself defines, with functions that only compute. What is not known is refused.
struct QuestionGate {
    /// Why a question is not asked.
    enum Refusal: Error {
        case notUnderstood(String)
        case notAllowed(String)
    }

    private let words: [QuestionWord]
    private var frames = [Frame()]
    /// Names that the text gives to its own tables.
    private let own: Set<String>
    /// Names behind a dot: columns, if they are no functions.
    private(set) var fields: Set<String> = []

    /// What is between two parentheses.
    private struct Frame {
        enum Opener {
            case plain
            case cast
            /// `extract`, `substring`, `trim`, `overlay`: their FROM begins no list of tables.
            case special
        }

        var opener = Opener.plain
        var isInFrom = false
        /// The next word names a table, or begins one in parentheses.
        var wantsTable = false
    }

    /// The views that can be asked.
    static let views: Set<String> = [
        "v_users", "v_groups", "v_apps", "v_assignments", "v_memberships", "v_roles", "v_usage_daily", "v_departments",
    ]

    private init(_ words: [QuestionWord]) {
        self.words = words
        own = Self.definitions(words)
    }

    /// Checks a text.
    ///
    /// - Returns: the names behind a dot.
    static func check(_ sql: String) throws(Refusal) -> Set<String> {
        var words: [QuestionWord]
        do throws(QuestionWords.Refusal) {
            words = try QuestionWords.of(sql)
        } catch {
            throw .notUnderstood(error.reason)
        }
        while let last = words.last, last.isSign(";") { words.removeLast() }
        guard let first = words.first else { throw .notUnderstood("there is no statement in it") }
        if words.contains(where: { $0.isSign(";") }) {
            throw .notUnderstood("only one statement can be asked at a time")
        }
        guard first.isSign("(") || ["select", "with", "values"].contains(first.word ?? "") else {
            throw .notAllowed("a question begins with SELECT, WITH or VALUES")
        }
        var gate = QuestionGate(words)
        for position in words.indices { try gate.look(at: position) }
        guard gate.frames.count == 1 else { throw .notUnderstood("a parenthesis does not end") }
        return gate.fields
    }

    private func at(_ position: Int) -> QuestionWord? { words.indices.contains(position) ? words[position] : nil }
    private var top: Frame { frames.last ?? Frame() }

    private mutating func set(_ change: (inout Frame) -> Void) {
        guard var frame = frames.popLast() else { return }
        change(&frame)
        frames.append(frame)
    }

    private mutating func look(at position: Int) throws(Refusal) {
        switch words[position] {
        case .text: try checkText(position)
        case .number: set { $0.wantsTable = false }
        case .sign(let sign): try look(at: sign, position)
        case .name(let name, let isQuoted): try look(at: name, isQuoted, position)
        }
    }

    private mutating func look(at sign: String, _ position: Int) throws(Refusal) {
        switch sign {
        case "(": open(position)
        case ")":
            frames.removeLast()
            if frames.isEmpty { throw .notUnderstood("a parenthesis ends that did not begin") }
            // `(text).function` would call a function.
            if at(position + 1)?.isSign(".") ?? false { throw .notAllowed("a dot after a parenthesis") }
        case "]": if at(position + 1)?.isSign(".") ?? false { throw .notAllowed("a dot after a bracket") }
        case ",": if top.isInFrom { set { $0.wantsTable = true } }
        case "::": try checkType(position + 1)
        default: break
        }
    }

    private mutating func open(_ position: Int) {
        let before = at(position - 1)
        var frame = Frame()
        if before?.word == "cast" { frame.opener = .cast }
        if ["extract", "substring", "trim", "overlay"].contains(before?.word ?? "") { frame.opener = .special }
        if top.wantsTable {
            frame.wantsTable = true
            set {
                $0.wantsTable = false
                $0.isInFrom = true
            }
        }
        frames.append(frame)
    }

    private mutating func look(at name: String, _ isQuoted: Bool, _ position: Int) throws(Refusal) {
        if ["pg_", "lo_", "dblink"].contains(where: name.hasPrefix) || name == "information_schema" {
            throw .notAllowed(name)
        }
        let next = at(position + 1)
        if !isQuoted, Self.refused.contains(name) { throw .notAllowed(name.uppercased()) }
        if at(position - 1)?.isSign(".") ?? false { fields.insert(name) }
        if next?.isSign("(") ?? false { try checkCall(name, isQuoted, position) }
        if next == .text, isQuoted || !(Self.types.contains(name) || Self.beforeText.contains(name)) {
            throw .notAllowed("\(name) before a text")
        }
        if top.wantsTable { return try table(name, isQuoted, position) }
        if isQuoted { return }
        follow(name, position)
        if name == "as", top.opener == .cast { try checkType(position + 1) }
    }

    /// A name where a table must stand.
    private mutating func table(_ name: String, _ isQuoted: Bool, _ position: Int) throws(Refusal) {
        if !isQuoted, name == "lateral" { return }
        set { $0.wantsTable = false }
        if !isQuoted, ["select", "with", "values"].contains(name) { return }
        guard Self.views.contains(name) || own.contains(name) else { throw .notAllowed(name) }
        if at(position + 1)?.isSign(".") ?? false { throw .notAllowed("a schema before a name") }
        set { $0.isInFrom = true }
    }

    private mutating func follow(_ word: String, _ position: Int) {
        switch word {
        case "from":
            let isComparison =
                at(position - 1)?.word == "distinct" && ["is", "not"].contains(at(position - 2)?.word ?? "")
            if isComparison || top.opener == .special { return }
            set {
                $0.isInFrom = true
                $0.wantsTable = true
            }
        case "join": set { $0.wantsTable = true }
        case "where", "group", "having", "window", "order", "limit", "offset", "fetch", "union", "intersect", "except":
            set { $0.isInFrom = false }
        default: break
        }
    }

    private func checkCall(_ name: String, _ isQuoted: Bool, _ position: Int) throws(Refusal) {
        if at(position - 1)?.isSign(".") ?? false { throw .notAllowed("\(name)()") }
        if !isQuoted, Self.functions.contains(name) || Self.beforeParenthesis.contains(name) { return }
        if !isQuoted, Self.types.contains(name) { return }
        // A table of the text's own with its columns: `name (a, b) AS (SELECT …`.
        if Self.definition(at: position, words) != nil { return }
        throw .notAllowed("\(name)()")
    }

    private func checkText(_ position: Int) throws(Refusal) {
        if top.wantsTable { throw .notAllowed("a text in place of a table") }
    }

    private func checkType(_ position: Int) throws(Refusal) {
        guard let type = at(position)?.word, Self.types.contains(type), !(at(position + 1)?.isSign(".") ?? false) else {
            throw .notAllowed("this type")
        }
    }

    /// The names that a WITH of the text defines.
    private static func definitions(_ words: [QuestionWord]) -> Set<String> {
        Set(words.indices.compactMap { definition(at: $0, words) })
    }

    /// The name at a position if `[(columns)] AS [[NOT] MATERIALIZED] (SELECT …` follows and a WITH or comma precedes.
    private static func definition(at position: Int, _ words: [QuestionWord]) -> String? {
        func at(_ position: Int) -> QuestionWord? { words.indices.contains(position) ? words[position] : nil }
        guard let name = at(position)?.name, let before = at(position - 1),
            before.isSign(",") || before.word == "with" || before.word == "recursive"
        else { return nil }
        var next = position + 1
        if at(next)?.isSign("(") ?? false {
            next += 1
            while at(next)?.name != nil, at(next + 1)?.isSign(",") ?? false { next += 2 }
            guard at(next)?.name != nil, at(next + 1)?.isSign(")") ?? false else { return nil }
            next += 2
        }
        guard at(next)?.word == "as" else { return nil }
        next += 1
        if at(next)?.word == "not" { next += 1 }
        if at(next)?.word == "materialized" { next += 1 }
        guard at(next)?.isSign("(") ?? false, ["select", "with", "values"].contains(at(next + 1)?.word ?? "") else {
            return nil
        }
        return name
    }
}
