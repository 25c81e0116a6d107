import Accounts
import Foundation
import Problems
import Testing

@Suite struct VaultTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "muster-vault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("a sealed secret opens again, also after a restart, and never looks the same twice")
    func roundTrip() throws {
        try withFolder { folder in
            let secret = Array("00aToken-of-a-tenant".utf8)
            let vault = try Vault(keyFile: folder + "/muster.key")
            let sealed = try vault.seal(secret, purpose: "integration 1")
            #expect(try Vault(keyFile: folder + "/muster.key").open(sealed, purpose: "integration 1") == secret)
            #expect(try vault.seal(secret, purpose: "integration 1") != sealed)
            #expect(!String(decoding: sealed, as: UTF8.self).contains("Token"))
        }
    }

    @Test("another purpose, another key or one changed byte does not open")
    func refusals() throws {
        try withFolder { folder in
            let vault = try Vault(keyFile: folder + "/muster.key")
            let sealed = try vault.seal([1, 2, 3], purpose: "integration 1")
            let other = try Vault(keyFile: folder + "/other.key")
            #expect(throws: Problem.self) { try vault.open(sealed, purpose: "integration 2") }
            #expect(throws: Problem.self) { try other.open(sealed, purpose: "integration 1") }
            #expect(throws: Problem.self) { try vault.open([], purpose: "integration 1") }
            for position in sealed.indices {
                var changed = sealed
                changed[position] ^= 1
                let problem = #expect(throws: Problem.self) { try vault.open(changed, purpose: "integration 1") }
                #expect(problem?.id == "secrets.key.wrong")
            }
        }
    }

    @Test("the key file is readable by its owner only, and one that others can read is refused")
    func keyFileMode() throws {
        try withFolder { folder in
            let path = folder + "/muster.key"
            _ = try Vault(keyFile: path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["muster.key"])
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let problem = #expect(throws: Problem.self) { try Vault(keyFile: path) }
            #expect(problem?.id == "secrets.key.exposed")
        }
    }

    @Test("a damaged key file is told apart from a missing one", arguments: ["", "muster-key-1 short\n", "hello"])
    func damagedKey(text: String) throws {
        try withFolder { folder in
            let path = folder + "/muster.key"
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
            let problem = #expect(throws: Problem.self) { try Vault(keyFile: path) }
            #expect(problem?.id == "secrets.key.malformed")
        }
    }

    @Test("a folder that does not exist is one clear problem")
    func missingFolder() throws {
        let problem = #expect(throws: Problem.self) { try Vault(keyFile: "/nonexistent/folder/muster.key") }
        #expect(problem?.id == "secrets.key.unreadable")
    }
}
