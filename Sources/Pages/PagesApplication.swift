public import Accounts
public import Directory
public import Hummingbird
public import Logging
import Problems
public import Storage
public import Sync
public import WebSupport

/// Muster's pages: everything a signed-in person sees, built from the values the server hands in.
public struct PagesApplication: Sendable {
    let store: Store
    let sessions: Sessions
    let signInLinks: SignInLinks
    let audit: AuditTrail
    let integrations: Integrations
    let scheduler: SyncScheduler
    let configuration: Configuration
    let clock: @Sendable () -> Timestamp
    let logger: Logger
    let pending = PendingConnections()
    let lists = ListMemory()
    let apps = AppMemory()
    let usages = UsageMemory()
    let comparisons = ChangesMemory()
    let licenceMemory = LicenceMemory()
    let spend = SpendMemory()
    let surveys = SurveyMemory()
    let leavers = OffboardingMemory()

    /// What pages have to know of their surroundings.
    public struct Configuration: Sendable {
        /// The workspace's name, as shown in the top bar.
        public var workspaceName: String
        /// Where people and Okta reach Muster; nil when nobody said so.
        public var publicURL: String?
        /// Whether browsers elsewhere reach Muster by HTTPS.
        public var isSecure: Bool { publicURL?.hasPrefix("https://") ?? false }

        /// A workspace reached by plain HTTP on this computer, unless told otherwise.
        public init(workspaceName: String = "default", publicURL: String? = nil) {
            self.workspaceName = workspaceName
            self.publicURL = publicURL
        }
    }

    /// The pages of one workspace.
    public init(
        store: Store, sessions: Sessions, signInLinks: SignInLinks, audit: AuditTrail, integrations: Integrations,
        scheduler: SyncScheduler, configuration: Configuration = Configuration(),
        clock: @Sendable @escaping () -> Timestamp = { Timestamp.now }, logger: Logger
    ) {
        self.store = store
        self.sessions = sessions
        self.signInLinks = signInLinks
        self.audit = audit
        self.integrations = integrations
        self.scheduler = scheduler
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    /// Every route of the pages with who may use it.
    public var routes: [Route] {
        assetRoutes + signInRoutes + homeRoutes + userRoutes + groupRoutes + appRoutes + departmentRoutes + usageRoutes
            + roleRoutes + linkListRoutes + changeRoutes + accessPathRoutes + integrationRoutes + connectRoutes
            + searchRoutes + licenceRoutes + contractRoutes + spendRoutes + discoveryRoutes + offboardingRoutes
    }

    /// Whether a browser may be told to keep a cookie for HTTPS alone. One on this computer that opened the printed link
    /// came by plain HTTP, and would drop such a cookie.
    func keepsCookiesSecure(_ request: WebRequest) -> Bool {
        configuration.isSecure && (request.isPostedByHTTPS || !request.peer.isThisComputer)
    }

    /// The rules of all routes, for tests that walk them.
    public var rules: [RouteRule] { routes.map(\.rule) }

    /// Registers the middlewares and the routes. Add routes that are not pages (probes, metrics) before this.
    public func addRoutes(to router: Router<AppRequestContext>) {
        router.add(middleware: SecurityHeadersMiddleware())
        let problems = ProblemMiddleware { problem, request, context in problemPage(problem, request, context) }
        // Twice: outside for a session that cannot be looked up, inside to know who is to be told.
        router.add(middleware: problems)
        router.add(middleware: SessionMiddleware(sessions: sessions, clock: clock))
        router.add(middleware: problems)
        router.add(routes)
    }
}
