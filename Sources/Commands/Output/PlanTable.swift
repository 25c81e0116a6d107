import Foundation
import Storage
import Sync

/// What a sync is expected to ask, as a table or as JSON.
enum PlanTable {
    static func print(_ plan: SyncPlan) throws {
        var writer = RowWriter(.table, columns: ["calls_to", "bucket", "calls", "minutes"])
        for line in plan.lines {
            try writer.write([
                .text(line.callClass), .text(line.bucket), .integer(Int64(line.calls)), .text(minutes(line.minutes)),
            ])
        }
        try writer.finish()
        try Terminal.print("\(plan.totalCalls) calls, about \(minutes(plan.minutes)) minutes")
        try Terminal.print(plan.slowestBucket.map { " (set by \($0)).\n" } ?? ".\n")
        for choice in plan.choices { try Terminal.print("\(choice.why)\n") }
        for note in plan.notes { try Terminal.print("Note: \(note)\n") }
    }

    static func json(_ plan: SyncPlan) -> String {
        let lines = plan.lines.map { line in
            JSONText.object([
                ("class", JSONText.quoted(line.callClass)), ("bucket", JSONText.quoted(line.bucket)),
                ("calls", String(line.calls)), ("minutes", number(line.minutes)),
            ])
        }
        return JSONText.object([
            ("predicted_calls", String(plan.totalCalls)), ("minutes", number(plan.minutes)),
            ("slowest_bucket", plan.slowestBucket.map(JSONText.quoted) ?? "null"),
            ("choices", choices(plan.choices)),
            ("lines", "[\(lines.joined(separator: ","))]"),
            ("notes", "[\(plan.notes.map(JSONText.quoted).joined(separator: ","))]"),
        ])
    }

    /// Which way each list is read, and why.
    static func choices(_ choices: [RunChoice]) -> String {
        let items = choices.map { choice in
            JSONText.object([
                ("list", JSONText.quoted(choice.list)), ("way", JSONText.quoted(choice.way)),
                ("calls", String(choice.calls)), ("why", JSONText.quoted(choice.why)),
            ])
        }
        return "[\(items.joined(separator: ","))]"
    }

    private static func minutes(_ value: Double) -> String { value < 0.05 ? "<0.1" : number(value) }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
