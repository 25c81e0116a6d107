/// When people sign in, and to what: the week's rhythm, the lunch dip, the quiet season, and apps that stay unused.
struct Usage {
    private let company: Company
    private let days: [Seconds]
    private let dayShares: [Double]

    /// Events an hour of the local day, from midnight; the working day with its lunch dip.
    private static let hours: [Double] = [
        0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 1, 4, 11, 14, 12, 9, 5, 8, 11, 10, 8, 5, 3, 2, 1.5, 1.2, 0.8, 0.5,
    ]
    private static let hourShares = cumulative(hours)

    init(_ company: Company) {
        self.company = company
        let first = company.windowStart / Calendar.day
        let last = company.origin / Calendar.day
        days = first <= last ? (first...last).map { $0 * Calendar.day } : [company.windowStart]
        dayShares = Self.cumulative(days.map(Self.weight))
    }

    /// How busy a day is: weekends are low, late December and August are quiet.
    static func weight(_ day: Seconds) -> Double {
        let week = [1.0, 1.08, 1.06, 1.02, 0.86, 0.12, 0.09][Calendar.weekday(day)]
        let date = Calendar.civil(days: Int(day / Calendar.day))
        if date.month == 12, date.day > 22 { return week * 0.25 }
        if date.month == 8 { return week * 0.75 }
        // A slow swell over the quarter, since nothing real is flat.
        return week * (1 + 0.08 * Double((Int(day / Calendar.day) % 28) - 14) / 14)
    }

    private static func cumulative(_ weights: [Double]) -> [Double] {
        var total = 0.0
        let sums = weights.map { weight -> Double in
            total += weight
            return total
        }
        return sums.map { $0 / max(total, .leastNormalMagnitude) }
    }

    private static func draw(_ shares: [Double], _ chance: inout Randomness) -> Int {
        let unit = chance.unit()
        var low = 0
        var high = shares.count - 1
        while low < high {
            let middle = (low + high) / 2
            if shares[middle] < unit { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func moment(_ location: Int, _ chance: inout Randomness) -> Seconds {
        let day = days[Self.draw(dayShares, &chance)]
        let local = Self.draw(Self.hourShares, &chance)
        let offset = Names.locations[location].offset
        return day + Seconds((local - offset + 24) % 24) * Calendar.hour + Seconds(chance.below(3_600))
    }

    /// Spends about `budget` events on sign-ins.
    func write(budget: Int, to events: inout [LogEvent]) {
        let each = max(Double(budget) / Double(max(company.people.count, 1)) / 0.86, 0.5)
        events.reserveCapacity(events.count + budget + budget / 8)
        let brokers = company.apps.indices.filter { company.apps[$0].kind == .broker && company.apps[$0].active }
        for (position, person) in company.people.enumerated() {
            guard person.activated != never, person.special != .provisioned, person.kind != .service,
                position != Cast.dormantSuperAdmin, person.deactivated > company.windowStart
            else { continue }
            var chance = Randomness(company.seed, .usage, position)
            let habits = habits(of: position, &chance)
            // Some hardly come, some come all the time; the average stays.
            let appetite = [0.15, 0.6, 0.9, 1.2, 2.15][chance.below(5)]
            for _ in 0..<chance.rounded(each * appetite) {
                signIn(position, person, habits, brokers, &chance, &events)
            }
        }
    }

    /// The assignments somebody really uses: an unpopular app is opened by few of those who have it.
    private func habits(of position: Int, _ chance: inout Randomness) -> [Int] {
        company.assignments.ofRight(position).filter { row in
            let app = company.apps[Int(company.assignments.rows[row].left)]
            return app.active && chance.chance(app.popularity)
        }
    }

    private func signIn(
        _ position: Int, _ person: Person, _ habits: [Int], _ brokers: [Int], _ chance: inout Randomness,
        _ events: inout [LogEvent]
    ) {
        let moment = moment(Int(person.location), &chance)
        guard moment > max(company.windowStart, person.activated + 1_800), moment < company.origin,
            moment < min(person.deactivated, person.specialSince)
        else { return }
        func add(_ type: EventType, _ offset: Seconds, _ object: Int, _ row: Int, _ succeeded: Bool) {
            events.append(
                LogEvent(
                    published: Int64(moment + offset) * 1_000 + Int64(chance.below(1_000)), actor: Int32(position),
                    subject: -1, object: Int32(object), assignment: Int32(row), type: type, succeeded: succeeded))
        }
        let draw = chance.unit()
        if draw < 0.1 || habits.isEmpty && brokers.isEmpty {
            if chance.chance(0.08) { return add(.sessionStart, 0, -1, -1, false) }
            add(.sessionStart, 0, -1, -1, true)
            if chance.chance(0.4), moment + 9 < min(company.origin, person.deactivated) {
                add(.mfaSignIn, 8, -1, -1, true)
            }
            return
        }
        if draw < 0.13 || habits.isEmpty, !brokers.isEmpty { return add(.sso, 0, chance.pick(brokers), -1, true) }
        guard !habits.isEmpty else { return }
        // The first habits are the strongest.
        let row = habits[min(chance.below(habits.count), chance.below(habits.count))]
        let link = company.assignments.rows[row]
        guard link.holds(at: moment) else { return }
        add(.sso, 0, Int(link.left), row, !chance.chance(0.02))
    }
}
