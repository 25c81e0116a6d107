import DatabaseEngine
import Foundation
public import Problems

/// Where a whole store is, or shall be: an address of a server, a data folder, or a database file.
public enum StorePlace: Sendable, Equatable {
    /// The address of a PostgreSQL database.
    case server(String)
    /// A data folder.
    case folder(String)
    /// A database file by itself, such as a backup.
    case file(String)

    /// What people write: `postgres://…`, a path, or `env:NAME` for either in an environment variable, where an address
    /// may hold a password.
    public init(_ text: String, environment: [String: String]) throws(Problem) {
        var text = text
        // What stands in a variable, or behind a scheme, may hold a password.
        let given = text.hasPrefix("env:") ? text : String(text.prefix { $0 != ":" })
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            guard let value = environment[name], !value.isEmpty else {
                throw Problem(
                    id: "copy.place.variable", kind: .usage, title: "The environment variable \(name) is not set",
                    remedy: "Set it to the address or path, and give env:\(name) again.")
            }
            text = value
        }
        guard Dialect(of: text) == .sqlite else {
            self = .server(text)
            return
        }
        guard !text.isEmpty, !text.contains("://") else {
            throw Problem(
                id: "copy.place.unknown", kind: .usage, title: "A store cannot be at “\(given)”",
                remedy: "Give a data folder, a database file, a postgres:// address, or env:NAME for one of them.")
        }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder)
        let path = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
        let isFile = exists ? !isFolder.boolValue : ["db", "sqlite"].contains((path as NSString).pathExtension)
        self = isFile ? .file(path) : .folder(path)
    }

    /// The path of the embedded database; nil on a server.
    var database: String? {
        switch self {
        case .server: nil
        case .folder(let path): DataFolder(path: path).database
        case .file(let path): path
        }
    }

    /// The data folder whose lock counts: a database named like that of a data folder lies in one.
    var dataFolder: DataFolder? {
        switch self {
        case .server: return nil
        case .folder(let path): return DataFolder(path: path)
        case .file(let path):
            let folder = DataFolder(path: (path as NSString).deletingLastPathComponent)
            return !folder.path.isEmpty && folder.database == path ? folder : nil
        }
    }
}
