import Accounts
import Analysis
import Directory
import Governance
import Hummingbird
import NIOCore
import Problems
import Storage
import WebSupport

extension PagesApplication {
    /// - Parameter problem: what was wrong with a form that was just posted, whose fields stay as they were typed.
    func leaverPage(_ request: WebRequest, _ problem: Problem? = nil) async throws -> Response {
        let visit = try await visit(request)
        guard let found = try await store.offboardingCase(request.part("id"), visit.moment) else {
            return try await notLeaving(request, visit)
        }
        let deeds = try await store.leaverDeeds(found.facts, visit.moment)
        let parts = LeaverParts(
            found: found, deeds: deeds, visit: visit, typed: problem == nil ? FormData() : request.form)
        let person = found.facts.person
        let integration = try await store.integrations()
        let runs = integration.count == 1 ? integration.first?.name : nil
        return try await page(
            visit, .offboarding,
            PageContent(
                title: person.name,
                sentence: """
                    \(found.isOpen ? "<span class=\"badge attention\">open</span>" : "<span class=\"badge good\">closed</span>" as HTML) \
                    \(parts.sentence) <span class="muted">\(person.login)</span>
                    """,
                crumb: ("Offboarding", visit.to(.offboarding)),
                action: """
                    <a class="button" href="\(visit.to(.below(.below(.offboarding, person.id), "checklist.csv")))">\
                    Checklist as CSV</a>
                    """,
                body: LeaverParts.banner(problem) + parts.notes + parts.figures + parts.facts + parts.picture
                    + parts.checklist(integration: runs) + parts.activity + parts.caseForm + parts.history))
    }

    /// Somebody whom nobody has let go: a case may be opened by hand.
    private func notLeaving(_ request: WebRequest, _ visit: Visit) async throws -> Response {
        let detail = try await store.user(request.part("id"), visit.moment)
        let id = detail.user.id
        return try await page(
            visit, .offboarding,
            PageContent(
                title: UserParts.name(detail.user),
                sentence: "\(Part.status(detail.user.status.rawValue)) has not left, by Okta and by the roster.",
                crumb: ("Offboarding", visit.to(.offboarding)),
                body: Part.section(
                    "Open a case by hand",
                    """
                    <div class="stack"><p>For somebody who leaves before Okta or the roster says so. The checklist then has \
                    what <a href="\(visit.to(.user(id)))">they have now</a>; each item closes when a sync no longer sees \
                    it, or when somebody vouches for it.</p>
                    <form method="post" action="\(Link.below(.below(.offboarding, id), "open"))">\(visit.csrf())\
                    <button class="primary">Open a case</button></form></div>
                    """)))
    }

    func settleItems(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let id = request.part("id")
        do {
            let change = try LeaverForm.change(request.form)
            guard let found = try await store.offboardingCase(id, Moment(now: visit.now)) else {
                throw WebProblem.noPage
            }
            try await store.settle(
                LeaverForm.keys(request.form), of: found, change, actor: request.session?.name ?? "", now: request.now)
        } catch let problem as Problem where problem.kind == .badInput {
            return try await leaverPage(request, problem)
        }
        return redirect(.below(.offboarding, id), after: request)
    }

    func settleCase(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let id = request.part("id")
        do {
            let change = try LeaverForm.change(request.form)
            guard let found = try await store.offboardingCase(id, Moment(now: visit.now)) else {
                throw WebProblem.noPage
            }
            try await store.settleCase(found, change, actor: request.session?.name ?? "", now: request.now)
        } catch let problem as Problem where problem.kind == .badInput {
            return try await leaverPage(request, problem)
        }
        return redirect(.below(.offboarding, id), after: request)
    }

    /// The checklist as it is, or as it was when the case was closed.
    func checklistFile(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        guard let found = try await store.offboardingCase(request.part("id"), visit.moment) else {
            throw WebProblem.noPage
        }
        let file = request.part("file")
        let text: String
        switch file {
        case "checklist.csv": text = found.csv
        case "record.csv":
            guard let record = found.record?.record else { throw WebProblem.noPage }
            text = record
        default: throw WebProblem.noPage
        }
        try await audit.record(
            actor: request.session?.name ?? "", action: "export", subject: "offboarding \(found.facts.person.login)",
            detail: file)
        let name = file == "record.csv" ? "offboarding-record" : "offboarding-checklist"
        return Response(
            status: .ok, headers: ExportLines.headers(file: name, isCSV: true),
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// What a form about items or a case says.
enum LeaverForm {
    /// - Throws: `offboarding.date.invalid`.
    static func change(_ form: FormData) throws(Problem) -> ItemChange {
        var due: Int32?
        if let text = form.filled("due") {
            guard let day = Timestamp(iso8601: text)?.day else {
                throw Problem(
                    id: "offboarding.date.invalid", kind: .badInput, title: "“\(text.prefix(40))” is not a day",
                    remedy: "Write it as 2026-01-31.")
            }
            due = day
        }
        return ItemChange(
            form["do"].flatMap(ItemChange.Action.init(rawValue:)) ?? .save, owner: form.filled("owner") ?? "",
            dueOn: due, note: form.filled("note") ?? "", evidence: form.filled("evidence") ?? "")
    }

    /// The items that were ticked; each is named by its kind and id.
    static func keys(_ form: FormData) -> [LeaverItem.Key] {
        form.all("item").prefix(2000).compactMap { text in
            guard let colon = text.firstIndex(of: ":"), let kind = LeaverItem.Kind(rawValue: String(text[..<colon]))
            else { return nil }
            return LeaverItem.Key(kind: kind, id: String(text[text.index(after: colon)...]))
        }
    }

    static func name(_ key: LeaverItem.Key) -> String { "\(key.kind.rawValue):\(key.id)" }
}
