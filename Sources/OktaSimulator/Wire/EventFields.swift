import Foundation

extension Renderer {
    /// Fields too rare to be worth code of their own are read from the event as written.
    func written(_ attribute: String, _ index: Int) -> [String] {
        var json = json(capacity: 2_048)
        event(index, into: &json)
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.bytes)) else { return [] }
        var held: [Any] = [object]
        for name in attribute.split(separator: ".") {
            held = held.flatMap { item -> [Any] in
                guard let value = (item as? [String: Any])?[String(name)] else { return [] }
                return value as? [Any] ?? [value]
            }
        }
        return held.compactMap { $0 as? String }
    }
}
