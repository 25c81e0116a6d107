import Foundation
import Testing

/// A data folder with one synced pretend company of sixty people, whose clock stands still.
struct SyncedCompany {
    let folder: TemporaryFolder
    private let tenant: PretendTenant

    init() async throws {
        folder = try TemporaryFolder()
        tenant = try await PretendTenant()
        let connected = try await Muster.run(
            ["connect", tenant.url, "--name", "acme", "--token-file", "-", "--data", folder.path], input: tenant.token)
        try #require(connected.status == 0, "\(connected.errors)")
        let synced = try await Muster.run(["sync", "--data", folder.path])
        try #require(synced.status == 0, "\(synced.errors)")
    }

    /// What a command says about the company.
    func ask(_ arguments: [String]) async throws -> Muster.Result {
        try await Muster.run(arguments + ["--data", folder.path])
    }

    /// What is true in the tenant, as rows of CSV without their header.
    func truth(_ table: String) async throws -> [[String]] {
        let printed = try await Muster.run([
            "simulate", "--people", "60", "--now", "2026-06-01T12:00:00Z", "--print", table, "--format", "csv",
        ])
        return CSV.rows(printed.output).dropFirst().map { $0.map(CSV.withoutFractions) }
    }
}

/// RFC 4180, as a reader of our files reads it.
enum CSV {
    static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"":
                cell.unicodeScalars.append("\"")
                rest.removeFirst()
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                row.append(cell)
                cell = ""
            case "\r" where !isQuoted && rest.first == "\n":
                rest.removeFirst()
                rows.append(row + [cell])
                (row, cell) = ([], "")
            default: cell.unicodeScalars.append(scalar)
            }
        }
        return rows
    }

    /// A time to the second: the tenant's truth knows no more.
    static func withoutFractions(_ cell: String) -> String {
        cell.replacing(#/(T\d\d:\d\d:\d\d)\.\d+Z/#) { "\($0.output.1)Z" }
    }
}
