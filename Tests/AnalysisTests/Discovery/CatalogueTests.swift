import Testing

@testable import Analysis

@Suite("The shipped catalogue")
struct CatalogueTests {
    @Test("every line of the file is understood, and there are some hundred")
    func wholeFile() {
        let lines = String(decoding: PackageResources.catalogue_tsv, as: UTF8.self).split(separator: "\n")
        #expect(lines.first?.split(separator: "\t").map(String.init) == Catalogue.columns)
        #expect(Catalogue.entries.count == lines.count - 1)
        #expect(Catalogue.entries.count > 300)
        #expect(Catalogue.entries.map(\.id) == Catalogue.entries.map(\.id).sorted())
    }

    @Test("no id, name, domain or Okta key belongs to two entries")
    func unique() {
        func twice(_ texts: [String]) -> [String] {
            Dictionary(grouping: texts) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        }
        #expect(twice(Catalogue.entries.map(\.id)) == [])
        #expect(twice(Catalogue.entries.flatMap(\.domains)) == [])
        #expect(twice(Catalogue.entries.flatMap(\.oktaKeys)) == [])
        #expect(twice(Catalogue.entries.flatMap { Set(([$0.name] + $0.aliases).map(Catalogue.folded)) }) == [])
        #expect(twice(Catalogue.entries.flatMap(\.descriptors)) == [])
    }

    @Test("every entry has a home page by HTTPS, plain domains, a source with a licence and the day it was looked at")
    func wellFormed() {
        for entry in Catalogue.entries {
            #expect(entry.homepage.hasPrefix("https://") && entry.homepage.contains("."), "\(entry.id)")
            #expect(!entry.name.isEmpty && !entry.vendor.isEmpty && !entry.source.licence.isEmpty, "\(entry.id)")
            #expect(entry.checkedOn.utf8.count == 10 && entry.checkedOn.hasPrefix("20"), "\(entry.id)")
            #expect(entry.id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }, "\(entry.id)")
            for domain in entry.domains {
                let parts = domain.split(separator: ".", omittingEmptySubsequences: false)
                let isPlain = parts.count > 1 && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix("-") }
                #expect(isPlain && domain == domain.lowercased(), "\(entry.id): \(domain)")
            }
            // A pattern of few letters would claim what others sell.
            for pattern in entry.descriptors {
                let letters = pattern.filter { $0.isLetter || $0.isNumber }
                #expect(pattern == pattern.uppercased() && letters.count >= 2, "\(entry.id): \(pattern)")
            }
        }
    }

    @Test(
        "an app is found by Okta's key whatever its label says, and a home-made one by a label that is exactly a name")
    func apps() {
        #expect(Catalogue.entry(forOktaKey: "zoomus", label: "Video calls")?.name == "Zoom")
        #expect(Catalogue.match(oktaKey: "zoomus", label: "Slack")?.how == .oktaKey)
        #expect(Catalogue.match(oktaKey: "template_swa", label: "trello")?.entry.name == "Trello")
        #expect(Catalogue.match(oktaKey: "acme_figma_1", label: "Figma")?.how == .label)
        #expect(Catalogue.entry(forOktaKey: "bookmark", label: "Statuspage")?.vendor == "Atlassian")
    }

    @Test("an app that nobody knows is not forced to a match")
    func unknown() {
        #expect(Catalogue.entry(forOktaKey: "oidc_client", label: "Acme Portal") == nil)
        #expect(Catalogue.entry(forOktaKey: "oidc_client", label: "Slack archive of 2019") == nil)
        #expect(Catalogue.entry(forOktaKey: "oidc_client", label: "") == nil)
        #expect(Catalogue.entry(named: "…") == nil)
    }

    @Test(
        "a domain, one below it, an address and an e-mail address all find their entry; what only ends alike does not")
    func domains() {
        for text in ["slack.com", "APP.Slack.com", "https://acme.slack.com/archives?x=1", "billing@slack.com"] {
            #expect(Catalogue.entry(forDomain: text)?.id == "slack", "\(text)")
        }
        #expect(Catalogue.entry(forDomain: "notslack.com") == nil)
        #expect(Catalogue.entry(forDomain: "com") == nil)
        #expect(Catalogue.entry(forDomain: "") == nil)
        #expect(Catalogue.entry(forDomain: "aws.amazon.com")?.id == "amazon-web-services")
        #expect(Catalogue.entry(forDomain: "amazon.com") == nil)
    }

    @Test("categories are found by id and by name, and every one of them has an entry")
    func categories() {
        #expect(ServiceCategory(naming: "Password managers") == .passwords)
        #expect(ServiceCategory(naming: "ai") == .ai)
        #expect(ServiceCategory(naming: "cheese") == nil)
        #expect(Set(Catalogue.entries.map(\.category)) == Set(ServiceCategory.allCases))
    }
}
