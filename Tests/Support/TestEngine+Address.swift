public import Foundation

extension TestEngine {
    /// The address of an empty store: a file in the folder, or a schema of its own on the throwaway server.
    public func address(in folder: URL) async throws -> String {
        switch self {
        case .sqlite: folder.appending(path: "store-\(UUID().uuidString).sqlite").path
        case .postgresql: try await TestServer.shared.freshAddress()
        }
    }
}
