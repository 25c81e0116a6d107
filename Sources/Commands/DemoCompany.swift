import Directory
import Foundation
import Problems
import Server

/// Which pretend company a data folder holds, so that a second start shows the same one at the same address.
struct DemoCompany: Codable, Sendable {
    let people: Int
    let seed: UInt64
    /// When it was made up; it has lived on since.
    let since: String?
    /// Where the simulator listened; nil before the first start.
    var port: Int?

    /// The company of a folder, or a new one.
    static func open(in folder: DataFolder, people: Int?, seed: UInt64?) throws(Problem) -> DemoCompany {
        guard let bytes = FileManager.default.contents(atPath: folder.demoFile) else {
            return DemoCompany(
                people: people ?? 2000, seed: seed ?? 7, since: Timestamp.now.iso8601Seconds, port: nil)
        }
        let known: DemoCompany
        do {
            known = try JSONDecoder().decode(DemoCompany.self, from: bytes)
        } catch {
            throw Problem(
                id: "demo.damaged", kind: .badInput, title: "\(folder.demoFile) is damaged",
                remedy: "Start the demo in a new folder: muster demo --data ./demo-data", cause: error)
        }
        guard people ?? known.people == known.people, seed ?? known.seed == known.seed else {
            throw Problem(
                id: "demo.otherCompany", kind: .usage,
                title: "\(folder.path) holds the demo of \(known.people) people with seed \(known.seed)",
                explanation: "Another company would look as if everybody had left.",
                remedy: "Start it in a folder of its own: muster demo --data ./other-demo --people "
                    + "\(people ?? known.people) --seed \(seed ?? known.seed)")
        }
        return known
    }

    /// Remembers the company once it is connected.
    func save(port: Int, in folder: DataFolder) throws(Problem) {
        var copy = self
        copy.port = port
        do {
            try JSONEncoder().encode(copy).write(to: URL(fileURLWithPath: folder.demoFile), options: .atomic)
        } catch {
            throw Problem.from(error)
        }
    }

    static func cannotListen(_ port: Int, cause: any Error) -> Problem {
        Problem(
            id: "demo.port.unavailable", kind: .configuration,
            title: "The pretend tenant cannot listen on port \(port)",
            explanation: "Its address is part of the demo's data, and something else uses that port.",
            remedy: "Stop what uses it (perhaps another demo), or start one in a new folder with --data DIR.",
            cause: cause)
    }
}
