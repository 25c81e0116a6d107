import Configuration
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
        public var shown: String { text.map { setting.form.shown($0, isSecret: setting.isSecret) } ?? "" }
    }

    /// Every setting, in the order of the documentation.
    public let values: [Value]
    /// What was set to no effect: variables of the environment that look like settings and are none, and those shared
    /// with other programs that hold what only the others understand.
    public let warnings: [Problem]

    /// Resolves every setting: command line, then environment, then `muster.yaml` in the data folder, then the
    /// variables that Muster shares with other programs, then defaults.
    ///
    /// - Parameters:
    ///   - arguments: what the command line gave, by setting name.
    ///   - environment: the process's environment.
    /// - Throws: `configuration.value.invalid` for a value of the wrong form, `configuration.file.invalid` for a
    ///   `muster.yaml` that cannot be read, `configuration.name.unknown` for a name in it that is no setting's.
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
        let file = try await SettingsFile.read(in: try data(from: [given, process])).map { file in
            Source(title: { _ in file.path }, provider: file.provider, prefix: [])
        }
        let sources = [given, process] + [file].compactMap(\.self)
        var values: [Value] = []
        var warnings = UnknownSetting.problems(in: environment)
        for setting in Setting.all {
            if let value = try value(of: setting, from: sources) {
                values.append(value)
            } else {
                values.append(shared(setting, environment, &warnings))
            }
        }
        return ResolvedSettings(values: values, warnings: warnings)
    }

    /// The text of a setting, when it has one.
    public func text(_ name: String) -> String? { values.first { $0.setting.name == name }?.text }

    private static func data(from sources: [Source]) throws(Problem) -> String {
        for setting in Setting.all where setting.name == "data" {
            return try value(of: setting, from: sources)?.text ?? setting.defaultValue ?? "."
        }
        return "."
    }

    private static func value(of setting: Setting, from sources: [Source]) throws(Problem) -> Value? {
        for source in sources {
            guard let text = try source.text(of: setting), !text.isEmpty else { continue }
            guard setting.form.accepts(text) else { throw invalid(setting, source: source.title(setting)) }
            return Value(setting: setting, text: text, source: source.title(setting))
        }
        return nil
    }

    /// The value of the variable shared with other programs, else the default.
    private static func shared(
        _ setting: Setting, _ environment: [String: String], _ warnings: inout [Problem]
    ) -> Value {
        for name in setting.sharedName.map({ [$0.lowercased(), $0] }) ?? [] {
            guard let text = environment[name], !text.isEmpty else { continue }
            let source = "environment \(name)"
            if setting.form.accepts(text) { return Value(setting: setting, text: text, source: source) }
            warnings.append(invalid(setting, source: source))
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
