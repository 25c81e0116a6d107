import OktaAPI
import Problems
import Testing

@Suite("Problems with Okta")
struct OktaProblemTests {
    @Test("every problem says what happened and what to do")
    func words() {
        for problem in OktaProblem.allCases.map({ $0.problem() }) {
            #expect(!problem.title.isEmpty && !problem.title.hasSuffix("."), "\(problem.id)")
            #expect(problem.remedy.hasSuffix("."), "\(problem.id)")
            #expect(problem.explanation.hasSuffix("."), "\(problem.id)")
            #expect(problem.id.hasPrefix("okta."))
        }
        #expect(Set(OktaProblem.allCases.map { $0.problem().title }).count == OktaProblem.allCases.count)
    }

    @Test("the ids that scripts rely on stay what they are")
    func ids() {
        #expect(
            Set(OktaProblem.allCases.map(\.rawValue)).isSuperset(of: [
                "okta.token.rejected", "okta.forbidden", "okta.unavailable", "okta.gone", "okta.cursor.expired",
                "okta.paging.loop", "okta.unreachable", "okta.host.unknown", "okta.tls.untrusted",
                "okta.domain.notOkta",
                "okta.answer.malformed", "okta.users.empty", "okta.scope.notReadOnly",
            ]))
    }

    @Test("callers can tell apart what they must treat differently")
    func outcomes() {
        func outcome(_ problem: OktaProblem) -> OktaOutcome {
            OktaOutcome(problem.problem(context: ["errorCode": "E1"]))
        }
        #expect(outcome(.tokenRejected) == .disconnected)
        #expect(outcome(.forbidden) == .forbidden(code: "E1"))
        #expect(outcome(.unavailable) == .unavailable(code: "E1"))
        #expect(outcome(.gone) == .gone)
        #expect(outcome(.cursorExpired) == .restartListing)
        #expect(outcome(.pagingLoop) == .stopListing)
        #expect(outcome(.unreachable) == .resumeLater)
        #expect(outcome(.usersEmpty) == .refused)
    }

    @Test("a credential never shows itself")
    func masked() {
        let credentials: [OktaCredential] = [
            .apiToken("00verysecret"), .privateKey(clientID: "0oa1", pem: "verysecret"),
            .clientSecret(clientID: "0oa1", secret: "verysecret"),
        ]
        for credential in credentials {
            var dumped = ""
            dump(credential, to: &dumped)
            for text in ["\(credential)", String(reflecting: credential), String(describing: credential), dumped] {
                #expect(!text.contains("verysecret"))
            }
        }
    }
}
