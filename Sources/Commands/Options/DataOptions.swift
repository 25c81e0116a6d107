import ArgumentParser
import Foundation
import Logging
import Problems
import Server

/// Where Muster's data is and how it logs: the options every command takes.
struct DataOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data folder. (default: $MUSTER_DATA, else ./muster-data)", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "A postgres:// database. An address with a password goes into $MUSTER_DATABASE.", valueName: "url"))
    var database: String?

    @Option(help: ArgumentHelp("The workspace to work in. (default: default)", valueName: "name"))
    var workspace: String?

    @Option(help: ArgumentHelp("How log lines are written: text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("The least important kind of line that is logged.", valueName: "level"))
    var logLevel: String?

    /// What the command line gave, by setting name.
    var given: [String: String] {
        var values: [String: String] = [:]
        values["data"] = data
        values["database"] = database
        values["workspace"] = workspace
        values["log.format"] = logFormat
        values["log.level"] = logLevel
        return values
    }

    /// Every setting with its source.
    func settings(_ more: [String: String] = [:]) async throws(Problem) -> ResolvedSettings {
        try await ResolvedSettings.resolve(
            arguments: given.merging(more) { _, new in new }, environment: ProcessInfo.processInfo.environment)
    }

    /// The typed configuration; starts logging. `quietly` leaves out news that a command at a terminal does not need.
    func configuration(
        _ more: [String: String] = [:], quietly: Bool = true
    ) async throws(Problem) -> ServerConfiguration {
        let settings = try await settings(more)
        if quietly { Self.show(settings.warnings) }
        var configuration = try ServerConfiguration(settings)
        let isDefault = settings.values.contains { $0.setting.name == "log.level" && $0.source == "default" }
        if quietly, isDefault { configuration.logLevel = .error }
        startLogging(json: configuration.logsJSON, level: configuration.logLevel)
        if !quietly {
            for warning in settings.warnings {
                Logger(label: "muster").warning("\(warning.title). \(warning.explanation) \(warning.remedy)")
            }
        }
        return configuration
    }

    /// Tells what was set to no effect, beside what the command prints.
    static func show(_ warnings: [Problem]) {
        for warning in warnings { Terminal.error(Failure.text(of: warning, as: "Warning")) }
    }

    /// The opened data folder.
    func installation(
        _ more: [String: String] = [:], quietly: Bool = true, mustExist: Bool = false
    ) async throws(Problem) -> Installation {
        try await Installation.open(try await configuration(more, quietly: quietly), mustExist: mustExist)
    }
}
