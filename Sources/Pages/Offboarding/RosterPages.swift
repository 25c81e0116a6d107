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
    var rosterRoutes: [Route] {
        [
            Route(RouteRule(.get, "/roster", .signedIn, "Roster")) { request in try await rosterTab(request) },
            Route(RouteRule(.post, "/roster/files", .signedIn, "Hand in a roster", takesFile: true)) { request in
                try await receiveRoster(request)
            },
            Route(RouteRule(.get, "/roster/files/:upload", .signedIn, "A roster before it is imported")) { request in
                try await rosterPreview(request)
            },
            Route(RouteRule(.post, "/roster/files/:upload", .signedIn, "Import a roster")) { request in
                try await importRoster(request)
            },
            Route(RouteRule(.get, "/roster/files/:upload/errors", .signedIn, "Lines of a roster that cannot be taken"))
            {
                request in try await rosterErrors(request)
            },
            Route(RouteRule(.post, "/roster/undo", .signedIn, "Undo the import of a roster")) { request in
                try await store.undoRoster(
                    Int64(request.form["import"] ?? "") ?? 0, actor: request.session?.name ?? "", now: request.now)
                return redirect(.roster, after: request)
            },
        ]
    }

    /// The form that hands a roster in, and the imports so far.
    func rosterSection(_ visit: Visit) async throws -> HTML {
        let imports = try await store.rosterImports()
        let latest = imports.first { $0.undoneAt == nil }?.id
        let rows = imports.prefix(20).map { one -> [HTML] in
            let state: HTML =
                one.undoneAt.map { "undone by \(one.undoneBy) \(When.ago($0, now: visit.now))" }
                ?? (one.id == latest
                    ? """
                    <form method="post" action="\(Link.below(.roster, "undo"))">\(visit.csrf())\
                    <input type="hidden" name="import" value="\(one.id)"><button class="danger">Undo</button></form>
                    """ : "in force")
            return [
                "\(one.fileName)<small class=\"sub\">import \(one.id)</small>",
                "\(When.ago(one.importedAt, now: visit.now))<small class=\"how\">by \(one.importedBy)</small>",
                "\(Count.text(one.people))", "\(Count.text(one.added))", "\(Count.text(one.changed))",
                "\(Count.text(one.leaving))", "\(Count.text(one.badLines))", state,
            ]
        }
        let table: HTML =
            rows.isEmpty
            ? HTML()
            : Part.section(
                "Imports",
                Part.table(
                    "Imports",
                    [
                        ("File", false), ("When", false), ("People", true), ("New", true), ("Changed", true),
                        ("New leavers", true), ("Bad lines", true), ("State", false),
                    ], rows))
        guard visit.moment.asOf == .now else { return table }
        return Part.section(
            "Import a roster",
            FileForm.html(
                .below(.roster, "files"), label: "The roster",
                hint: """
                    CSV with a header line, in any encoding and with any delimiter. It needs an employee id or an e-mail \
                    address, and a status or an end date; department, manager and type are taken too. You see who would \
                    become a leaver before anything changes.
                    """, button: "Look at it first", visit)) + table
    }

    private func receiveRoster(_ request: WebRequest) async throws -> Response {
        let actor = request.session?.name ?? ""
        var writer: UploadWriter?
        _ = try await request.receiveFile { posted in
            writer = try await store.beginUpload(purpose: "roster", name: posted.name, actor: actor, now: request.now)
        } bytes: { bytes in
            try await writer?.write(bytes)
        }
        guard let upload = try await writer?.finish() else { throw WebProblem.noFile }
        return redirect(.below(.below(.roster, "files"), String(upload.id)), after: request)
    }

    private func rosterUpload(_ request: WebRequest) async throws(Problem) -> Upload {
        let upload = try await store.upload(Int64(request.part("upload")) ?? 0)
        guard upload.purpose == "roster" else { throw UploadProblem.gone }
        return upload
    }

    private func rosterPreview(_ request: WebRequest, _ problem: Problem? = nil) async throws -> Response {
        let visit = try await visit(request)
        let upload = try await rosterUpload(request)
        let file = try await store.roster(of: upload)
        let plan = try await store.rosterPlan(file, now: visit.now)
        let parts = RosterParts(upload: upload, file: file, plan: plan, visit: visit)
        return try await page(
            visit, .offboarding,
            PageContent(
                title: "Import \(upload.name)", sentence: "What this roster says, and who would become a leaver by it.",
                crumb: ("Roster", visit.to(.roster)),
                body: LeaverParts.banner(problem) + parts.figures + parts.confirm + parts.flips + parts.columns
                    + parts.bad))
    }

    private func importRoster(_ request: WebRequest) async throws -> Response {
        let upload = try await rosterUpload(request)
        let file = try await store.roster(of: upload)
        do {
            try await store.importRoster(
                file, named: upload.name, confirmed: request.form.filled("confirm").flatMap { Int($0) },
                actor: request.session?.name ?? "", now: request.now)
        } catch {
            guard error.kind == .conflict else { throw error }
            return try await rosterPreview(request, error)
        }
        return redirect(.roster, after: request)
    }

    private func rosterErrors(_ request: WebRequest) async throws -> Response {
        let file = try await store.roster(of: try await rosterUpload(request))
        return Response(
            status: .ok, headers: ExportLines.headers(file: "roster-errors", isCSV: true),
            body: ResponseBody(byteBuffer: ByteBuffer(string: file.errorFile)))
    }
}

/// The parts of a roster's preview.
struct RosterParts {
    let upload: Upload
    let file: RosterFile
    let plan: RosterPlan
    let visit: Visit

    private var here: Link { .below(.below(.roster, "files"), String(upload.id)) }

    var figures: HTML {
        Part.figures([
            Part.figure(
                "People", "\(Count.text(file.entries.count))",
                "\(Count.text(plan.unmatched)) of them are not in Okta", nil),
            Part.figure(
                "New leavers", "\(Count.text(plan.leaving.count))",
                """
                of \(Count.of(plan.known, "person", "people")) who are active in Okta; \(Count.text(plan.newlyUpcoming)) more \
                get a last day within 90 days
                """, nil),
            Part.figure(
                "No longer leavers", "\(Count.text(plan.returning.count))", "who came back, or never left", nil),
            Part.figure(
                "Changes", "\(Count.text(plan.added + plan.changed))",
                "\(Count.text(plan.added)) new, \(Count.text(plan.changed)) changed, \(Count.text(plan.same)) the same",
                nil),
            Part.figure(
                "Bad lines", "\(Count.text(file.badCount))", "which are left out",
                file.badCount == 0 ? nil : visit.to(.below(here, "errors"))),
        ])
    }

    var confirm: HTML {
        if plan.isEmpty {
            return Part.note(.good, "This roster changes nothing: everybody in it is known, just as it says.")
        }
        let typing: HTML? =
            plan.needsConfirmation
            ? """
            <label>Type \(plan.flips) to confirm that so many people have left or will within 90 days\
            <input name="confirm" inputmode="numeric" autocomplete="off" required></label>
            """ : nil
        let warning: HTML? =
            plan.needsConfirmation
            ? Part.note(
                .danger,
                """
                <strong>This roster would make leavers of \(Count.text(plan.flips)) of \
                \(Count.of(plan.known, "person", "people")), now or within 90 days,</strong> more than one in five. A column read wrongly does that.
                """) : nil
        let unnamed: HTML? =
            plan.unnamed == 0
            ? nil
            : "<p class=\"muted\">\(Count.of(plan.unnamed, "person", "people")) of the roster are not in this file: they stay as they are.</p>"
        return """
            \(warning)<form method="post" action="\(here)" class="form">\(visit.csrf())\(typing)\
            <button class="primary">Import it</button>\(unnamed)</form>
            """
    }

    var flips: HTML {
        flips("Who would become a leaver", plan.leaving) + flips("Who would no longer be one", plan.returning)
    }

    private func flips(_ title: String, _ flips: [RosterPlan.Flip]) -> HTML {
        guard !flips.isEmpty else { return HTML() }
        let shown = flips.prefix(200).map { flip -> [HTML] in
            [
                PersonCell.html(
                    id: flip.userID, name: flip.name.isEmpty ? flip.login : flip.name, login: flip.login, visit),
                Part.text(flip.status), Part.text(flip.endsOn.map { Timestamp(day: $0).date }),
            ]
        }
        return Part.section(
            title, Part.table(title, [("Person", false), ("Status", false), ("Last day", false)], shown),
            note: flips.count > 200 ? "the first 200 of \(Count.text(flips.count))" : HTML())
    }

    var columns: HTML {
        let rows = RosterColumns.Field.allCases.map { field -> [HTML] in
            let place = file.columns.places[field]
            return [
                "\(field.title)",
                place.map { "\(file.columns.header[$0])" } ?? "<span class=\"muted\">not in the file</span>",
            ]
        }
        let unknown = file.unknownWords.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(20)
        let words: HTML? =
            unknown.isEmpty
            ? nil
            : Part.note(
                .attention,
                """
                <strong>Words that were not understood,</strong> and count as employed: \
                \(unknown.map { "“\($0.key.prefix(40))” (\($0.value))" }.joined(separator: ", ")).
                """)
        return Part.section(
            "How it was read", Part.table("Columns", [("What", false), ("Column of the file", false)], rows),
            note: "\(file.format.encoding.rawValue), \(file.format.delimiter.name), \(file.dateOrder)")
            + (words ?? HTML())
    }

    var bad: HTML {
        guard file.badCount > 0 else { return HTML() }
        let rows = file.badLines.prefix(50).map { line -> [HTML] in
            ["\(line.line)", "\(line.reason)", "<code>\(line.text)</code>"]
        }
        return Part.section(
            "Lines that are left out",
            Part.table(
                "Lines that are left out", [("Line", true), ("Why", false), ("What stands there", false)], rows),
            note: "<a href=\"\(visit.to(.below(here, "errors")))\">All \(Count.text(file.badCount)) as CSV</a>")
    }
}
