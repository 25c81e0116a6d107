import HTTPTypes
import Hummingbird
import Storage
import WebSupport

/// Which columns a person wants to see of a list: as the address says, else as they chose last, else the usual ones.
///
/// The choice is kept in a cookie of its own for each list, so that it needs neither JavaScript nor an account.
enum ChosenColumns {
    private static let prefix = "muster_columns_"
    /// In place of names: the usual columns again.
    static let usual = "usual"

    /// The columns that a query asks for, as one text; a form sends them one by one.
    static func asked(_ query: FormData) -> String? {
        let names = query.all("columns").flatMap { $0.split(separator: ",") }.map { name in
            String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }.prefix(40))
        }
        return names.isEmpty ? nil : names.prefix(40).joined(separator: ",")
    }

    /// The names to show; nil: the usual ones.
    static func names(_ list: String, _ state: ListState, _ request: WebRequest) -> Set<String>? {
        guard let text = state.columns ?? request.cookie(prefix + list), text != usual else { return nil }
        return Set(text.split { $0 == "," || $0 == "." }.map(String.init))
    }

    /// Keeps a choice just made and leads to the plain address of the list, which says the columns and can be shared;
    /// nil when no choice was made.
    static func remembered(_ request: WebRequest, secure: Bool) -> Response? {
        guard let list = request.query["remember"], list.utf8.count <= 30,
            list.utf8.allSatisfy({ (97...122).contains($0) || $0 == 45 })
        else { return nil }
        let text = asked(request.query)
        let isUsual = text.map { $0.split(separator: ",").contains(Substring(usual)) } ?? true
        let rest = request.query.fields.filter { !["remember", "columns"].contains($0.name) && !$0.value.isEmpty }
        let columns = isUsual ? [] : [(name: "columns", value: text ?? usual)]
        let query = FormData(rest + columns).encoded
        // No commas in a cookie: Hummingbird stops the process over one.
        var response = Response(
            status: .seeOther, headers: [.location: request.path + (query.isEmpty ? "" : "?" + query)])
        response.setCookie(
            Cookie(
                name: prefix + list, value: isUsual ? "" : (text ?? "").replacing(",", with: "."),
                maxAge: isUsual ? 0 : 31_536_000, path: "/",
                secure: secure, httpOnly: true, sameSite: .lax))
        return response
    }
}
