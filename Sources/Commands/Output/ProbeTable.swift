import Directory
import OktaAPI

/// What a credential may read, as a table.
enum ProbeTable {
    static func print(_ probe: ProbeMatrix, format: OutputFormat) throws {
        var writer = RowWriter(format, columns: ["resource", "coverage", "what_to_grant"])
        for entry in probe.entries {
            try writer.write([
                .text(entry.resource.rawValue), .text(entry.coverage.text),
                entry.remedy.isEmpty ? .none : .text(entry.remedy),
            ])
        }
        try writer.finish()
    }
}
