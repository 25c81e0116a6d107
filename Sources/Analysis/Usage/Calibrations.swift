import DatabaseEngine
import Directory
import Problems
import Storage

/// Calibrated windows and the actives of whole months, as they are kept.
enum Calibrations {
    /// What came of one app.
    struct Result: Sendable {
        let app: Int64
        let months: [(month: Int64, counts: AppDays.Month)]
        /// Nil for an app whose sign-ons tell nothing, or where no day is known whole.
        let window: DormancyWindow?
        let backTests: [BackTest]
    }

    /// The windows that back-tests are made of besides the calibrated one: those that people choose between.
    static let usual = [30, 60, 90]

    /// The last calibration of each app up to the moment.
    static func latest(
        _ connection: Connection, _ workspaceID: Int64, app: Int64? = nil, _ moment: Moment
    ) throws -> [Int64: (window: DormancyWindow, on: Timestamp)] {
        var latest: [Int64: (window: DormancyWindow, on: Timestamp)] = [:]
        let only = app.map { " AND w.app_key = \($0)" } ?? ""
        try connection.each(
            """
            SELECT w.app_key, w.calibrated_day, w.outcome, w.window_days, w.spells, w.silences, w.returned_millionths,
                w.judged_days, w.known_from, w.known_to
            FROM usage_windows w WHERE w.workspace_id = $1\(only) AND w.calibrated_day <= \(moment.today)
            ORDER BY w.app_key, w.calibrated_day
            """, [.integer(workspaceID)]
        ) { row in
            let window = DormancyWindow(
                outcome: DormancyWindow.Outcome(rawValue: row.text(2)) ?? .few,
                days: row.optionalInteger(3).map(Int.init), spells: Int(row.integer(4)), silences: Int(row.integer(5)),
                returned: row.optionalInteger(6).map { Double($0) / 1_000_000 }, judgedDays: Int(row.integer(7)),
                knownFrom: Int(row.integer(8)), knownTo: Int(row.integer(9)))
            // In order of days: the last one stays.
            latest[row.integer(0)] = (window, Timestamp(day: Int32(row.integer(1))))
            return true
        }
        return latest
    }

    /// The back-tests that were made with a calibration.
    static func backTests(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, on day: Int32
    ) throws -> [BackTest] {
        try connection.query(
            """
            SELECT window_days, dormant_30, back_30, dormant_60, back_60, dormant_90, back_90 FROM usage_backtests
            WHERE workspace_id = $1 AND app_key = $2 AND calibrated_day = $3 ORDER BY window_days
            """, [.integer(workspaceID), .integer(app), .integer(Int64(day))]
        ) { row in
            var test = BackTest(window: Int(row.integer(0)))
            (test.dormant30, test.back30) = (Int(row.integer(1)), Int(row.integer(2)))
            (test.dormant60, test.back60) = (Int(row.integer(3)), Int(row.integer(4)))
            (test.dormant90, test.back90) = (Int(row.integer(5)), Int(row.integer(6)))
            return test
        }
    }

    /// Works out one app.
    static func work(
        _ connection: Connection, _ workspaceID: Int64, app: Int64, isObservable: Bool, known: ClosedRange<Int>?,
        _ moment: Moment
    ) throws -> Result {
        let days = try AppDays(connection, workspaceID, app: app, known: known ?? 0...0, moment)
        let months = days.months.filter { $0.key < moment.month }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        guard isObservable, known != nil else {
            return Result(app: app, months: months, window: nil, backTests: [])
        }
        let window = days.silences.window()
        let tried = Set(usual + [window.days ?? AppEvidence.defaultWindow]).sorted()
        return Result(
            app: app, months: months, window: window, backTests: tried.map { days.silences.backTest($0) })
    }

    // MARK: keeping

    static func keep(_ results: [Result], _ connection: Connection, _ workspaceID: Int64, _ moment: Moment) throws {
        let first = Int64(Timestamp(month: moment.month).day)
        for result in results {
            let app: [Value] = [.integer(workspaceID), .integer(result.app)]
            try keepMonths(result, connection, app)
            // One calibration a month is history enough.
            for table in ["usage_windows", "usage_backtests"] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE workspace_id = $1 AND app_key = $2 AND calibrated_day >= $3",
                    app + [.integer(first)])
            }
            if let window = result.window { try keep(window, result.backTests, connection, app, moment.today) }
        }
    }

    private static func keepMonths(_ result: Result, _ connection: Connection, _ app: [Value]) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO active_months (workspace_id, app_key, month, people, person_days, sign_ins)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, app_key, month) DO UPDATE SET people = excluded.people,
                person_days = excluded.person_days, sign_ins = excluded.sign_ins
            """)
        for (month, counts) in result.months {
            insert.bind(
                app + [
                    .integer(month), .integer(counts.people), .integer(counts.personDays), .integer(counts.signIns),
                ])
            try insert.run()
        }
    }

    private static func keep(
        _ window: DormancyWindow, _ backTests: [BackTest], _ connection: Connection, _ app: [Value], _ today: Int64
    ) throws {
        try connection.execute(
            """
            INSERT INTO usage_windows (workspace_id, app_key, calibrated_day, outcome, window_days, spells, silences,
                returned_millionths, judged_days, known_from, known_to)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            app + [
                .integer(today), .text(window.outcome.rawValue), .optional(window.days.map(Int64.init)),
                .integer(Int64(window.spells)), .integer(Int64(window.silences)),
                .optional(window.returned.map { Int64(($0 * 1_000_000).rounded()) }),
                .integer(Int64(window.judgedDays)), .integer(Int64(window.knownFrom)), .integer(Int64(window.knownTo)),
            ])
        for test in backTests {
            let counts = [
                test.window, test.dormant30, test.back30, test.dormant60, test.back60, test.dormant90, test.back90,
            ]
            try connection.execute(
                """
                INSERT INTO usage_backtests (workspace_id, app_key, calibrated_day, window_days, dormant_30, back_30,
                    dormant_60, back_60, dormant_90, back_90)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """, app + [.integer(today)] + counts.map { .integer(Int64($0)) })
        }
    }
}
