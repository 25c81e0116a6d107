import Analysis
import DatabaseEngine
public import Problems
public import Storage

extension Store {
    /// The Okta ids that contracts mean by what people wrote: an id as it is, or the exact name of one app or group.
    ///
    /// - Returns: the same lines with ids, and what is wrong with those that name nothing, or several.
    public func resolved(_ lines: [ContractLine]) async throws(Problem) -> (lines: [ContractLine], faults: [FieldFault])
    {
        let workspaceID = workspaceID
        return try await engine.read { connection in
            let names = OktaNames(connection: connection, workspaceID: workspaceID)
            var resolved = lines
            var faults: [FieldFault] = []
            func id(_ text: String, _ noun: OktaNames.Noun, _ line: Int) throws -> String {
                let found = try names.ids(text, noun)
                if found.count == 1 { return found[0] }
                var fault = OktaNames.fault(text, noun, found.count)
                fault.field = "lines.\(line).\(fault.field)"
                faults.append(fault)
                return text
            }
            for (number, line) in lines.enumerated() {
                if let app = line.appID { resolved[number].appID = try id(app, .app, number + 1) }
                if case .group(let group) = line.selector {
                    resolved[number].selector = .group(try id(group, .group, number + 1))
                }
            }
            return (resolved, faults)
        }
    }
}

/// Finds apps and groups by what people call them.
private struct OktaNames {
    enum Noun: String {
        case app, group

        var table: String { self == .app ? "apps" : "user_groups" }
        var name: String { self == .app ? "label" : "name" }
        var prefix: String { self == .app ? "0oa" : "00g" }
    }

    let connection: Connection
    let workspaceID: Int64

    func ids(_ text: String, _ noun: Noun) throws -> [String] {
        // Okta's ids are kept as they are: the tenant may be connected later.
        if text.hasPrefix(noun.prefix), text.utf8.count == 20 { return [text] }
        return try connection.query(
            """
            SELECT t.okta_id FROM \(noun.table) t WHERE t.workspace_id = $1 AND t.\(noun.name) = $2
                AND t.valid_to IS NULL
            """, [.integer(workspaceID), .text(text)]
        ) { $0.text(0) }
    }

    static func fault(_ text: String, _ noun: Noun, _ count: Int) -> FieldFault {
        FieldFault(
            noun == .app ? "app" : "selector_value", found: text,
            says: count == 0 ? "is no \(noun) in Okta" : "is the name of \(count) \(noun)s in Okta",
            example: "\(noun.prefix)1ab2CD3ef4GH5ij6k, the \(noun)'s Okta id")
    }
}
