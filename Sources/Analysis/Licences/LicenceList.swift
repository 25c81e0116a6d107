public import DatabaseEngine
import Directory
public import Problems
public import Storage

extension ListDefinition {
    /// Licences that were worked out, as a list: one row for each app and product. Amounts are in whole units of the
    /// currency beside them; what could not be evaluated is empty.
    public static func licences(_ licences: [Licence]) -> ListDefinition {
        let numbers =
            [
                "purchased", "assigned", "shelf", "overage",
            ] + SeatBucket.allCases.map(\.name) + [
                "reclaimable", "used", "right_size", "allocation_percent", "utilisation_percent", "effective_percent",
            ]
        let amounts = [
            "cost_month", "cost_year", "seat_year", "cash_now", "avoided_true_up", "renewal_saving",
            "true_up_exposure", "cost_per_active", "cost_per_assigned",
        ]
        return ListDefinition(
            noun: "licences",
            columns: [
                ListColumn("licence", ""), ListColumn("app_id", ""), ListColumn("app_label", "", isName: true),
                ListColumn("product", "", isName: true),
            ] + numbers.map { ListColumn($0, .number, "", nullIsUnknown: true) } + [ListColumn("currency", "")]
                + amounts.map { ListColumn($0, "") } + [
                    ListColumn("renews_on", ""), ListColumn("evidence_grade", ""),
                    ListColumn("window_days", .number, ""), ListColumn("grace_days", .number, ""),
                ],
            extras: amounts.map { ListColumn("\($0)_minor", .number, "") } + [
                ListColumn("contracts", .number, ""), ListColumn("open_to_all", .number, ""),
            ],
            defaultSort: "app_label",
            source: .memory(searched: ["app_label", "product"]) { _, _ in licences.map(\.cells) })
    }

    /// Seats that were worked out, as a list.
    public static func seats(_ rows: [[Value]] = []) -> ListDefinition {
        ListDefinition(
            noun: "seats",
            columns: [
                ListColumn("seat", ""), ListColumn("app_id", ""), ListColumn("app_label", "", isName: true),
                ListColumn("product", "", isName: true), ListColumn("user_id", ""),
                ListColumn("login", "", isName: true), ListColumn("department", "", isName: true),
                ListColumn("bucket", ""), ListColumn("kind", ""), ListColumn("reason", ""),
                ListColumn("assigned_at", .time, ""),
                ListColumn("last_sign_in_at", .time, ""), ListColumn("scope", ""),
            ],
            extras: [
                ListColumn("first_name", "", isName: true), ListColumn("last_name", "", isName: true),
            ],
            defaultSort: "login",
            source: .memory(searched: ["login", "first_name", "last_name", "department"]) { _, _ in rows })
    }
}

extension Licence {
    /// What a true-up and the rest of the money come to, in the order of the columns.
    private var amounts: [Int64?] {
        let money = money
        return [
            money?.month, money?.year, money?.seatYear, money?.cashNow, money?.avoidedTrueUp, money?.renewalSaving,
            money?.trueUpExposure, money?.perActive, money?.perAssigned,
        ]
    }

    fileprivate var cells: [Value] {
        func number(_ count: Int?) -> Value { .optional(count.map(Int64.init)) }
        let amounts = amounts
        let currency = currencies.count == 1 ? currencies.first : nil
        var cells: [Value] = [.text(id), .text(appID), .text(appLabel), .text(product)]
        cells += [purchased, assigned, shelf, overage].map(number)
        cells += SeatBucket.allCases.map { bucket in number(buckets.map { $0[bucket] }) }
        cells += [reclaimable, active, rightSize].map(number)
        cells += [allocation, seatUtilisation, effectiveUtilisation].map { number($0?.percent) }
        cells.append(.optional(currency?.code))
        cells += amounts.map { minor in
            .optional(minor.flatMap { minor in currency.map { Money(minor: minor, $0).plain } })
        }
        cells += [
            .optional(renewsOn?.text), .text(evidence.grade.rawValue), .integer(Int64(windowDays)),
            .integer(Int64(policy.graceDays)),
        ]
        cells += amounts.map { Value.optional($0) }
        return cells + [.integer(Int64(Set(lines.map(\.contractID)).count)), .flag(isOpenToAll)]
    }

    /// Why a seat is in its bucket, in words.
    public func reason(_ seat: Seat) -> String {
        let ago = seat.lastUse.map { "last sign-in on \($0.date)" } ?? "no sign-in is known"
        return switch seat.bucket {
        case .leaver: "deactivated in Okta, or gone from it"
        case .suspended: "suspended, or waiting for an account for more than \(policy.graceDays) days"
        case .protected: "somebody decided to keep it for now"
        case .new: "assigned, or hired, within \(policy.graceDays) days"
        case .noData:
            evidence.isObservable ? "the System Log does not reach back far enough to tell" : evidence.reason
        case .neverUsed: "no sign-in since it was assigned, more than \(policy.graceDays) days ago"
        case .inactive: "\(ago), and the window is \(windowDays) days"
        case .underused: "used in fewer than \(policy.underusedPercent) % of its months; \(ago)"
        case .overlapping: "also uses another app of the same category; \(ago)"
        case .active: ago
        }
    }
}

extension Store {
    /// Rows of the list of seats, with who their owners are.
    public func seatRows(_ licences: [Licence], _ seats: [Seat], _ moment: Moment) async throws(Problem) -> [[Value]] {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            var names = try SeatNames(connection, workspaceID, moment.asOf, for: seats)
            let byNumber = Dictionary(licences.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
            return try seats.compactMap { seat in
                guard let licence = byNumber[seat.licence] else { return nil }
                let name = try names.name(seat.userKey)
                return [
                    .text("\(licence.id)/\(name.id)"), .text(licence.appID), .text(licence.appLabel),
                    .text(licence.product), .text(name.id), .text(name.login), .text(seat.department),
                    .text(seat.bucket.name), .text(seat.bucket.kind), .text(licence.reason(seat)),
                    .optional(seat.assignedAt?.rawValue), .optional(seat.lastUse?.rawValue),
                    .text(seat.isDirect ? "USER" : "GROUP"), .text(name.first), .text(name.last),
                ]
            }
        }
    }
}
