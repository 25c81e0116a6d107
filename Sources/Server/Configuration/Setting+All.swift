extension Setting {
    /// Every setting there is: what `muster config` prints and `docs/configuration.md` lists.
    public static let all: [Setting] = [
        Setting(
            "data", .path, default: "./muster-data", option: "--data",
            "The folder that holds the database, the sealing key and muster.yaml."),
        Setting(
            "database", .text, default: nil, option: "--database", isSecret: true,
            "The postgres:// address of a PostgreSQL database; without it, the embedded one in the data folder."),
        Setting("workspace", .text, default: "default", option: "--workspace", "The workspace to work in."),
        Setting(
            "key.file", .path, default: nil,
            "The file of the sealing key, when it shall not lie in the data folder."),
        Setting(
            "http.host", .text, default: "127.0.0.1", option: "--host",
            "The address to listen on. Anything but this computer needs TLS in front."),
        Setting(
            "http.port", .integer(0...65535), default: "8080", option: "--port",
            "The port to listen on; 0 takes any free one."),
        Setting(
            "http.public-url", .text, default: nil,
            "The address people open, when a proxy stands in front: https://muster.example.com."),
        Setting(
            "metrics.token", .secret(atLeast: 16), default: nil, isSecret: true,
            "What a Prometheus elsewhere sends as its bearer token. Without it /metrics is for this computer alone."),
        Setting(
            "serve.role", .choice(["all", "web", "worker"]), default: "all", option: "--role",
            "What this process does: pages and syncs, pages only, or syncs only."),
        Setting(
            "session.idle-minutes", .integer(5...43_200), default: "720",
            "Minutes without a request after which a browser is signed out."),
        Setting(
            "session.absolute-hours", .integer(1...2_160), default: "168",
            "Hours after which a browser is signed out even in use."),
        Setting(
            "sync.interval-minutes", .integer(0...10_080), default: "360",
            "Minutes between full syncs that the server starts by itself; 0 starts none. Between them it follows the "
                + "System Log."),
        Setting(
            "sync.tail-seconds", .integer(0...3_600), default: "10",
            "Seconds between two looks into the System Log while nothing changes, half as long while something does; 0 "
                + "never asks: between full syncs only what Event Hooks tell of is read."),
        Setting(
            "sync.factors", .choice(["admins", "within-budget", "all"]), default: "within-budget",
            "Whose factors a sync reads, one call a person: those of admins; also of as many others as fit into calls "
                + "that would be idle while the slowest rate limit is waited for; or of everybody, however long it takes."
        ),
        Setting(
            "work.tenants", .integer(1...10_000), default: "100",
            "The most tenants one process works for at once; several processes share them out."),
        Setting(
            "work.syncs", .integer(1...64), default: "8", "The most full syncs one process has on at once."),
        Setting(
            "work.lease-seconds", .integer(2...600), default: "30",
            "Seconds without a sign of life after which others take over the tenants of a process."),
        Setting(
            "okta.rate-share", .number(0.05...1), default: "0.5",
            "The share of each of Okta's rate limits that Muster may use."),
        Setting(
            "okta.max-concurrency", .integer(1...32), default: "6",
            "The most requests in flight to one tenant."),
        Setting(
            "okta.request-timeout-seconds", .integer(1...600), default: "60",
            "Seconds to wait for one answer of Okta."),
        Setting(
            "okta.trust-roots-file", .path, default: nil,
            "A PEM file of certificate authorities to trust besides the system's, for a proxy that inspects TLS."),
        Setting(
            "okta.proxy", .proxy, default: nil, sharedName: "HTTPS_PROXY",
            "The HTTP proxy that Okta is reached through. Its name and password are masked wherever it is shown."),
        Setting(
            "okta.proxy-exceptions", .text, default: nil, sharedName: "NO_PROXY",
            "Hosts reached without the proxy, with commas between; each stands for the hosts below it too."),
        Setting(
            "log.format", .choice(["text", "json"]), default: "text", option: "--log-format",
            "How log lines are written: for people, or for a log store."),
        Setting(
            "log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            default: "info", option: "--log-level", "The least important kind of line that is logged."),
    ]

    /// The page `docs/configuration.md`.
    public static var documentation: String {
        var page = """
            # Configuration

            Every setting of Muster. A value is taken from the command line, else from the environment, else from
            `muster.yaml` in the data folder, else it is the default. `muster config` prints each value and its source.
            In `muster.yaml` a dot is a level: `http.port` is `port` under `http`. A name in `muster.yaml` that is not in this
            table is an error (status 78), a `MUSTER_*` variable that is not is a warning. `HTTPS_PROXY` and `NO_PROXY`, also in
            lower case, count after `muster.yaml`.

            | name | environment | option | takes | default | what it does |
            |---|---|---|---|---|---|

            """
        for setting in all {
            let fallback = setting.defaultValue.map { "`\($0)`" } ?? ""
            let environment = [setting.environmentName, setting.sharedName].compactMap { $0.map { "`\($0)`" } }
                .joined(separator: ", ")
            let option = setting.option.map { "`\($0)`" } ?? ""
            let help = setting.isSecret ? "\(setting.help) Masked wherever it is shown." : setting.help
            page += "| `\(setting.name)` | \(environment) | \(option) | \(setting.form.text) | "
            page += "\(fallback) | \(help) |\n"
        }
        return page
    }
}
