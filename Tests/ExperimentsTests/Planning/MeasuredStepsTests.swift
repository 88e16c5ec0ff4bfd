import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct MeasuredStepsTests {
  @Test(
    "As many measurements are counted as there are steps to measure",
    arguments: [0, 1, 3, 5, 100].flatMap { every in [0, 1].map { (every, $0) } })
  func count(every: Int, first: Int) {
    let steps = MeasuredSteps(every: every, first: first, last: 10)
    #expect(steps.count(after: 0) == (first...10).filter(steps.contains).count)
    for done in 1...10 {
      #expect(steps.count(after: done) == (done...10).dropFirst().filter(steps.contains).count, "after \(done)")
    }
  }
}
