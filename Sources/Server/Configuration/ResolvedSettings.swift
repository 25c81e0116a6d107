import Configuration
import Foundation
public import Problems

/// Every setting with its value and where the value came from.
public struct ResolvedSettings: Sendable {
    /// One setting, resolved.
    public struct Value: Sendable {
        /// What was set.
        public let setting: Setting
        /// The value as text; nil when there is none.
        public let text: String?
        /// `command line`, `environment MUSTER_…`, the path of the file, or `default`.
        public let source: String

        /// The value as it may be shown: secrets are masked.
        public var shown: String {
            guard let text else { return "" }
            return setting.isSecret ? "******" : text
        }
    }

    /// Every setting, in the order of the documentation.
    public let values: [Value]

    /// Resolves every setting: command line, then environment, then `muster.yaml` in the data folder, then defaults.
    ///
    /// - Parameters:
    ///   - arguments: what the command line gave, by setting name.
    ///   - environment: the process's environment.
    /// - Throws: `configuration.value.invalid` for a value of the wrong form, `configuration.file.invalid` for a
    ///   `muster.yaml` that cannot be read.
    public static func resolve(
        arguments: [String: String], environment: [String: String]
    ) async throws(Problem) -> ResolvedSettings {
        let given = Source(
            title: { _ in "command line" },
            provider: InMemoryProvider(
                values: Dictionary(
                    uniqueKeysWithValues: arguments.map {
                        (
                            AbsoluteConfigKey(["muster"] + $0.key.split(separator: ".").map(String.init)),
                            ConfigValue(stringLiteral: $0.value)
                        )
                    })), prefix: ["muster"])
        let process = Source(
            title: { "environment \($0.environmentName)" },
            provider: EnvironmentVariablesProvider(environmentVariables: environment), prefix: ["muster"])
        let folder = try Self.data(from: [given, process])
        let file = try await Self.file(in: folder)
        var values: [Value] = []
        for setting in Setting.all {
            values.append(try Self.value(of: setting, from: [given, process] + file))
        }
        return ResolvedSettings(values: values)
    }

    /// The text of a setting, when it has one.
    public func text(_ name: String) -> String? { values.first { $0.setting.name == name }?.text }

    private static func data(from sources: [Source]) throws(Problem) -> String {
        for setting in Setting.all where setting.name == "data" {
            return try value(of: setting, from: sources).text ?? "."
        }
        return "."
    }

    private static func file(in folder: String) async throws(Problem) -> [Source] {
        let path = folder + "/muster.yaml"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            let provider = try await FileProvider<YAMLSnapshot>(
                config: ConfigReader(provider: InMemoryProvider(values: ["filePath": ConfigValue(stringLiteral: path)]))
            )
            return [Source(title: { _ in path }, provider: provider, prefix: [])]
        } catch {
            throw Problem(
                id: "configuration.file.invalid", kind: .configuration,
                title: "The settings file cannot be read",
                explanation: "\(path) is not YAML with names and values, or this user may not read it.",
                remedy: "Mend the file, or move it away to go on with defaults.",
                context: ["path": path], cause: error)
        }
    }

    private static func value(of setting: Setting, from sources: [Source]) throws(Problem) -> Value {
        for source in sources {
            guard let text = try source.text(of: setting), !text.isEmpty else { continue }
            guard setting.form.accepts(text) else {
                throw Self.invalid(setting, source: source.title(setting))
            }
            return Value(setting: setting, text: text, source: source.title(setting))
        }
        return Value(setting: setting, text: setting.defaultValue, source: "default")
    }

    fileprivate static func invalid(_ setting: Setting, source: String) -> Problem {
        Problem(
            id: "configuration.value.invalid", kind: .configuration,
            title: "The setting \(setting.name) has a value it cannot take (from: \(source))",
            explanation: "It takes: \(setting.form.text).",
            remedy: "Change it to: \(setting.form.text).",
            context: ["setting": setting.name, "source": source])
    }
}

/// One place a value can come from.
private struct Source {
    let title: (Setting) -> String
    let provider: any ConfigProvider
    let prefix: [String]

    func text(of setting: Setting) throws(Problem) -> String? {
        let key = AbsoluteConfigKey(prefix + setting.name.split(separator: ".").map(String.init))
        do {
            guard let value = try provider.value(forKey: key, type: .string).value else { return nil }
            guard case .string(let text) = value.content else {
                throw ResolvedSettings.invalid(setting, source: title(setting))
            }
            return text
        } catch {
            throw ResolvedSettings.invalid(setting, source: title(setting))
        }
    }
}

extension Setting.Form {
    fileprivate func accepts(_ text: String) -> Bool {
        switch self {
        case .text, .path: !text.contains("\0")
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .number(let range): Double(text).map(range.contains) ?? false
        case .choice(let words): words.contains(text)
        }
    }
}
