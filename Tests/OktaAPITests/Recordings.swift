import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import OktaAPI

/// Real answers of real tenants, which are not part of this repository.
enum Recordings {
    /// The folder of recordings beside the repository, or in the folder that `MUSTER_SHARED` names.
    static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment["MUSTER_SHARED"].map { URL(fileURLWithPath: $0) }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = root.deletingLastPathComponent().appendingPathComponent("shared")
        return [environment, beside].compactMap { $0?.appendingPathComponent("okta/recorded") }.first {
            FileManager.default.fileExists(atPath: $0.path)
        }
    }()

    static let missing: Comment = "The recordings are not beside the repository; set MUSTER_SHARED to their folder."
    static var present: Bool { folder != nil }

    /// One recorded exchange.
    struct Exchange {
        let id: String
        let endpoint: String
        let method: String
        let path: String
        let status: Int
        let headers: HTTPHeaders
        let body: String
        let isHandMade: Bool
        let target: String
    }

    /// The exchanges of one file.
    static func exchanges(_ file: String) throws -> [Exchange] {
        let folder = try #require(folder)
        let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            var headers = HTTPHeaders()
            for (name, values) in fields["headers"] as? [String: [String]] ?? [:] {
                for value in values { headers.add(name: name, value: value) }
            }
            let url = fields["url"] as? String ?? ""
            let path = fields["path"] as? String ?? ""
            return Exchange(
                id: fields["id"] as? String ?? "", endpoint: fields["endpoint"] as? String ?? "",
                method: fields["method"] as? String ?? "", path: path, status: fields["status"] as? Int ?? 0,
                headers: headers, body: fields["body"] as? String ?? "",
                isHandMade: (fields["notes"] as? [String] ?? []).contains("handmade-error"),
                target: url.range(of: path).map { String(url[$0.lowerBound...]) } ?? path)
        }
    }
}
