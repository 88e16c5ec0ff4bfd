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
}
