public import Hummingbird

/// A rule with what answers it.
public struct Route: Sendable {
    /// Where and for whom.
    public let rule: RouteRule
    /// What answers.
    public let handler: @Sendable (WebRequest) async throws -> Response

    /// A route; see the properties.
    public init(_ rule: RouteRule, _ handler: @Sendable @escaping (WebRequest) async throws -> Response) {
        self.rule = rule
        self.handler = handler
    }
}

extension Router<AppRequestContext> {
    /// Registers routes, each behind the check of its own rule.
    public func add(_ routes: [Route]) {
        for route in routes {
            on(RouterPath(route.rule.path), method: route.rule.method) { request, context in
                let web = try await WebRequest(request, context, rule: route.rule)
                return try await route.handler(web)
            }
        }
    }
}
