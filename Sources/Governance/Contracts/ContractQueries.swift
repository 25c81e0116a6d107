import Analysis
import DatabaseEngine
public import Directory
public import Problems
public import Storage

extension Store {
    /// All contracts with their lines, by vendor and title; or those alone that are in force on a day.
    public func contracts(on day: CalendarDay? = nil) async throws(Problem) -> [Contract] {
        let workspaceID = workspaceID
        let all = try await engine.read { connection in try ContractQueries.all(connection, workspaceID, nil) }
        guard let day else { return all }
        return all.filter { $0.startsOn <= day && ($0.endsOn.map { day < $0 } ?? true) }
    }

    /// The contract of a number.
    ///
    /// - Throws: `contract.unknown`.
    public func contract(_ id: Int64) async throws(Problem) -> Contract {
        let workspaceID = workspaceID
        let found = try await engine.read { connection in try ContractQueries.all(connection, workspaceID, id).first }
        guard let found else { throw ContractProblem.unknown(id) }
        return found
    }
}

enum ContractQueries {
    static func all(_ connection: Connection, _ workspaceID: Int64, _ id: Int64?) throws -> [Contract] {
        let only = id == nil ? "" : " AND x.contract_id = $2"
        let subject: [Value] = [.integer(workspaceID)] + (id.map { [.integer($0)] } ?? [])
        var lines: [Int64: [ContractLine]] = [:]
        try connection.each(
            """
            SELECT x.contract_id, x.line_id, x.product, x.kind, x.app_id, x.selector, x.selector_name,
                x.selector_value, x.seats, x.unit_price, x.price_period, x.amount, x.starts_on, x.ends_on,
                x.minimum_seats, x.reducible, x.trueup_measure, x.trueup_every, x.trueup_grace, x.trueup_price
            FROM contract_lines x WHERE x.workspace_id = $1\(only) ORDER BY x.contract_id, x.line_id
            """, subject
        ) { row in
            lines[row.integer(0), default: []].append(line(row))
            return true
        }
        let contracts = try connection.query(
            """
            SELECT x.contract_id, x.vendor, x.title, x.number, x.starts_on, x.ends_on, x.notice_days, x.renews,
                x.status, x.currency, x.billing, x.owner, x.note, x.changed_at, x.changed_by
            FROM contracts x WHERE x.workspace_id = $1\(only) ORDER BY lower(x.vendor), lower(x.title), x.contract_id
            """, subject, contract)
        return contracts.compactMap { contract in
            guard var contract else { return nil }
            contract.lines = lines[contract.id] ?? []
            return contract
        }
    }

    private static func contract(_ row: Row) -> Contract? {
        guard let currency = Currency(row.text(9)) else { return nil }
        var contract = Contract(
            vendor: row.text(1), title: row.text(2), number: row.optionalText(3),
            startsOn: CalendarDay(rawValue: row.integer(4)),
            endsOn: row.optionalInteger(5).map(CalendarDay.init(rawValue:)),
            noticeDays: row.optionalInteger(6).map(Int.init), renews: row.flag(7),
            status: ContractStatus(rawValue: row.text(8)) ?? .active, currency: currency,
            billing: Contract.Billing(rawValue: row.text(10)) ?? .yearly, owner: row.optionalText(11),
            note: row.optionalText(12))
        contract.id = row.integer(0)
        contract.changed = (row.text(14), Timestamp(rawValue: row.integer(13)))
        return contract
    }

    private static func line(_ row: Row) -> ContractLine {
        var line = ContractLine(
            product: row.text(2), kind: LicenceLine.Kind(rawValue: row.text(3)) ?? .seats, appID: row.optionalText(4),
            selector: selector(row.text(5), row.optionalText(6), row.optionalText(7)),
            seats: row.optionalInteger(8).map(Int.init), unitPrice: row.optionalInteger(9),
            amount: row.optionalInteger(11), period: PricePeriod(rawValue: row.text(10)) ?? .year,
            startsOn: row.optionalInteger(12).map(CalendarDay.init(rawValue:)),
            endsOn: row.optionalInteger(13).map(CalendarDay.init(rawValue:)),
            minimumSeats: row.optionalInteger(14).map(Int.init), isReducible: row.flag(15))
        line.id = row.integer(1)
        if let measure = TrueUpClause.Measure(rawValue: row.text(16)) {
            line.trueUp = TrueUpClause(
                measure: measure, every: TrueUpClause.Frequency(rawValue: row.text(17)) ?? .term,
                gracePercent: Int(row.integer(18)), price: row.optionalInteger(19))
        }
        return line
    }

    private static func selector(_ kind: String, _ name: String?, _ value: String?) -> SeatSelector {
        switch kind {
        case "group": .group(value ?? "")
        case "attribute": .attribute(name ?? "", value ?? "")
        case "rest": .rest
        default: .all
        }
    }
}
