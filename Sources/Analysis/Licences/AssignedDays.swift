import DatabaseEngine
import Directory
import Storage

/// How many people had a licence at each midnight of a period: what a true-up by peak or mean counts.
struct AssignedDays {
    let connection: Connection
    let workspaceID: Int64
    let moment: Moment
    private static let day: Int64 = 86_400_000_000
    private typealias Stretch = (from: Int64, to: Int64)

    /// The days from the first of the period to the moment's, with `now` seats at the moment itself.
    func period(
        from begins: CalendarDay, app: Int64, _ selectors: [SeatSelector], others: [SeatSelector], now: Int
    ) throws -> Licence.AssignedPeriod {
        let last = CalendarDay(moment.time)
        let count = Int(max(1, last - begins + 1))
        var deltas = [Int](repeating: 0, count: count + 1)
        let has = try assigned(app)
        let isAll = selectors.contains(.all)
        let isRest = !isAll && selectors.contains(.rest)
        let mine = isAll ? [:] : try stretches(selectors)
        let taken = isRest ? try stretches(others) : [:]
        for (user, spans) in has {
            var days = [Bool](repeating: false, count: 0)
            if isAll {
                for span in spans { mark(span, begins, &deltas) }
                continue
            }
            days = [Bool](repeating: false, count: count)
            let held = mask(spans, begins, count)
            let chosen = mask(mine[user] ?? [], begins, count)
            let other = mask(taken[user] ?? [], begins, count)
            for day in 0..<count { days[day] = held[day] && (chosen[day] || isRest && !other[day]) }
            for day in 0..<count where days[day] {
                deltas[day] += 1
                deltas[day + 1] -= 1
            }
        }
        return sum(deltas, begins, count, now)
    }

    private func sum(_ deltas: [Int], _ begins: CalendarDay, _ count: Int, _ now: Int) -> Licence.AssignedPeriod {
        var running = 0
        var peak = now
        var all: Int64 = 0
        for day in 0..<count {
            running += deltas[day]
            peak = max(peak, running)
            all += Int64(running)
        }
        return Licence.AssignedPeriod(begins: begins, days: Int64(count), peak: peak, personDays: all)
    }

    /// The first and the end of the days whose midnight lies in a stretch.
    private func days(_ span: Stretch, _ begins: CalendarDay, _ count: Int) -> (Int, Int) {
        let first = (span.from + Self.day - 1) / Self.day - begins.rawValue
        let end = span.to == .max ? Int64(count) : (span.to + Self.day - 1) / Self.day - begins.rawValue
        return (Int(min(max(0, first), Int64(count))), Int(min(max(0, end), Int64(count))))
    }

    private func mark(_ span: Stretch, _ begins: CalendarDay, _ deltas: inout [Int]) {
        let (first, end) = days(span, begins, deltas.count - 1)
        guard first < end else { return }
        deltas[first] += 1
        deltas[end] -= 1
    }

    private func mask(_ spans: [Stretch], _ begins: CalendarDay, _ count: Int) -> [Bool] {
        var mask = [Bool](repeating: false, count: count)
        for span in spans {
            let (first, end) = days(span, begins, count)
            for day in first..<max(first, end) { mask[day] = true }
        }
        return mask
    }

    private func assigned(_ app: Int64) throws -> [Int64: [Stretch]] {
        try read(
            """
            SELECT a.user_key, a.valid_from, \(moment.asOf.end("a")) FROM assignments a
            WHERE a.workspace_id = $1 AND a.app_key = $2 AND \(moment.asOf.began("a"))
            """, [.integer(workspaceID), .integer(app)])
    }

    private func stretches(_ selectors: [SeatSelector]) throws -> [Int64: [Stretch]] {
        var all: [Int64: [Stretch]] = [:]
        for selector in selectors {
            let found: [Int64: [Stretch]]
            switch selector {
            case .all, .rest: continue
            case .group(let id):
                guard let key = try Objects.key(connection, workspaceID, oktaID: id) else { continue }
                found = try read(
                    """
                    SELECT m.user_key, m.valid_from, \(moment.asOf.end("m")) FROM memberships m
                    WHERE m.workspace_id = $1 AND m.group_key = $2 AND \(moment.asOf.began("m"))
                    """, [.integer(workspaceID), .integer(key)])
            case .attribute(let name, let value):
                guard SeatSelector.attributes.contains(name) else { continue }
                found = try read(
                    """
                    SELECT u.user_key, u.valid_from, \(moment.asOf.end("u")) FROM users u
                    WHERE u.workspace_id = $1 AND u.\(name) = $2 AND \(moment.asOf.began("u"))
                    """, [.integer(workspaceID), .text(value)])
            }
            all.merge(found) { $0 + $1 }
        }
        return all
    }

    private func read(_ sql: String, _ parameters: [Value]) throws -> [Int64: [Stretch]] {
        var found: [Int64: [Stretch]] = [:]
        try connection.each(sql, parameters) { row in
            found[row.integer(0), default: []].append((row.integer(1), row.optionalInteger(2) ?? .max))
            return true
        }
        return found
    }
}
