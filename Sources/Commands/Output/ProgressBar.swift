import Foundation
import Storage
import Sync
import Synchronization

/// One line on a terminal's standard error that says how far a sync is; nothing anywhere else.
final class ProgressBar: Sendable {
    private static let width = 24
    private let isShown: Bool
    private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

    init() { isShown = Terminal.isErrorShown }

    /// Shows the progress, at most ten times a second.
    func show(_ progress: SyncProgress) {
        guard isShown else { return }
        let isDue = lastShown.withLock { last in
            guard last.map({ $0.duration(to: .now) >= .milliseconds(100) }) ?? true else { return false }
            last = .now
            return true
        }
        if isDue { Terminal.error("\r\u{1B}[2K" + Self.line(progress)) }
    }

    /// Clears the line.
    func end() {
        if isShown { Terminal.error("\r\u{1B}[2K") }
    }

    /// The line itself.
    static func line(_ progress: SyncProgress) -> String {
        var parts: [String] = []
        if let predicted = progress.callsPredicted, predicted > 0 {
            let share = min(Double(progress.callsDone) / Double(predicted), 1)
            let filled = Int(share * Double(width))
            parts.append(
                "[" + String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled) + "]")
            parts.append("\(progress.callsDone)/\(predicted) calls")
        } else {
            parts.append("\(progress.callsDone) calls")
        }
        parts.append(String(format: "%.0f/s", progress.callsPerSecond))
        if let seconds = progress.secondsRemaining { parts.append("\(duration(seconds)) left") }
        let busiest = progress.buckets.filter { $0.allowed > 0 }
            .sorted { Double($0.used) / Double($0.allowed) > Double($1.used) / Double($1.allowed) }.prefix(2)
        for bucket in busiest { parts.append("\(bucket.bucket) \(bucket.used)/\(bucket.allowed)") }
        return parts.joined(separator: "  ")
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 100 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }
}
