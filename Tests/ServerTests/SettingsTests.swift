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
            ("serve.role", "everything"), ("metrics.token", "too-short"), ("okta.proxy", "socks5://proxy"),
            ("log.format", "yaml"), ("session.idle-minutes", "0"),
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

    @Test(
        "a name in the settings file that is no setting's is refused, with the name that was probably meant",
        arguments: [
            ("http:\n  prot: 8080\n", "http.prot", "“http.port”"),
            ("okta:\n  rate_share: 0.5\n", "okta.rate_share", "“okta.rate-share”"),
            ("sync-interval: 5\n", "sync-interval", nil),
            ("http.port: 8080\nhttp:\n  ports: [1, 2]\n", "http.ports", "“http.port”"),
            ("http: 8080\n", "http", nil), ("nonsense-of-its-own: 1\n", "nonsense-of-its-own", nil),
        ] as [(String, String, String?)])
    func unknownName(text: String, name: String, meant: String?) async throws {
        let folder = try TemporaryFolder()
        try folder.write("muster.yaml", text)
        let problem = await #expect(throws: Problem.self) {
            try await ResolvedSettings.resolve(arguments: ["data": folder.path], environment: [:])
        }
        #expect(problem?.id == "configuration.name.unknown")
        #expect(problem?.kind.exitStatus == 78)
        #expect(problem?.title.contains("“\(name)” (in: \(folder.path)/muster.yaml)") == true)
        #expect(problem?.explanation == (meant.map { "Perhaps \($0) is meant." } ?? ""))
        #expect(problem?.remedy.contains("docs/configuration.md") == true)
    }

    @Test("a level whose lines are all commented out is no unknown name")
    func emptyLevel() async throws {
        let folder = try TemporaryFolder()
        try folder.write("muster.yaml", "http:\n  # port: 8080\nokta: ~\nsync:\n  interval-minutes: 30\n")
        let settings = try await ResolvedSettings.resolve(arguments: ["data": folder.path], environment: [:])
        #expect(settings.text("sync.interval-minutes") == "30")
    }

    @Test("a variable of the environment that is no setting's is a warning, and everything else goes on")
    func unknownVariable() async throws {
        let settings = try await ResolvedSettings.resolve(
            arguments: [:],
            environment: ["MUSTER_HTTP_PROT": "1", "MUSTER_PORT_OF_CALL": "2", "MUSTER_HTTP_PORT": "3", "PATH": "/bin"])
        #expect(settings.text("http.port") == "3")
        #expect(settings.warnings.map(\.id) == ["configuration.name.unknown", "configuration.name.unknown"])
        #expect(settings.warnings.first?.title.contains("MUSTER_HTTP_PROT") == true)
        #expect(settings.warnings.first?.explanation.contains("MUSTER_HTTP_PORT") == true)
    }

    @Test("a proxy's name and password are masked, and a text that is no address is refused without being repeated")
    func proxy() async throws {
        let settings = try await ResolvedSettings.resolve(
            arguments: [:],
            environment: [
                "MUSTER_OKTA_PROXY": "http://muster:hush@proxy:3128",
                "MUSTER_OKTA_PROXY_EXCEPTIONS": "a.example, .b.example",
                "HTTPS_PROXY": "http://other:1",
            ])
        let shown = try #require(settings.values.first { $0.setting.name == "okta.proxy" })
        #expect(shown.shown == "http://******@proxy:3128")
        #expect(shown.source == "environment MUSTER_OKTA_PROXY")
        let proxy = try ServerConfiguration(settings).okta.proxy
        #expect(proxy?.description == "http://******@proxy:3128")
        #expect(proxy?.exceptions == ["a.example", ".b.example"])
        let problem = await #expect(throws: Problem.self) {
            try await ResolvedSettings.resolve(
                arguments: [:], environment: ["MUSTER_OKTA_PROXY": "https://muster:hush@proxy:3128"])
        }
        #expect(problem?.id == "configuration.value.invalid")
        #expect(problem.map { "\($0.title) \($0.explanation) \($0.remedy) \($0.context)".contains("hush") } == false)
    }

    @Test("HTTPS_PROXY and NO_PROXY count where Muster's own settings say nothing, and `none` says something")
    func sharedProxy() async throws {
        let environment = ["https_proxy": "http://proxy:3128", "NO_PROXY": "okta.com"]
        let shared = try await ResolvedSettings.resolve(arguments: [:], environment: environment)
        #expect(shared.values.first { $0.setting.name == "okta.proxy" }?.source == "environment https_proxy")
        let configuration = try ServerConfiguration(shared)
        #expect(configuration.okta.proxy?.description == "http://proxy:3128")
        #expect(configuration.okta.proxy?.exceptions == ["okta.com"])
        let foreign = try await ResolvedSettings.resolve(
            arguments: [:], environment: ["HTTPS_PROXY": "socks5://muster:hush@proxy:1080"])
        #expect(try ServerConfiguration(foreign).okta.proxy == nil)
        #expect(foreign.warnings.map(\.id) == ["configuration.value.invalid"])
        let folder = try TemporaryFolder()
        try folder.write("muster.yaml", "okta:\n  proxy: none\n")
        let none = try await ResolvedSettings.resolve(arguments: ["data": folder.path], environment: environment)
        #expect(try ServerConfiguration(none).okta.proxy == nil)
        #expect(none.values.first { $0.setting.name == "okta.proxy" }?.shown == "none")
    }

    @Test("secrets are masked, and another database is refused without repeating its address")
    func secrets() async throws {
        let settings = try await ResolvedSettings.resolve(
            arguments: ["database": "mysql://somebody:hush@db/muster"], environment: [:])
        let shown = settings.values.map(\.shown).joined(separator: "\n")
        #expect(!shown.contains("hush"))
        let problem = #expect(throws: Problem.self) { try ServerConfiguration(settings) }
        #expect(problem?.id == "configuration.database.unsupported")
        #expect(problem.map { "\($0.title) \($0.explanation) \($0.remedy)".contains("hush") } == false)
        let known = try await ResolvedSettings.resolve(
            arguments: ["database": "postgres://somebody:hush@db/muster"], environment: [:])
        #expect(try ServerConfiguration(known).database == "postgres://somebody:hush@db/muster")
        #expect(!known.values.map(\.shown).joined().contains("hush"))
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
