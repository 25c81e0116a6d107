import Directory
import Governance
import Storage
import WebSupport

/// The forms and parts of an import: the file, how it is read, and what became of it.
enum SpendImportForm {
    static func file(_ visit: Visit) -> HTML {
        let form = FileForm.html(
            .below(.spend, "imports"), label: "CSV file of a ledger, card, expense tool or invoices",
            hint: """
                Any heading, delimiter and encoding; up to 64 MB. You see how it is read before anything is imported, \
                and can take the whole import back.
                """, button: "Look at it", visit)
        return "<section class=\"card\">\(form)</section>"
    }

    /// What a form or an address says of how to read a file.
    static func choice(_ form: FormData) -> SpendChoice {
        var choice = SpendChoice()
        for (name, value) in form.fields where !value.isEmpty && name != "file" && name != "csrf" {
            choice.set(name, value)
        }
        return choice
    }

    static func mapping(_ upload: Upload, _ survey: SpendSurvey, _ preview: [SpendPreview], _ visit: Visit) -> HTML {
        let mapping = survey.mapping
        let open = survey.questions
        let columns = SpendField.all.map { field -> HTML in column(field, survey) }
        let forms: HTML = """
            <form method="get" action="\(SpendParts.new)" class="card form" id="mapping">\
            <input type="hidden" name="file" value="\(upload.id)">\(visit.hiddenDates)\
            <div class="two">\(choose("source", "Kind of record", SpendSource.allCases.map { ($0.rawValue, $0.title) }, mapping.source.rawValue, isOpen: false))\
            \(choose("encoding", "Encoding", CSVFormat.Encoding.allCases.map { ($0.rawValue, $0.rawValue) }, survey.format.encoding.rawValue, isOpen: false))\
            \(choose("delimiter", "Between fields", CSVFormat.Delimiter.allCases.map { ($0.name, $0.name) }, survey.format.delimiter.name, isOpen: false))\
            \(choose("dates", "Dates", DateOrder.allCases.map { ($0.rawValue, $0.title) }, mapping.dates.rawValue, isOpen: open.contains(.dates)))\
            \(choose("decimal", "Decimal sign", DecimalSign.allCases.map { ($0.rawValue, $0.title) }, mapping.decimal.rawValue, isOpen: open.contains(.decimal)))\
            \(choose("negative", "What was spent is", [("0", "above zero"), ("1", "below zero")], mapping.isSpendNegative ? "1" : "0", isOpen: false))\
            <label>Currency of lines that name none<input name="all_currency" maxlength="3" size="4" value="\(mapping.currency?.code)" \
            placeholder="EUR"\(open.contains(.currency) ? " aria-invalid=\"true\"" : "" as HTML)></label></div>\
            <fieldset><legend>What each column holds</legend><div class="two">\(columns)</div></fieldset>\
            <div class="row"><button>Look again</button></div></form>
            """
        let ready: HTML =
            open.isEmpty
            ? """
            <form method="post" action="\(SpendParts.new)" class="sticky-action">\(visit.csrf())\
            <input type="hidden" name="file" value="\(upload.id)">\(kept(survey))\
            <button class="primary">Import \(survey.records < 20_000 ? Count.of(survey.records, "line", "lines") : "all lines")</button>\
            <span class="muted">Lines that cannot be read are named in a file; the others are imported. You can take it back.</span></form>
            """ : HTML()
        return questions(open, survey) + table(survey, preview) + ready + forms
    }

    /// Everything as it is understood now, so that what is imported is what was shown.
    private static func kept(_ survey: SpendSurvey) -> HTML {
        let mapping = survey.mapping
        var fields = [
            ("source", mapping.source.rawValue), ("encoding", survey.format.encoding.rawValue),
            ("delimiter", survey.format.delimiter.name), ("dates", mapping.dates.rawValue),
            ("decimal", mapping.decimal.rawValue), ("negative", mapping.isSpendNegative ? "1" : "0"),
        ]
        if let currency = mapping.currency { fields.append(("all_currency", currency.code)) }
        fields += SpendField.all.map { ($0.name, String(survey.columns[$0.name] ?? -1)) }
        return HTML(fields.map { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\">" as HTML })
    }

    private static func questions(_ open: [SpendSurvey.Question], _ survey: SpendSurvey) -> HTML {
        let words = open.map { question -> HTML in
            switch question {
            case .dates:
                survey.dates.isMixed
                    ? "<li><strong>Dates:</strong> some have the day first, others the month. Say which is right; the others are refused.</li>"
                    : "<li><strong>Dates:</strong> no day is above 12, so day and month cannot be told apart. Say which comes first.</li>"
            case .decimal:
                "<li><strong>Amounts:</strong> they can be read with a point or a comma before the cents. Say which it is.</li>"
            case .currency: "<li><strong>Currency:</strong> the file names none. Say which it is.</li>"
            case .column(let name):
                "<li><strong>\(SpendField.named(name)?.title ?? name):</strong> no column was recognised. Choose it below.</li>"
            }
        }
        return words.isEmpty
            ? HTML()
            : "<div class=\"banner attention\" role=\"status\"><p>Before it can be imported:</p><ul>\(words)</ul></div>"
    }

    private static func choose(
        _ name: HTML, _ title: HTML, _ options: [(String, String)], _ current: String, isOpen: Bool
    ) -> HTML {
        let list = options.map { value, text -> HTML in
            "<option value=\"\(value)\"\(!isOpen && value == current ? " selected" : "" as HTML)>\(text)</option>"
        }
        let ask: HTML? = isOpen ? "<option value=\"\" selected>Choose</option>" : nil
        return """
            <label>\(title)<select name="\(name)"\(isOpen ? " aria-invalid=\"true\"" : "" as HTML)>\(ask)\(list)</select></label>
            """
    }

    private static func column(_ field: ImportField, _ survey: SpendSurvey) -> HTML {
        let current = survey.columns[field.name]
        let options = survey.header.enumerated().map { position, title -> HTML in
            let shown = title.isEmpty ? "Column \(position + 1)" : title
            return
                "<option value=\"\(position)\"\(position == current ? " selected" : "" as HTML)>\(shown.prefix(60))</option>"
        }
        let none: HTML = "<option value=\"-1\"\(current == nil ? " selected" : "" as HTML)>none</option>"
        return "<label>\(field.title)<select name=\"\(field.name)\">\(none)\(options)</select></label>"
    }

    private static func table(_ survey: SpendSurvey, _ preview: [SpendPreview]) -> HTML {
        let rows = preview.map { one -> [HTML] in
            guard let line = one.line else {
                return [
                    "\(one.record.line)", "<span class=\"badge danger\">refused</span>",
                    "\(one.reason)", HTML(), HTML(),
                ]
            }
            return [
                "\(line.line)", "<time>\(Timestamp(day: Int32(line.day)).date)</time>", "\(line.vendor)",
                "\(line.description)", SpendParts.money(line.amount),
            ]
        }
        return Part.section(
            "The first lines, as they are understood",
            rows.isEmpty
                ? Part.empty("No lines", "The file has a heading and nothing below it.")
                : Part.table(
                    "Preview",
                    [("Line", true), ("Date", false), ("Vendor", false), ("Description", false), ("Amount", true)],
                    rows),
            note: "\(survey.format.encoding.rawValue), \(survey.format.delimiter.name)")
    }

    static func done(_ done: SpendImport, _ visit: Visit, isOld: Bool) -> HTML {
        let old: HTML =
            isOld
            ? Part.note(.attention, "This file was imported before, as import \(done.id). Nothing was changed now.")
            : HTML()
        let list = Link.below(.spend, "transactions")
        func rows(_ filters: String...) -> Link {
            visit.to(list.with((["import=\(done.id)"] + filters).map { ("where", $0) }))
        }
        let counted = done.lines - done.repeated
        let share = Count.share(done.matched, of: done.lines) ?? "–"
        let errorsLink = visit.to(.below(SpendParts.imported(done.id), "errors"))
        let figures = Part.figures([
            Part.figure("Lines", "\(Count.text(done.lines))", "\(Count.text(counted)) counted", rows()),
            Part.figure(
                "Vendor known", "\(Count.text(done.matched))", "\(share) of the lines, when it came",
                rows("state=matched")),
            Part.figure(
                "Told before", "\(Count.text(done.repeated))", "word for word by an earlier file; in no sum",
                rows("state=repeated")),
            Part.figure(
                "Possible duplicates", "\(Count.text(done.duplicates))", "of payments that other files told",
                rows("duplicate_of>0", "state!=repeated")),
            Part.figure("Refunds paired", "\(Count.text(done.refunds))", "with their charge", rows("refund_of>0")),
            Part.figure(
                "Refused", "\(Count.text(done.refused))", "each named with its reason",
                done.refused > 0 ? errorsLink : nil),
        ])
        let errors: HTML? =
            done.refused == 0
            ? nil
            : Part.note(
                .attention,
                """
                \(Count.of(done.refused, "line", "lines")) could not be read. \
                <a href="\(errorsLink)">Download them with their reasons</a>, mend \
                them, and import that file.
                """)
        let facts = Part.section(
            "How it was read",
            Part.facts(
                done.mapping.map { name, value in
                    (SpendField.named(name)?.title ?? name, Int(value).map { "column \($0 + 1)" as HTML } ?? "\(value)")
                }))
        return old + figures + (errors ?? HTML()) + facts
            + Part.section(
                "Undo",
                """
                <p>Takes back \(Count.of(done.lines, "line", "lines")), their matches and their flags, as if the file had \
                never come.</p><form method="post" action="\(Link.below(SpendParts.imported(done.id), "undo"))">\(visit.csrf())\
                <button class="danger">Undo this import</button></form>
                """)
    }
}
