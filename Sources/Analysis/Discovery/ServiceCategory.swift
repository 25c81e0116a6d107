/// What a product is for: Muster's own taxonomy. Products of one category can stand in for each other, more or less, which is
/// what overlap is looked for in.
public enum ServiceCategory: String, Sendable, CaseIterable, Comparable {
    case ai, analytics, automation, backup, chat, cloud, compliance, contracts, crm, data, design, development
    case devices, documents, emailsec, endpoint, engagement, engineering, events, expenses, feedback, files
    case finance, helpdesk, hr, identity, itsm, learning, legal, marketing, meetings, monitoring, network
    case passwords, payments, payroll, procurement, product, projects, recruiting, remote, research, sales
    case scheduling, social, suite, telephony, time, video, vulnerability, websites, whiteboards, workplace
    case writing

    /// The name people read.
    public var title: String {
        switch self {
        case .ai: "AI assistants"
        case .analytics: "Analytics and dashboards"
        case .automation: "Automation and integration"
        case .backup: "Backup"
        case .chat: "Chat"
        case .cloud: "Cloud and hosting"
        case .compliance: "Governance, risk and compliance"
        case .contracts: "Contracts and signatures"
        case .crm: "Customer relations (CRM)"
        case .data: "Data platforms"
        case .design: "Design"
        case .development: "Software development"
        case .devices: "Device management"
        case .documents: "Documents and wikis"
        case .emailsec: "E-mail security and awareness"
        case .endpoint: "Endpoint protection"
        case .engagement: "Employee engagement"
        case .engineering: "Engineering and CAD"
        case .events: "Events and webinars"
        case .expenses: "Travel and expenses"
        case .feedback: "Surveys and forms"
        case .files: "File sharing"
        case .finance: "Finance and planning"
        case .helpdesk: "Customer support"
        case .hr: "Human resources"
        case .identity: "Identity and access"
        case .itsm: "IT service"
        case .learning: "Learning"
        case .legal: "Legal"
        case .marketing: "Marketing"
        case .meetings: "Meetings"
        case .monitoring: "Monitoring and incidents"
        case .network: "Network and secure access"
        case .passwords: "Password managers"
        case .payments: "Payments and billing"
        case .payroll: "Payroll"
        case .procurement: "Procurement"
        case .product: "Product management and research"
        case .projects: "Projects and tasks"
        case .recruiting: "Recruiting"
        case .remote: "Remote access and support"
        case .research: "Research"
        case .sales: "Sales and customer success"
        case .scheduling: "Scheduling"
        case .social: "Social media"
        case .suite: "Office suites"
        case .telephony: "Telephony"
        case .time: "Time tracking and shifts"
        case .video: "Video"
        case .vulnerability: "Vulnerabilities and code security"
        case .websites: "Websites and shops"
        case .whiteboards: "Whiteboards and diagrams"
        case .workplace: "Offices and access"
        case .writing: "Writing and translation"
        }
    }

    /// The category that people mean by its id or its name.
    public init?(naming text: String) {
        let folded = Catalogue.folded(text)
        guard let found = Self.allCases.first(where: { $0.rawValue == folded || Catalogue.folded($0.title) == folded })
        else { return nil }
        self = found
    }

    /// In the order of their names.
    public static func < (left: ServiceCategory, right: ServiceCategory) -> Bool { left.title < right.title }
}
