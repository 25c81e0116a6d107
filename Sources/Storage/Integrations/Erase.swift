import DatabaseEngine
public import Problems

extension Store {
    /// Erases everything that was read from a tenant, the integration itself included. Cannot be undone.
    public func erase(_ integrationID: Int64, under lease: Lease? = nil) async throws(Problem) {
        let workspace = workspaceID
        try await write(under: lease) { connection in
            let parameters: [Value] = [.integer(workspace), .integer(integrationID)]
            let keys = "SELECT object_key FROM objects WHERE workspace_id = $1 AND integration_id = $2"
            let runs = "SELECT run_id FROM runs WHERE workspace_id = $1 AND integration_id = $2"
            for (table, column) in [
                ("memberships", "group_key"), ("assignments", "app_key"), ("app_groups", "app_key"),
                ("usage_daily", "app_key"), ("usage_monthly", "app_key"), ("last_uses", "app_key"),
                ("usage_hours", "app_key"), ("active_months", "app_key"), ("usage_windows", "app_key"),
                ("usage_backtests", "app_key"), ("app_usage_counts", "app_key"),
                ("factor_reads", "user_key"), ("user_profiles", "user_key"),
                ("log_names", "object_key"),
            ] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE workspace_id = $1 AND \(column) IN (\(keys))", parameters)
            }
            // Counted of all tenants of the workspace together.
            for table in [
                "department_counts", "department_runs", "department_usage_counts", "usage_counted",
            ] {
                try connection.execute("DELETE FROM \(table) WHERE workspace_id = $1", [.integer(workspace)])
            }
            for table in [
                "listings", "run_counts", "run_calls", "held_closures", "changes", "quarantine", "run_choices",
                "missing_links",
            ] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE workspace_id = $1 AND run_id IN (\(runs))", parameters)
            }
            for table in [
                "users", "user_groups", "apps", "group_rules", "api_tokens", "admin_roles", "factors", "log_events",
                "log_gaps", "log_marks", "tails", "tail_hours", "event_hooks", "hook_deliveries", "replays",
                "coverage", "calls", "rate_gauges", "runs", "objects", "sync_requests", "leases", "integrations",
            ] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE workspace_id = $1 AND integration_id = $2", parameters)
            }
        }
    }
}
