import Directory
import Governance
import Problems
import Storage
import WebSupport

/// One thing worth doing, with its number, why, and a link to its rows.
struct DoNext: Sendable {
    let look: DataHealth.Look
    let title: String
    let why: String
    let link: Link

    /// Everything that waits, the gravest first.
    static func all(
        _ store: Store, _ connected: [Integration], apps: ListDefinition, _ visit: Visit
    ) async throws(Problem) -> [DoNext] {
        var tasks: [DoNext] = []
        for integration in connected { tasks += try await ofIntegration(integration, store, visit) }
        for question in questions(visit, apps) {
            let filters = try parsed(question.filters, question.list)
            let count = try await store.count(question.list, ListRequest(filters: filters))
            guard count > 0 else { continue }
            let link = question.link.with(filters.map { ("where", $0.expression) })
            tasks.append(
                DoNext(look: question.look, title: question.title(count), why: question.why, link: visit.to(link)))
        }
        tasks += try await deadlines(store, visit)
        return tasks.sorted { $0.look.rank > $1.look.rank }
    }

    /// Contracts whose notice has to be given within 60 days, and those that ended without a word, the soonest first.
    private static func deadlines(_ store: Store, _ visit: Visit) async throws(Problem) -> [DoNext] {
        let day = CalendarDay(visit.moment.time)
        let contracts = try await store.contracts()
        let soon = contracts.compactMap { contract in contract.renewal.map { (contract, $0) } }
            .filter { contract, renewal in
                let severity = renewal.severity(on: day)
                return contract.status == .active && severity != nil && severity != .info
            }
            .sorted { $0.1.noticeBy < $1.1.noticeBy }
        var tasks = soon.prefix(5).map { contract, renewal in
            let left = renewal.daysLeft(on: day)
            let assumed = renewal.isAssumed ? " The notice days are not known: 30 are assumed." : ""
            return DoNext(
                look: renewal.severity(on: day) == .critical ? .danger : .attention,
                title: "Decide about \(contract.vendor) within \(Count.of(left, "day", "days"))",
                why: "Notice by \(renewal.noticeBy.text); \(contract.renews ? "it renews by itself" : "it ends") on "
                    + "\(renewal.renewsOn.text).\(assumed)",
                link: visit.to(.contract(contract.id, tab: "memo")))
        }
        let overdue = contracts.count { $0.standing(on: day) == .overdue }
        if overdue > 0 {
            tasks.append(
                DoNext(
                    look: .attention,
                    title: Count.of(overdue, "contract has ended", "contracts have ended"),
                    why: "Nobody said whether it was renewed, so its seats no longer count as bought.",
                    link: visit.to(Link.contracts.with([("where", "standing=overdue")]))))
        }
        return tasks
    }

    private static func ofIntegration(
        _ integration: Integration, _ store: Store, _ visit: Visit
    ) async throws(Problem) -> [DoNext] {
        var tasks: [DoNext] = []
        if let problem = integration.problem {
            tasks.append(
                DoNext(
                    look: .danger, title: problem.title, why: problem.remedy,
                    link: visit.to(.integration(integration.name))))
        }
        if let days = integration.tokenDaysLeft(at: visit.now), days <= 7 {
            tasks.append(
                DoNext(
                    look: .attention, title: "The API token of \(integration.name) dies in \(days) days without use",
                    why: "Okta ends a token that is not used for 30 days. Any sync keeps it alive.",
                    link: visit.to(.integration(integration.name))))
        }
        if let run = try await store.latestRun(of: integration.id) {
            if run.held > 0 {
                tasks.append(
                    DoNext(
                        look: .attention,
                        title: "\(Count.of(run.held, "listing waits", "listings wait")) for your accept",
                        why: "A sync found far fewer rows than before and closed none of them.",
                        link: visit.to(.run(integration.name, run.id))))
            }
            let missing = run.coverage.filter { if case .forbidden = $0.value { true } else { false } }.keys
            for resource in missing.sorted(by: { $0.rawValue < $1.rawValue }) {
                tasks.append(
                    DoNext(
                        look: .unknown,
                        title: "The tenant's \(resource.rawValue.replacing("_", with: " ")) could not be read",
                        why: "Every answer built on it says “not evaluated”. See what to grant.",
                        link: visit.to(.integration(integration.name, tab: "coverage"))))
            }
        }
        return tasks
    }

    private struct Question {
        let list: ListDefinition
        let filters: [String]
        let link: Link
        let look: DataHealth.Look
        let title: @Sendable (Int) -> String
        let why: String
    }

    private static func questions(_ visit: Visit, _ apps: ListDefinition) -> [Question] {
        let moment = visit.moment
        let months = moment.signInMonths
        let quarter = moment.time.advanced(bySeconds: -90 * 86_400).date
        var questions = [
            Question(
                list: .users(moment), filters: ["status=DEPROVISIONED", "apps>0"], link: .users, look: .danger,
                title: { Count.of($0, "leaver still holds access", "leavers still hold access") },
                why: "Deactivated in Okta, with app assignments left."),
            Question(
                list: .roles(moment), filters: ["role=SUPER_ADMIN", "last_login_at<\(quarter)"], link: .roles,
                look: .danger, title: { Count.of($0, "super admin is dormant", "super admins are dormant") },
                why: "No sign-in to Okta for 90 days, with every right there is."),
        ]
        // Nothing is concluded of months that the log does not tell of whole.
        if moment.usageKnown, moment.signInsBegin == nil, moment.usageUntil == nil {
            questions.append(
                Question(
                    list: apps, filters: ["status=ACTIVE", "assigned_users>0", "sign_ins_3m=0"], link: .apps,
                    look: .attention, title: { Count.of($0, "app nobody signed in to", "apps nobody signed in to") },
                    why: moment.asOf == .now
                        ? "Assigned to people, and no sign-in since \(Moment.monthName(months.lowerBound))."
                        : "Assigned to people, and no sign-in in the three months before \(moment.time.date.prefix(7))."
                ))
        }
        return questions
    }

    private static func parsed(_ texts: [String], _ list: ListDefinition) throws(Problem) -> [ListFilter] {
        var filters: [ListFilter] = []
        for text in texts { filters.append(try ListFilter(parsing: text, for: list)) }
        return filters
    }
}
