import SampleResults
import Testing

@testable import Answers

@Suite(.timeLimit(.minutes(10)))
struct SummaryTests {
  @Test("Mean, sample deviation and extremes are those of the numbers")
  func numbers() throws {
    // By hand: mean 5, squared distances 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
    let summary = try #require(Summary([2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(summary.count == 8)
    #expect(summary.mean == 5)
    #expect(abs((summary.deviation ?? 0) - 2.138_089_935_299_395) < 1e-15)
    #expect(summary.minimum == 2)
    #expect(summary.maximum == 9)
  }

  @Test("No digits cancel where the numbers are large and close")
  func closeNumbers() throws {
    #expect(try #require(Summary([1e9 + 1, 1e9 + 2, 1e9 + 3])).deviation == 1)
  }

  @Test("No numbers have no summary, and a single one has no spread")
  func fewNumbers() {
    #expect(Summary([]) == nil)
    #expect(Summary([3])?.deviation == nil)
    #expect(Summary([3])?.mean == 3)
  }

  @Test(
    "A mean is rounded to its uncertainty",
    arguments: [
      ([2.685_5], "2.6855 (1)"), ([2, 2], "2.0000 ± 0.0000 (2)"), ([2.68, 2.72], "2.700 ± 0.028 (2)"),
      ([100, 300], "200 ± 141 (2)"), ([1.000_000_1, 1.000_000_2], "1.000000 ± 0.000000 (2)"),
    ])
  func text(numbers: [Double], text: String) { #expect(Summary(numbers)?.text == text) }

  @Test("A mean is not told finer than what all its numbers were measured on allows")
  func sharedError() throws {
    var summary = try #require(Summary([2.166_6, 2.171_4]))
    summary.sharedError = 0.001
    #expect(summary.text == "2.1690 ± 0.0034 (2)")
    summary.sharedError = 0.021
    #expect(summary.text == "2.169 ± 0.003 (2)")
    var single = try #require(Summary([2.685_5]))
    single.sharedError = 0.02
    #expect(single.text == "2.686 (1)")
  }

  @Test("A configuration's score has the held-out text's error, in the unit that it is in")
  func textError() throws {
    var run = run(dModel: 8, lr: 0.1, loss: 2)
    run.outcome.finalStandardError = 0.02
    (run.facts.evaluatedTokens, run.facts.evaluatedBytes) = (100, 200)
    func score(_ measure: Measure) -> Summary? {
      ConfigurationResult(settings: [:], runs: [run], measure: measure).score
    }
    #expect(score(.final)?.sharedError == 0.02)
    #expect(abs((score(.bitsPerByte)?.sharedError ?? 0) - 0.014_426_950_408_889_635) < 1e-15)
    run.outcome.finalStandardError = nil
    #expect(score(.final)?.sharedError == nil)
  }
}
