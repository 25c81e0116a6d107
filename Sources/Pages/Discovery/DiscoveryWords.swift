import Analysis
import Governance
import Storage
import WebSupport

/// How pages speak of services and states.
enum DiscoveryWords {
    static func badge(_ state: AppState) -> HTML {
        let look =
            switch state {
            case .sanctioned: "good"
            case .blocked: "danger"
            case .retiring, .inReview: "attention"
            case .discovered: "unknown"
            case .tolerated, .retired: "neutral"
            }
        return "<span class=\"badge \(look)\" title=\"\(state.meaning)\">\(state.title)</span>"
    }

    static func standing(_ service: DiscoveredService) -> String {
        switch service.standing {
        case .active: "active"
        case .inactive: "inactive"
        case .gone: "not in Okta's list"
        }
    }

    /// What told of a service, in words.
    static func found(_ service: DiscoveredService) -> String {
        let words = service.sources.map { source in
            switch source {
            case .list: "Okta's list of apps"
            case .assignments: "assignments"
            case .signIns: "sign-ins"
            case .consents: "consents"
            }
        }
        return words.isEmpty ? "Known from the System Log." : "Known from \(words.joined(separator: ", "))."
    }
}
