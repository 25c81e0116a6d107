import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
public import Problems
import Storage

/// Turns whatever went wrong into an answer: a page for people, `application/problem+json` for programs.
public struct ProblemMiddleware: RouterMiddleware {
    private let page: @Sendable (Problem, Request, AppRequestContext) -> HTML

    /// Problems become pages by this closure.
    public init(page: @Sendable @escaping (Problem, Request, AppRequestContext) -> HTML) { self.page = page }

    /// Answers, or tells why not.
    public func handle(
        _ request: Request, context: AppRequestContext,
        next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            // Whoever is not signed in does not learn which addresses exist.
            return answer(context.session == nil ? WebProblem.signInNeeded : WebProblem.noPage, request, context)
        } catch let error as HTTPError where error.status.code < 500 {
            let problem = Problem(
                id: "web.request.refused", kind: .usage, title: "The request was not understood",
                explanation: error.body ?? "", remedy: "Open the page again.")
            return answer(problem, request, context)
        } catch {
            return answer(Problem.from(error), request, context)
        }
    }

    private func answer(_ problem: Problem, _ request: Request, _ context: AppRequestContext) -> Response {
        let wantsPage = Self.wantsPage(request)
        if problem.id == WebProblem.signInNeeded.id {
            guard wantsPage else { return json(problem, status: .unauthorized) }
            return Response(status: .seeOther, headers: [.location: Link.signIn.path])
        }
        log(problem, context)
        let status = HTTPResponse.Status(code: problem.kind.httpStatus)
        guard wantsPage else { return json(problem, status: status) }
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: page(problem, request, context).buffer))
    }

    private static func wantsPage(_ request: Request) -> Bool {
        if request.uri.path.hasSuffix(".json") { return false }
        guard let accept = request.headers[.accept] else { return true }
        return accept.contains("text/html") || !accept.contains("json")
    }

    private func log(_ problem: Problem, _ context: AppRequestContext) {
        guard problem.kind.httpStatus >= 500 else { return }
        var metadata: Logger.Metadata = ["problem": "\(problem.id)"]
        for (key, value) in problem.context { metadata[key] = "\(value)" }
        context.logger.error("\(problem.title)", metadata: metadata)
    }

    private func json(_ problem: Problem, status: HTTPResponse.Status) -> Response {
        let text = """
            {"type":"about:blank","id":\(JSONText.quoted(problem.id)),"title":\(JSONText.quoted(problem.title)),\
            "status":\(status.code),"detail":\(JSONText.quoted(problem.explanation)),\
            "remedy":\(JSONText.quoted(problem.remedy))}
            """
        return Response(
            status: status, headers: [.contentType: "application/problem+json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
