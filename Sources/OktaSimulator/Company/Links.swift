/// One fact with a beginning and an end: a membership (group, person) or an assignment (app, person, by way of a group).
struct Link: Sendable {
    var left: Int32
    var right: Int32
    /// The group that gave an assignment; -1 when it was given directly.
    var via: Int32
    var from: Seconds
    var to: Seconds

    func holds(at moment: Seconds) -> Bool { from <= moment && moment < to }
}

/// Facts of one kind, found from either side. Those of the beginning are sorted; later ones wait at the end.
struct Links: Sendable {
    private(set) var rows: [Link]
    private let leftStarts: [Int32]
    private let rightStarts: [Int32]
    private let rightOrder: [Int32]
    private var lateLefts: [Int32: [Int]] = [:]
    private var lateRights: [Int32: [Int]] = [:]

    /// Sorts by the left side, keeping the order given within it.
    init(_ unsorted: [Link], lefts: Int, rights: Int) {
        var starts = [Int32](repeating: 0, count: lefts + 1)
        for link in unsorted { starts[Int(link.left) + 1] += 1 }
        for index in 0..<lefts { starts[index + 1] += starts[index] }
        leftStarts = starts
        var rows = [Link](repeating: Link(left: 0, right: 0, via: -1, from: 0, to: 0), count: unsorted.count)
        for link in unsorted {
            rows[Int(starts[Int(link.left)])] = link
            starts[Int(link.left)] += 1
        }
        var others = [Int32](repeating: 0, count: rights + 1)
        for link in rows { others[Int(link.right) + 1] += 1 }
        for index in 0..<rights { others[index + 1] += others[index] }
        rightStarts = others
        var order = [Int32](repeating: 0, count: rows.count)
        for (position, link) in rows.enumerated() {
            order[Int(others[Int(link.right)])] = Int32(position)
            others[Int(link.right)] += 1
        }
        rightOrder = order
        self.rows = rows
    }

    /// The positions of the facts about `left` that pass, in order; an answer's cursor is such a position.
    func ofLeft(
        _ left: Int, after position: Int = -1, limit: Int = .max, where passes: (Link) -> Bool = { _ in true }
    ) -> [Int] {
        var found: [Int] = []
        if left + 1 < leftStarts.count {
            var row = max(Int(leftStarts[left]), position + 1)
            let end = Int(leftStarts[left + 1])
            while row < end, found.count < limit {
                if passes(rows[row]) { found.append(row) }
                row += 1
            }
        }
        for late in lateLefts[Int32(left)] ?? [] where late > position {
            guard found.count < limit else { break }
            if passes(rows[late]) { found.append(late) }
        }
        return found
    }

    func ofRight(_ right: Int) -> [Int] {
        var found: [Int] = []
        if right + 1 < rightStarts.count {
            found = rightOrder[Int(rightStarts[right])..<Int(rightStarts[right + 1])].map(Int.init)
        }
        found += lateRights[Int32(right)] ?? []
        return found
    }

    mutating func append(_ link: Link) {
        lateLefts[link.left, default: []].append(rows.count)
        lateRights[link.right, default: []].append(rows.count)
        rows.append(link)
    }

    mutating func end(_ position: Int, at moment: Seconds) { rows[position].to = moment }
}
