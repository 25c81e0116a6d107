import DatabaseEngine
import Foundation
import Problems
import Storage

/// The page `/metrics`: how Muster and its syncs are doing, for Prometheus.
struct MetricsPage: Sendable {
    let store: Store
    let times: RequestTimes
    let calls: CallCounts

    /// The whole page, measured now.
    func text() async throws(Problem) -> String {
        var metrics = MetricsText()
        try await writeRuns(to: &metrics)
        try await writeWorkers(to: &metrics)
        try await writeCalls(to: &metrics)
        try await writeGauges(to: &metrics)
        writeStore(to: &metrics)
        writeRequests(to: &metrics)
        let use = ProcessUse.now
        metrics.begin("process_resident_memory_bytes", "gauge", "Memory in use.")
        metrics.sample("process_resident_memory_bytes", [], use.residentBytes)
        metrics.begin("process_cpu_seconds_total", "counter", "Processor time used.")
        metrics.sample("process_cpu_seconds_total", [], use.cpuSeconds)
        return metrics.text
    }

    private func writeRuns(to metrics: inout MetricsText) async throws(Problem) {
        let workspace = store.workspaceID
        let runs = try await store.engine.read { connection in
            try connection.query(
                """
                SELECT i.name, r.status, count(*), max(coalesce(r.finished_at, 0)) FROM runs r
                JOIN integrations i ON i.workspace_id = r.workspace_id AND i.integration_id = r.integration_id
                WHERE r.workspace_id = $1 AND r.kind <> 'tail' GROUP BY i.name, r.status ORDER BY i.name, r.status
                """, [.integer(workspace)]
            ) { ($0.text(0), $0.text(1), $0.integer(2), $0.integer(3)) }
        }
        metrics.begin("muster_runs", "gauge", "Syncs kept in the store, by status.")
        for run in runs {
            metrics.sample("muster_runs", [("integration", run.0), ("status", run.1)], Double(run.2))
        }
        metrics.begin("muster_last_run_finished_timestamp_seconds", "gauge", "When the last sync ended, by status.")
        for run in runs where run.3 > 0 {
            metrics.sample(
                "muster_last_run_finished_timestamp_seconds", [("integration", run.0), ("status", run.1)],
                Double(run.3 / 1_000_000))
        }
    }

    private func writeWorkers(to metrics: inout MetricsText) async throws(Problem) {
        metrics.begin("muster_tenant_attended", "gauge", "Whether a process works for the tenant.")
        for integration in try await store.integrations() where integration.disconnectedAt == nil {
            let isAttended = try await store.leaseHolder(of: integration.id) != nil
            metrics.sample("muster_tenant_attended", [("integration", integration.name)], isAttended ? 1 : 0)
        }
    }

    private func writeCalls(to metrics: inout MetricsText) async throws(Problem) {
        let counts = try await calls.counts()
        let names = try await store.integrations().reduce(into: [:]) { $0[$1.id] = $1.name }
        metrics.begin("muster_okta_calls_total", "counter", "Calls to Okta since this process began.")
        for (key, count) in counts.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            metrics.sample(
                "muster_okta_calls_total",
                [
                    ("integration", names[key.integration] ?? String(key.integration)), ("bucket", key.bucket),
                    ("class", key.callClass),
                    ("status", String(key.status)),
                ], Double(count))
        }
    }

    private func writeGauges(to metrics: inout MetricsText) async throws(Problem) {
        let workspace = store.workspaceID
        let gauges = try await store.engine.read { connection in
            try connection.query(
                """
                SELECT i.name, g.bucket, g.header_limit, g.remaining, g.allowed, g.used FROM rate_gauges g
                JOIN integrations i ON i.workspace_id = g.workspace_id AND i.integration_id = g.integration_id
                WHERE g.workspace_id = $1 ORDER BY i.name, g.bucket
                """, [.integer(workspace)]
            ) { row in
                (labels: [("integration", row.text(0)), ("bucket", row.text(1))], values: (2...5).map(row.integer))
            }
        }
        let names = [
            ("muster_rate_limit", "Okta's limit in its header."),
            ("muster_rate_remaining", "What Okta said is left of it."),
            ("muster_rate_allowed", "The share Muster may use."),
            ("muster_rate_used", "What Muster used of its share in the window."),
        ]
        for (index, name) in names.enumerated() {
            metrics.begin(name.0, "gauge", name.1)
            for gauge in gauges { metrics.sample(name.0, gauge.labels, Double(gauge.values[index])) }
        }
    }

    private func writeStore(to metrics: inout MetricsText) {
        metrics.begin("muster_store_bytes", "gauge", "Size of the database's files.")
        for (part, suffix) in [("main", ""), ("wal", "-wal")] {
            let attributes = try? FileManager.default.attributesOfItem(atPath: store.engine.path + suffix)
            let size = (attributes?[.size] as? NSNumber)?.doubleValue ?? 0
            metrics.sample("muster_store_bytes", [("file", part)], size)
        }
    }

    private func writeRequests(to metrics: inout MetricsText) {
        metrics.begin("muster_http_request_seconds", "histogram", "Time to answer, by status class.")
        for (label, series) in times.snapshot.sorted(by: { $0.key < $1.key }) {
            for (index, bound) in RequestTimes.bounds.enumerated() {
                metrics.sample(
                    "muster_http_request_seconds_bucket", [("status", label), ("le", String(bound))],
                    Double(series.buckets[index]))
            }
            metrics.sample(
                "muster_http_request_seconds_bucket", [("status", label), ("le", "+Inf")], Double(series.count))
            metrics.sample("muster_http_request_seconds_sum", [("status", label)], series.seconds)
            metrics.sample("muster_http_request_seconds_count", [("status", label)], Double(series.count))
        }
    }
}
