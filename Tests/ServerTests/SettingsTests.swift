import Foundation
import Logging
import OktaAPI
import Problems
import Server
import Testing

@Suite struct SettingsTests {
    @Test("the command line wins over the environment, that over the file, that over the default")
    func precedence() async throws {
        let folder = try TemporaryFolder()
        try folder.write("muster.yaml", "http:\n  port: 1\n  host: 0.0.0.0\nlog:\n  level: debug\n")
        let settings = try await ResolvedSettings.resolve(
            arguments: ["data": folder.path, "http.port": "3"],
            environment: ["MUSTER_HTTP_PORT": "2", "MUSTER_LOG_LEVEL": "error"])
        #expect(settings.text("http.port") == "3")
        #expect(settings.text("log.level") == "error")
        #expect(settings.text("http.host") == "0.0.0.0")
        #expect(settings.text("workspace") == "default")
        let configuration = try ServerConfiguration(settings)
        #expect(configuration.port == 3)
        #expect(configuration.logLevel == .error)
        #expect(!configuration.isLoopbackOnly)
    }

    @Test("the data folder may come from the environment, and its file is read there")
    func dataFromEnvironment() async throws {
        let folder = try TemporaryFolder()
        try folder.write("muster.yaml", "okta:\n  rate-share: 0.25\n")
        let settings = try await ResolvedSettings.resolve(
            arguments: [:], environment: ["MUSTER_DATA": folder.path])
        #expect(try ServerConfiguration(settings).okta.rateShare == 0.25)
    }

    @Test(
        "a value of the wrong form is refused with its setting's name and what it takes",
        arguments: [
            ("http.port", "70000"), ("http.port", "-1"), ("http.port", "x"), ("okta.rate-share", "2"),
            ("serve.role", "everything"), ("log.format", "yaml"), ("session.idle-minutes", "0"),
        ])
    func wrongForm(name: String, value: String) async throws {
        let problem = await #expect(throws: Problem.self) {
            try await ResolvedSettings.resolve(arguments: [name: value], environment: [:])
        }
        #expect(problem?.id == "configuration.value.invalid")
        #expect(problem?.title.contains(name) == true)
        #expect(problem?.kind.exitStatus == 78)
    }

    @Test("a settings file that is not YAML is one clear problem", arguments: ["- a\n- b\n", "a: [", "\u{1}"])
    func badFile(text: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("muster.yaml", text)
        let problem = await #expect(throws: Problem.self) {
            try await ResolvedSettings.resolve(arguments: ["data": folder.path], environment: [:])
        }
        #expect(problem?.id == "configuration.file.invalid")
    }

    @Test("secrets are masked, and another database is refused without repeating its address")
    func secrets() async throws {
        let settings = try await ResolvedSettings.resolve(
            arguments: ["database": "postgres://somebody:hush@db/muster"], environment: [:])
        let shown = settings.values.map(\.shown).joined(separator: "\n")
        #expect(!shown.contains("hush"))
        let problem = #expect(throws: Problem.self) { try ServerConfiguration(settings) }
        #expect(problem?.id == "configuration.database.unsupported")
        #expect(problem.map { "\($0.title) \($0.explanation) \($0.remedy)".contains("hush") } == false)
    }

    @Test("names, environment names and options are unique, and every default has its setting's form")
    func table() async throws {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.environmentName)).count == Setting.all.count)
        #expect(Setting.all.allSatisfy { !$0.help.isEmpty })
        let defaults = Dictionary(
            uniqueKeysWithValues: Setting.all.compactMap { setting in setting.defaultValue.map { (setting.name, $0) } })
        _ = try await ResolvedSettings.resolve(arguments: defaults, environment: [:])
    }

    @Test("docs/configuration.md lists every setting")
    func documentation() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appendingPathComponent("docs/configuration.md")
        if ProcessInfo.processInfo.environment["MUSTER_WRITE_DOCS"] != nil {
            try Setting.documentation.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == Setting.documentation)
    }

    @Test(
        "only addresses of this computer count as such",
        arguments: [
            ("127.0.0.1", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
            ("10.0.0.1", false),
        ])
    func loopback(host: String, isLocal: Bool) async throws {
        let settings = try await ResolvedSettings.resolve(arguments: ["http.host": host], environment: [:])
        #expect(try ServerConfiguration(settings).isLoopbackOnly == isLocal)
    }
}

/// A folder that is gone when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "muster-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    }
}
