import Accounts
import Directory
import Governance
import HTTPTypes
import Hummingbird
import NIOCore
import Problems
import Storage
import WebSupport

extension PagesApplication {
    var spendImportRoutes: [Route] {
        [
            Route(RouteRule(.get, "/spend/imports/new", .signedIn, "Import spend")) { request in
                try await newImport(request)
            },
            Route(RouteRule(.get, "/spend/imports/:id", .signedIn, "Import of spend")) { request in
                try await importPage(request)
            },
            Route(RouteRule(.get, "/spend/imports/:id/errors", .signedIn, "Lines that were refused")) { request in
                try await importErrors(request)
            },
            Route(RouteRule(.post, "/spend/imports", .signedIn, "Hand in a file of spend", takesFile: true)) {
                request in
                try await handIn(request)
            },
            Route(RouteRule(.post, "/spend/imports/new", .signedIn, "Import a file of spend")) { request in
                try await runImport(request)
            },
            Route(RouteRule(.post, "/spend/imports/:id/undo", .signedIn, "Undo an import of spend")) { request in
                try await undoImport(request)
            },
        ]
    }

    private func handIn(_ request: WebRequest) async throws -> Response {
        var writer: UploadWriter?
        _ = try await request.receiveFile { file in
            writer = try await store.beginUpload(
                purpose: "spend", name: file.name, actor: request.session?.name ?? "", now: request.now)
        } bytes: { bytes in
            try await writer?.write(bytes)
        }
        guard var writer else { throw WebProblem.noFile }
        let upload = try await writer.finish()
        return redirect(SpendParts.new.with([("file", String(upload.id))]))
    }

    /// The form for a file; of one that was handed in, how it would be read.
    private func newImport(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        guard let id = request.query["file"].flatMap({ Int64($0) }) else {
            return try await importFrame(visit, "Step 1 of 2: the file.", SpendImportForm.file(visit))
        }
        let upload = try await store.upload(id)
        let survey = try await store.surveySpend(upload, SpendImportForm.choice(request.query))
        let preview = store.previewSpend(survey, now: request.now)
        return try await importFrame(
            visit, "Step 2 of 2: how \(upload.name) is read. Nothing is imported yet.",
            SpendImportForm.mapping(upload, survey, preview, visit))
    }

    private func importFrame(_ visit: Visit, _ sentence: HTML, _ body: HTML) async throws -> Response {
        try await page(
            visit, .spend,
            PageContent(
                title: "Import spend", sentence: sentence,
                crumb: ("Imports", visit.to(.below(.spend, "imports"))), body: body))
    }

    private func runImport(_ request: WebRequest) async throws -> Response {
        guard let id = request.form["file"].flatMap({ Int64($0) }) else { throw WebProblem.noFile }
        let upload = try await store.upload(id)
        let survey = try await store.surveySpend(upload, SpendImportForm.choice(request.form))
        guard survey.questions.isEmpty else {
            // What was chosen stays in the address, with what is still open.
            let fields = request.form.fields.filter { $0.name != "csrf" }.map { ($0.name, $0.value as String?) }
            return redirect(SpendParts.new.with(fields))
        }
        let done = try await store.importSpend(
            upload, survey, actor: request.session?.name ?? "", now: request.now)
        return redirect(SpendParts.imported(done.id).with([("old", done.isOld ? "1" : nil)]), after: request)
    }

    private func importPage(_ request: WebRequest) async throws -> Response {
        let visit = try await visit(request)
        let done = try await store.spendImport(try number(request))
        return try await page(
            visit, .spend,
            PageContent(
                title: done.fileName,
                sentence: "\(done.source.title), imported \(When.ago(done.created, now: visit.now)) by \(done.actor).",
                crumb: ("Imports", visit.to(.below(.spend, "imports"))),
                body: SpendImportForm.done(done, visit, isOld: request.query["old"] == "1")))
    }

    private func undoImport(_ request: WebRequest) async throws -> Response {
        try await store.undoSpendImport(
            try number(request), actor: request.session?.name ?? "", now: request.now)
        return redirect(.below(.spend, "imports"), after: request)
    }

    private func importErrors(_ request: WebRequest) async throws -> Response {
        let done = try await store.spendImport(try number(request))
        let store = store
        let body = ResponseBody { writer in
            try await store.eachSpendError(of: done.id) { try await writer.write(ByteBuffer(string: $0)) }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: ExportLines.headers(file: "import-\(done.id)-errors", isCSV: true), body: body)
    }

    private func number(_ request: WebRequest) throws(Problem) -> Int64 {
        guard let id = Int64(request.part("id")) else { throw SpendProblem.noImport(request.part("id")) }
        return id
    }
}
