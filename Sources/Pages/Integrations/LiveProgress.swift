import HTTPTypes
import Hummingbird
import NIOCore
import Problems
import Storage
import Sync
import WebSupport

extension PagesApplication {
    /// The progress of a running sync; kept current by server-sent events, or by looking again without JavaScript.
    func liveSection(_ integration: Integration) async throws(Problem) -> HTML {
        let progress = await scheduler.progress(of: integration.id)
        return """
            <section class="card live" aria-live="polite" data-live="\(Link.integration(integration.name, tab: "progress"))">\
            \(LiveParts.html(progress, isAttended: await scheduler.isAttended(integration.id)))</section>
            """
    }

    /// Sends the progress twice a second while the sync is on. A stream ends by itself after a quarter of a minute and
    /// browsers begin the next, so that a stopping server never waits long for one.
    func progressStream(_ request: WebRequest) async throws -> Response {
        let integration = try await connected(request)
        let scheduler = scheduler
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "retry: 300\n\n"))
            for _ in 0..<30 {
                guard await scheduler.isBusy(integration.id) else {
                    try await writer.write(ByteBuffer(string: "event: done\ndata: done\n\n"))
                    break
                }
                let html = LiveParts.html(
                    await scheduler.progress(of: integration.id),
                    isAttended: await scheduler.isAttended(integration.id)
                ).text
                let line = html.replacing("\n", with: " ")
                try await writer.write(ByteBuffer(string: "data: \(line)\n\n"))
                try await Task.sleep(for: .milliseconds(500))
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: body)
    }
}

/// A running sync as a person sees it.
enum LiveParts {
    static func html(_ progress: SyncProgress?, isAttended: Bool) -> HTML {
        guard let progress else {
            let why: HTML =
                isAttended ? "Waiting to begin." : "Waiting for a worker: no process works for this tenant just now."
            return "<h2>Sync</h2><p class=\"muted\">\(why)</p><progress aria-label=\"Sync\"></progress>"
        }
        let bar: HTML =
            if let predicted = progress.callsPredicted, predicted > 0 {
                "<progress aria-label=\"Sync\" max=\"\(predicted)\" value=\"\(min(progress.callsDone, predicted))\"></progress>"
            } else {
                "<progress aria-label=\"Sync\"></progress>"
            }
        let left: HTML? = progress.secondsRemaining.map { ", about \(When.span(Int64($0.rounded(.up)))) left" }
        let predicted: HTML? = progress.callsPredicted.map { " of \(Count.text($0))" }
        let stages = progress.stages.map { stage -> HTML in
            let total: HTML? = stage.predicted.map { " of \(Count.text($0))" }
            return
                "<li><span>\(stage.callClass.replacing("_", with: " "))</span> <span class=\"tabular\">\(Count.text(stage.done))\(total)</span></li>"
        }
        return """
            <h2>Sync: \(progress.phase)</h2>\(bar)<p><strong class="tabular">\(Count.text(progress.callsDone))</strong>\
            \(predicted) calls, \(Count.text(Int(progress.callsPerSecond.rounded()))) a second\(left)</p>
            <ul class="stages">\(stages)</ul>
            """
    }
}
