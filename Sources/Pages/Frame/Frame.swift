import Directory
import HTTPTypes
import Hummingbird
import NIOCore
import Problems
import Storage
import WebSupport

/// What a page is: its title, one sentence, its primary action, and its content.
struct PageContent {
    var title: String
    var sentence: HTML = HTML()
    var crumb: (title: String, link: Link)?
    var action: HTML = HTML()
    var body: HTML
    /// Seconds after which a browser without JavaScript looks again; nil: never.
    var refresh: Int?
}

extension PagesApplication {
    /// A page in its frame, as an answer.
    func page(_ visit: Visit, _ place: Place?, _ content: PageContent) async throws -> Response {
        if let remembered = ChosenColumns.remembered(visit.request, secure: keepsCookiesSecure(visit.request)) {
            return remembered
        }
        let health = try await DataHealth.of(store, now: visit.now)
        let html = frame(visit, place, content, health: health.badge(visit))
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: html.buffer))
    }

    func frame(_ visit: Visit, _ place: Place?, _ content: PageContent, health: HTML) -> HTML {
        let refresh: HTML? = content.refresh.map {
            "<noscript><meta http-equiv=\"refresh\" content=\"\($0)\"></noscript>"
        }
        return """
            \(head(content.title, theme: visit.request.theme, extra: refresh ?? HTML()))
            <body><a class="skip" href="#main">Skip to content</a>
            <div class="shell">\(rail(visit, place))
            <div class="stage">\(topBar(visit, health))\(asOfBanner(visit))
            <main id="main" tabindex="-1">\(heading(content))\(content.body)</main></div></div>\(keys())</body></html>
            """
    }

    func head(_ title: String, theme: String?, extra: HTML = HTML()) -> HTML {
        let chosen = theme == "dark" || theme == "light" ? theme ?? "auto" : "auto"
        return """
            <!doctype html><html lang="en" data-theme="\(chosen)"><head><meta charset="utf-8">
            <title>\(title) · Muster</title><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
            <link rel="stylesheet" href="\(Link.asset(Assets.css.name))">
            <script src="\(Link.asset(Assets.javaScript.name))" defer></script>\(extra)</head>
            """
    }

    private func heading(_ content: PageContent) -> HTML {
        let crumb: HTML? = content.crumb.map { "<p class=\"crumb\"><a href=\"\($0.link)\">\($0.title)</a></p>" }
        let sentence: HTML? = content.sentence.isEmpty ? nil : "<p class=\"lead\">\(content.sentence)</p>"
        return """
            <header class="page-head"><div>\(crumb)<h1>\(content.title)</h1>\(sentence)</div>\
            <div class="actions">\(content.action)</div></header>
            """
    }

    private func rail(_ visit: Visit, _ place: Place?) -> HTML {
        let items = Place.allCases.map { item -> HTML in
            let heading: HTML? = item.heading.map { "<li class=\"rail-head\" aria-hidden=\"true\">\($0)</li>" }
            let current: HTML = item == place ? " aria-current=\"page\"" : ""
            return """
                \(heading)<li><a href="\(visit.to(item.link))" data-key="\(item.key)"\(current)>\(item.icon)\
                <span>\(item.railTitle)</span></a></li>
                """
        }
        return """
            <nav class="rail" aria-label="Places"><a class="brand" href="\(visit.to(.home))" aria-label="Muster, Home">\
            <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">\
            <rect x="2" y="2" width="20" height="20" rx="6"/>\
            <path d="M7 16.5V8l5 5 5-5v8.5"/></svg><span>Muster</span></a><ul>\(items)</ul></nav>
            """
    }

    private func topBar(_ visit: Visit, _ health: HTML) -> HTML {
        let dark = visit.request.theme == "dark"
        return """
            <header class="top"><span class="workspace" title="Workspace">\(configuration.workspaceName)</span>
            <form class="find" role="search" action="\(Link.search)"><label class="sr" for="find">Search</label>\
            <input id="find" type="search" name="q" maxlength="100" placeholder="Search people, apps, groups" \
            autocomplete="off" value="\(visit.request.path == "/search" ? visit.request.query["q"] : nil)">\
            <kbd aria-hidden="true">/</kbd>\(visit.hiddenDates)</form>
            <form class="as-of" method="get" action="">\(keepQuery(visit))<label for="as-of">As of</label>\
            <input id="as-of" type="date" aria-label="As of" name="as_of" value="\(visit.asOfText.map { $0.prefix(10) } ?? "")" \
            max="\(visit.now.date)"><button class="quiet">Go</button></form>\(health)
            <form method="post" action="\(Link.theme)">\(visit.csrf())\
            <input type="hidden" name="theme" value="\(dark ? "light" : "dark")">\
            <button class="quiet icon-only" title="Light or dark" aria-label="\(dark ? "Light colours" : "Dark colours")">\
            \(Icon.draw("<path d=\"M8 2.2a5.8 5.8 0 1 0 0 11.6z\" class=\"solid\"/><circle cx=\"8\" cy=\"8\" r=\"5.8\"/>"))\
            </button></form>
            <form method="post" action="\(Link.signOut)">\(visit.csrf())<button class="quiet">Sign out</button></form></header>
            """
    }

    /// Another date asks the same question: what else is in the address stays, but not the page that was turned to.
    private func keepQuery(_ visit: Visit) -> [HTML] {
        Self.sameQuestion(visit).map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" }
    }

    private static func sameQuestion(_ visit: Visit) -> [(name: String, value: String)] {
        visit.request.query.fields.filter { !["as_of", "after", "before"].contains($0.name) && !$0.value.isEmpty }
    }

    private func asOfBanner(_ visit: Visit) -> HTML? {
        guard let time = visit.moment.asOf.time else { return nil }
        let query = FormData(Self.sameQuestion(visit).filter { $0.name != "believed" }).encoded
        let believed: HTML =
            visit.believedText.map { "You are looking at what Muster believed on <strong>\($0)</strong> of " }
            ?? "You are looking at "
        let beside: HTML? = visit.believedText.map { _ in
            " Sign-ins and events of the log are told as they are known today."
        }
        let now = query.isEmpty ? visit.request.path : "\(visit.request.path)?\(query)"
        let known = visit.completeness
        return """
            <p class="banner attention" role="status">\(believed)<strong>\(When.full(time))</strong>, not at today. \
            <span class="grade" data-grade="\(known.grade.rawValue)"><strong>\(Self.words(known.grade))</strong> \
            \(known.reason)\(beside)</span> <a rel="nofollow" href="\(now)">Back to now</a></p>
            """
    }

    private static func words(_ grade: Completeness.Grade) -> String {
        switch grade {
        case .full: "Complete."
        case .inferred: "From the log."
        case .gap: "Not complete."
        }
    }

    private func keys() -> HTML {
        let places = Place.allCases.map { place -> HTML in
            "<tr><td><kbd>g</kbd> <kbd>\(place.key)</kbd></td><td>Go to \(place.title)</td></tr>"
        }
        return """
            <dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2><table class="plain"><tbody>
            <tr><td><kbd>/</kbd> or <kbd>Ctrl</kbd> <kbd>K</kbd></td><td>Search</td></tr>
            <tr><td><kbd>j</kbd> <kbd>k</kbd></td><td>Next row, row before</td></tr>
            <tr><td><kbd>Enter</kbd></td><td>Open the row</td></tr>\(places)
            <tr><td><kbd>?</kbd></td><td>These keys</td></tr></tbody></table>
            <form method="dialog"><button>Close</button></form></dialog>
            """
    }

    /// A problem as a page: what happened, why, what to do.
    func problemPage(_ problem: Problem, _ request: Request, _ context: AppRequestContext) -> HTML {
        let reference: HTML? = problem.context["reference"].map {
            "<p class=\"muted\">Reference <code>\($0)</code></p>"
        }
        let home: HTML = context.session == nil ? "" : "<p><a class=\"button\" href=\"\(Link.home)\">Go to Home</a></p>"
        return """
            \(head(problem.title, theme: request.cookies["muster_theme"]?.value))
            <body class="alone"><main id="main" class="card problem"><p class="eyebrow">\(problem.id)</p>
            <h1>\(problem.title)</h1><p>\(problem.explanation)</p><p><strong>What to do.</strong> \(problem.remedy)</p>\
            \(reference)\(home)</main></body></html>
            """
    }
}
