import Accounts
import ArgumentParser
import Logging
import OktaAPI
import Problems
import Server
import Storage
import Sync

struct Connect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a credential, show what it may read, and store it sealed.",
        discussion: """
            DOMAIN may be pasted in any shape: acme.okta.com, https://acme-admin.okta.com/admin, an issuer address.
            Secrets are read from files; - is standard input. A secret given as an argument is refused.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "The tenant's address, in any shape.") var domain: String
    @Option(help: ArgumentHelp("The name to know it by. (default: from the domain)", valueName: "name"))
    var name: String?
    @Option(help: ArgumentHelp("Who to ask about this tenant.", valueName: "email")) var contact: String?
    @Option(help: ArgumentHelp("A file with an API token.", valueName: "file")) var tokenFile: String?
    @Option(help: ArgumentHelp("The client id of a service app.", valueName: "id")) var clientID: String?
    @Option(help: ArgumentHelp("A file with the service app's private key (PEM).", valueName: "file"))
    var privateKeyFile: String?
    @Option(help: ArgumentHelp("A file with the integration's client secret.", valueName: "file"))
    var clientSecretFile: String?

    func validate() throws {
        let ways = [tokenFile, privateKeyFile, clientSecretFile].compactMap { $0 }.count
        guard ways == 1, (clientID != nil) == (tokenFile == nil) else {
            throw ValidationError(
                "Give one of: --token-file FILE; --client-id ID --private-key-file FILE; "
                    + "--client-id ID --client-secret-file FILE.")
        }
    }

    func run() async throws {
        let domain = try OktaDomain(pasted: domain)
        let credential = try credential()
        let installation = try await data.installation()
        let (integration, check) = try await Integrations(installation, logger: Logger(label: "muster")).connect(
            name: name, contact: contact, domain: domain, credential: credential)
        try await installation.audit.record(
            actor: "command line", action: "integration.connect", subject: integration.name,
            detail: integration.baseURL)
        try Terminal.print("Connected “\(integration.name)” (\(integration.baseURL)).\n\n")
        try ProbeTable.print(check.probe, format: .table)
        try Terminal.print("\n")
        try PlanTable.print(check.plan)
        try Terminal.print("\nNext: muster sync \(integration.name)\n")
    }

    private func credential() throws(Problem) -> OktaCredential {
        if let tokenFile { return .apiToken(try SecretSource(tokenFile).text()) }
        let clientID = clientID ?? ""
        if let privateKeyFile {
            return .privateKey(clientID: clientID, pem: try SecretSource(privateKeyFile).text())
        }
        return .clientSecret(clientID: clientID, secret: try SecretSource(clientSecretFile ?? "-").text())
    }
}
