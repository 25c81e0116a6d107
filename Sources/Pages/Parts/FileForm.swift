import Problems
import Storage
import WebSupport

/// A form that hands in one file.
enum FileForm {
    /// The form; what else it asks comes before the file, which browsers send in that order.
    static func html(
        _ link: Link, label: String, hint: HTML, accept: String = ".csv,.txt,text/csv", fields: HTML = HTML(),
        button: String, _ visit: Visit
    ) -> HTML {
        """
        <form method="post" action="\(visit.to(link))" enctype="multipart/form-data" class="form">\(visit.csrf())\(fields)\
        <label for="file">\(label)</label><input id="file" type="file" name="file" accept="\(accept)" required>\
        <p class="muted">\(hint)</p><p><button class="primary">\(button)</button></p></form>
        """
    }
}
