import Configuration
import Foundation
import Problems
import Synchronization

/// The file `muster.yaml` of a data folder, and the names that are in it.
struct SettingsFile {
    let path: String
    let provider: any ConfigProvider
    let names: [String]

    /// Reads the file; nil when there is none.
    ///
    /// - Throws: `configuration.file.invalid`, and `configuration.name.unknown` for a name that is no setting's.
    static func read(in folder: String) async throws(Problem) -> SettingsFile? {
        let path = folder + "/muster.yaml"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file: SettingsFile
        do {
            file = try await SettingsFile(path: path)
        } catch {
            throw Problem(
                id: "configuration.file.invalid", kind: .configuration,
                title: "The settings file cannot be read",
                explanation: "\(path) is not YAML with names and values, or this user may not read it.",
                remedy: "Mend the file, or move it away to go on with defaults.",
                context: ["path": path], cause: error)
        }
        for name in file.names where !file.isSetting(name) {
            throw UnknownSetting.problem(name, among: Setting.all.map(\.name), in: path)
        }
        return file
    }

    private init(path: String) async throws {
        self.path = path
        // The parser tells the names in a file to nobody but the one who says which of them are secret.
        let found = NamesFound()
        provider = try await FileProvider<YAMLSnapshot>(
            parsingOptions: .init(
                secretsSpecifier: .dynamic { name, _ in
                    found.names.withLock { $0.append(name) }
                    return Setting.all.first { $0.name == name }?.isSecret ?? true
                }),
            config: ConfigReader(provider: InMemoryProvider(values: ["filePath": ConfigValue(stringLiteral: path)])))
        names = found.names.withLock { $0.sorted() }
    }

    /// Whether a name is a setting's, or a level without anything under it: every line below it may be commented out.
    private func isSetting(_ name: String) -> Bool {
        if Setting.all.contains(where: { $0.name == name }) { return true }
        guard Setting.all.contains(where: { $0.name.hasPrefix(name + ".") }) else { return false }
        let key = AbsoluteConfigKey(name.split(separator: ".").map(String.init))
        guard case .string(let text) = try? provider.value(forKey: key, type: .string).value?.content else {
            return false
        }
        return ["", "~", "null"].contains(text.lowercased())
    }
}

private final class NamesFound: Sendable {
    let names = Mutex<[String]>([])
}

/// A name that is no setting's, and what was probably meant.
enum UnknownSetting {
    static func problem(_ name: String, among known: [String], in source: String) -> Problem {
        let near = nearest(to: name, among: known)
        return Problem(
            id: "configuration.name.unknown", kind: .configuration,
            title: "There is no setting “\(name)” (in: \(source))",
            explanation: near.map { "Perhaps “\($0)” is meant." } ?? "",
            remedy: "Mend the name or remove it; `muster config` and docs/configuration.md list every setting.",
            context: ["name": name, "source": source])
    }

    /// The variables of an environment that look like Muster's and are not.
    static func problems(in environment: [String: String]) -> [Problem] {
        let known = Setting.all.map(\.environmentName)
        return environment.keys.filter { $0.hasPrefix("MUSTER_") && !known.contains($0) }.sorted()
            .map { problem($0, among: known, in: "environment") }
    }

    /// The name that takes the fewest changes, when it takes few.
    private static func nearest(to name: String, among known: [String]) -> String? {
        let distances = known.map { (name: $0, changes: Misspelling.changes(from: name, to: $0)) }
        guard let best = distances.min(by: { $0.changes < $1.changes }) else { return nil }
        return best.changes <= max(2, best.name.count / 3) ? best.name : nil
    }
}
