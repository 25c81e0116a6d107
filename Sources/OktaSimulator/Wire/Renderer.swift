/// Writes the company's objects as Okta would have at one moment, with links that name the host the request used.
struct Renderer {
    let company: Company
    let now: Seconds
    let base: String

    func json(capacity: Int = 256) -> JSON { JSON(base: base, identifiers: company.identifiers, capacity: capacity) }

    func id(_ kind: Identifiers.Kind, _ index: Int) -> String { company.identifiers.text(kind, index) }

    /// `orn:okta:…` names, as newer endpoints have them.
    func orn(_ service: String, _ path: String) -> String {
        "orn:okta:\(service):\(id(.org, 0)):\(path)"
    }
}
