import Analysis
import Testing

@Suite("What single sign-on can say about an app")
struct EvidenceGradeTests {
    @Test("the best evidence comes first, and no data last")
    func order() {
        #expect(EvidenceGrade.allCases.sorted() == [.direct, .observed, .coarse, .none])
    }
}
