import Testing

@testable import OktaAPI

@Suite("Rate limit buckets")
struct RateBucketTests {
    @Test("routes have the buckets of Okta's table")
    func buckets() {
        let expected = [
            ("/api/v1/users?limit=1", "users"), ("/api/v1/users/00u1", "user"),
            ("/api/v1/users/00u1/roles", "user_details"),
            ("/api/v1/groups", "groups"), ("/api/v1/groups/00g1", "group"), ("/api/v1/groups/rules", "groups"),
            ("/api/v1/groups/00g1/users", "groups"), ("/api/v1/apps", "apps"), ("/api/v1/apps/0oa1", "app"),
            ("/api/v1/apps/0oa1/users?x", "apps"), ("/api/v1/logs", "logs"), ("/api/v1/iam/assignees/users", "iam"),
            ("/oauth2/v1/token", "token"), ("/.well-known/okta-organization", "other"),
            ("/api/v1/api-tokens", "api_tokens"),
        ]
        for (target, bucket) in expected { #expect(RateBucket.name(of: target) == bucket, "\(target)") }
    }
}
