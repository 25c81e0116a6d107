/// Looks at the words of a question before a server sees it: one statement that selects from the documented views and what
/// itself defines, with functions that only compute. What is not known is refused.
struct QuestionGate {
    /// Why a question is not asked.
    enum Refusal: Error {
        case notUnderstood(String)
        case notAllowed(String)
    }

    private let words: [QuestionWord]
    /// Which words are names because of what stands before them, even if they read like keywords.
    private let labels: [Bool]
    private var frames = [Frame()]
    /// Where the text gives names to tables of its own, and the names.
    private let definitions: [Int: String]
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
        labels = Self.labels(words)
        definitions = Self.definitions(words, labels)
        own = Set(definitions.values)
    }

    /// A text that may be asked.
    struct Passed {
        /// The text up to its last word, without semicolons and comments behind it.
        let text: String
        /// The names behind a dot.
        let fields: Set<String>
        /// The names of the text's own tables.
        let own: Set<String>
    }

    /// Checks a text.
    static func check(_ sql: String) throws(Refusal) -> Passed {
        let words: [QuestionWord]
        let text: String
        do throws(QuestionWords.Refusal) {
            (words, text) = try QuestionWords.of(sql)
        } catch {
            throw .notUnderstood(error.reason)
        }
        guard let first = words.first else { throw .notUnderstood("there is no statement in it") }
        if words.contains(where: { $0.isSign(";") }) {
            throw .notUnderstood("only one statement can be asked at a time")
        }
        guard first.isSign("(") || ["select", "with", "values"].contains(first.word ?? "") else {
            throw .notAllowed("a question begins with SELECT, WITH or VALUES")
        }
        var gate = QuestionGate(words)
        // Such a name means the text's own table only within its WITH, and the stored one everywhere else.
        if let taken = gate.own.sorted().first(where: { views.contains($0) || ReadOnlyQuestion.tables.contains($0) }) {
            throw .notAllowed("\(taken) as a name in WITH")
        }
        for position in words.indices { try gate.look(at: position) }
        guard gate.frames.count == 1 else { throw .notUnderstood("a parenthesis does not end") }
        return Passed(text: text, fields: gate.fields, own: gate.own)
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
        if !labels[position] { follow(name, position) }
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
            if isComparison(position) || top.opener == .special { return }
            set {
                $0.isInFrom = true
                $0.wantsTable = true
            }
        case "join": set { $0.wantsTable = true }
        // `WITHIN GROUP` may stand in the condition of a join.
        case "group" where isKeyword("within", position - 1): break
        case "where", "group", "having", "window", "order", "limit", "offset", "fetch", "union", "intersect", "except":
            set { $0.isInFrom = false }
        default: break
        }
    }

    /// Behind a dot or an AS, every word is a name. Such a name can itself be `as`.
    private static func labels(_ words: [QuestionWord]) -> [Bool] {
        var labels = [Bool](repeating: false, count: words.count)
        for position in words.indices.dropFirst() {
            let before = words[position - 1]
            labels[position] = before.isSign(".") || before.word == "as" && !labels[position - 1]
        }
        return labels
    }

    private func isKeyword(_ word: String, _ position: Int) -> Bool {
        at(position)?.word == word && !labels[position]
    }

    /// Whether a FROM belongs to `IS [NOT] DISTINCT FROM`.
    private func isComparison(_ position: Int) -> Bool {
        guard isKeyword("distinct", position - 1) else { return false }
        return isKeyword("is", position - 2) || isKeyword("not", position - 2) && isKeyword("is", position - 3)
    }

    private func checkCall(_ name: String, _ isQuoted: Bool, _ position: Int) throws(Refusal) {
        if at(position - 1)?.isSign(".") ?? false { throw .notAllowed("\(name)()") }
        if !isQuoted, Self.functions.contains(name) || Self.beforeParenthesis.contains(name) { return }
        if !isQuoted, Self.types.contains(name) { return }
        // A table of the text's own with its columns: `name (a, b) AS (SELECT …`.
        if definitions[position] != nil { return }
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

    /// The names that the WITHs of the text define: the first behind the WITH, others behind the comma that follows the
    /// parenthesis of the one before.
    private static func definitions(_ words: [QuestionWord], _ labels: [Bool]) -> [Int: String] {
        var names: [Int: String] = [:]
        for with in words.indices where words[with].word == "with" && !labels[with] {
            var position = with + 1
            if definition(at: position, words) == nil, position < words.count, words[position].word == "recursive" {
                position += 1
            }
            while let (name, body) = definition(at: position, words) {
                names[position] = name
                guard let end = end(of: body, words), end + 1 < words.count, words[end + 1].isSign(",") else { break }
                position = end + 2
            }
        }
        return names
    }

    /// The name at a position if `[(columns)] AS [[NOT] MATERIALIZED] (SELECT …` follows, and where that parenthesis is.
    private static func definition(at position: Int, _ words: [QuestionWord]) -> (name: String, body: Int)? {
        func at(_ position: Int) -> QuestionWord? { words.indices.contains(position) ? words[position] : nil }
        guard let name = at(position)?.name else { return nil }
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
        return (name, next)
    }

    /// Where the parenthesis ends that begins at a position.
    private static func end(of opening: Int, _ words: [QuestionWord]) -> Int? {
        var depth = 0
        for position in words.indices[opening...] {
            if words[position].isSign("(") { depth += 1 }
            if words[position].isSign(")") { depth -= 1 }
            if depth == 0 { return position }
        }
        return nil
    }
}
