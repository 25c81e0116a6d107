import Analysis
import Directory
import Governance
import Problems
import Storage
import WebSupport

/// The forms that change what is decided about one or several services. What was typed stays when something was wrong with it.
struct GovernanceForms {
    let chosen: [TriagedService]
    let triage: Triage
    let typed: FormData
    let change: PagesApplication.Change?
    let problem: Problem?
    let visit: Visit

    private var only: TriagedService? { chosen.count == 1 ? chosen[0] : nil }

    static func banner(_ problem: Problem) -> HTML {
        """
        <div class="banner danger" role="alert"><strong>\(problem.title).</strong> \(problem.explanation) \
        \(problem.remedy) <span class="muted">\(problem.id)</span></div>
        """
    }

    func chosenList() -> HTML {
        guard chosen.count > 1 else { return HTML() }
        let rows = chosen.map { one -> [HTML] in
            [
                "<a class=\"row-link\" href=\"\(visit.to(DiscoveryLink.governance(one.service)))\">\(one.name)</a>",
                DiscoveryWords.badge(one.state), Part.number(one.service.active90),
                Part.text(one.owners?.owner?.name),
            ]
        }
        return Part.section(
            Count.of(chosen.count, "service", "services"),
            Part.table(
                "Chosen services",
                [("Service", false), ("State now", false), ("People, 90 days", true), ("Owner", false)], rows))
    }

    private func said(_ own: PagesApplication.Change) -> HTML? {
        change == own ? problem.map(Self.banner) : nil
    }

    private var subjects: [HTML] {
        chosen.map { "<input type=\"hidden\" name=\"app\" value=\"\($0.id)\">" as HTML }
    }

    private func value(_ name: String, _ own: PagesApplication.Change, _ current: String?) -> String {
        change == own ? typed[name] ?? "" : current ?? ""
    }

    // MARK: the state

    func decide() -> HTML {
        let current = value("state", .decide, only?.state.rawValue)
        let states = AppState.allCases.map { state -> HTML in
            let mark: HTML = state.rawValue == current ? " selected" : ""
            return "<option value=\"\(state.rawValue)\"\(mark)>\(state.title): \(state.meaning)</option>"
        }
        return """
            \(said(.decide))<form method="post" action="\(DiscoveryLink.decide)" class="card form">\(visit.csrf())\(subjects)\
            <h2>Decide</h2><label>State<select name="state">\(states)</select></label>\
            <label>Reason<textarea name="reason" rows="2" required maxlength="\(DiscoveryProblem.longest.reason)">\
            \(value("reason", .decide, nil))</textarea></label>\
            <label>Use instead <small>optional; for what is blocked or on its way out</small>\
            <input name="alternative" maxlength="200" list="services" autocomplete="off" \
            value="\(value("alternative", .decide, nil))"></label>\(names)\
            <button class="primary">Record the decision</button></form>
            """
    }

    /// The labels that an alternative may have; one that two services share would not say which is meant.
    private var names: HTML {
        let labels = Dictionary(grouping: triage.services.filter { $0.service.standing != .gone }) { $0.service.label }
        let options = labels.filter { $0.value.count == 1 }.keys.sorted().prefix(500).map { label -> HTML in
            "<option value=\"\(label)\"></option>"
        }
        return "<datalist id=\"services\">\(options)</datalist>"
    }

    // MARK: owners

    func own() -> HTML {
        let owners = only?.owners
        let note: HTML = only == nil ? "<p class=\"muted\">What is left empty stays as it is.</p>" : HTML()
        let several: HTML? = only == nil ? "<input type=\"hidden\" name=\"several\" value=\"1\">" : nil
        func field(_ title: String, _ name: String, _ current: String?, _ hint: String) -> HTML {
            """
            <label>\(title)<input name="\(name)" maxlength="\(DiscoveryProblem.longest.person)" autocomplete="off" \
            spellcheck="false" value="\(value(name, .own, current))" placeholder="\(hint)"></label>
            """
        }
        let login = "login, such as ada@example.com"
        return """
            \(said(.own))<form method="post" action="\(DiscoveryLink.owners)" class="card form">\(visit.csrf())\(subjects)\
            \(several)<h2>Who is responsible</h2>\(note)\
            <div class="two">\(field("Owner", "owner", owners?.owner?.name, login))\
            \(field("Backup owner", "backup", owners?.backup?.name, login))</div>\
            <div class="two">\(field("Finance owner", "finance", owners?.finance?.name, login))\
            \(field("Department", "department", owners?.department, "as people's profiles name it"))</div>\
            <button>Save the owners</button></form>
            """
    }

    // MARK: names

    func describe() -> HTML {
        guard let one = only else { return HTML() }
        let current = value("category", .describe, one.facts.category)
        let options = ServiceCategory.allCases.sorted().map { category -> HTML in
            let mark: HTML = category.rawValue == current ? " selected" : ""
            return "<option value=\"\(category.rawValue)\"\(mark)>\(category.title)</option>"
        }
        let usual: HTML =
            one.service.entry.map { "as the catalogue says: \($0.category.title)" }
            ?? "none: it is not in the catalogue"
        return """
            \(said(.describe))<form method="post" action="\(DiscoveryLink.describe)" class="card form">\(visit.csrf())\
            \(subjects)<h2>Name and category</h2><div class="two"><label>Name\
            <input name="name" maxlength="\(DiscoveryProblem.longest.name)" autocomplete="off" \
            value="\(value("name", .describe, one.facts.name))" placeholder="\(one.service.label)"></label>\
            <label>Category<select name="category"><option value="">\(usual)</option>\(options)</select></label></div>\
            <label>Note <small>optional</small><textarea name="note" rows="2" \
            maxlength="\(DiscoveryProblem.longest.note)">\(value("note", .describe, one.facts.note))</textarea></label>\
            <button>Save</button><p class="muted">Kept apart from the catalogue: its updates do not change it.</p></form>
            """
    }
}

/// Owners as a form sends them.
enum OwnersForm {
    /// Of several services, an empty field leaves things as they are; of one, it takes the owner away.
    static func request(_ form: FormData) -> OwnersRequest {
        let isSeveral = form["several"] == "1"
        func field(_ name: String) -> String? { isSeveral ? form.filled(name) : form[name] ?? "" }
        return OwnersRequest(
            owner: field("owner"), backup: field("backup"), finance: field("finance"), department: field("department"))
    }
}
