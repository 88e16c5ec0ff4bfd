import Foundation
import SampleResults
import Store
import Testing

@testable import Answers

@Suite(.timeLimit(.minutes(10)))
struct CoordinateAnswerTests {
  /// Answers for widths 8 to 64 with three seeds, whose mean after `step` updates is `value(width, step)`, but for a few percent.
  private func answers(
    widths: [Int] = [8, 16, 32, 64], seeds: Int = 3, steps: (Int) -> ClosedRange<Int> = { _ in 0...3 },
    noise: Double = 0.02, _ value: (Double, Int) -> Double
  ) -> [CoordinateAnswer] {
    var number: Int64 = 0
    var rows: [Int64: [CoordinateRow]] = [:]
    let runs = widths.flatMap { width in
      (0..<seeds).map { seed -> Run in
        number += 1
        var run = run(dModel: width, lr: 0.01, seed: Int64(seed), state: .queued)
        run.id = number
        rows[number] = steps(width).map { step in
          let factor = 1 + noise * sin(Double(7 * number + Int64(3 * step)))
          return CoordinateRow(step: step, tensor: "logits", meanAbs: factor * value(Double(width), step))
        }
        return run
      }
    }
    return CoordinateAnswer.answers(of: results(runs, axes: ["d_model"]), rows)
  }

  @Test("What stays passes, whatever it was before the first update")
  func pass() throws {
    let answer = try #require(answers { width, step in step == 0 ? pow(width, -0.5) : 2 }.first)
    #expect(answer.verdict == .pass)
    #expect(answer.title == "over d_model 8 to 64, 3 seeds: pass")
    #expect(answer.sentences[0].hasPrefix("logits: pass: d_model^"))
    #expect(answer.sentences[0].hasSuffix(" after 3 updates"))
    #expect(answer.tensors[0].means.map(\.step) == [0, 1, 2, 3])
    #expect(answer.tensors[0].means[0].points.map(\.size) == [8, 16, 32, 64])
  }

  @Test("What grows or shrinks as the root of the width fails", arguments: [0.5, -0.5])
  func fail(power: Double) throws {
    let answer = try #require(answers { width, step in step == 0 ? 1 : pow(width, power) }.first)
    #expect(answer.verdict == .fail)
    let exponent = try #require(answer.tensors[0].last?.exponent)
    #expect(abs(exponent.value - power) < 0.02)
    #expect(exponent.low < power && power < exponent.high)
  }

  @Test("An interval over the bound decides nothing, and so do too few numbers")
  func undecided() throws {
    #expect(answers { width, _ in pow(width, 0.25) }.first?.verdict == .undecided)
    #expect(answers(noise: 0.9) { _, _ in 1 }.first?.verdict == .undecided)
    #expect(answers(steps: { _ in 0...0 }) { _, _ in 1 }.first?.verdict == .undecided)
  }

  @Test("Numbers that aren't finite or are 0 fail, and say when", arguments: [.infinity, 0])
  func notFinite(number: Double) throws {
    let answer = try #require(answers { width, step in width == 64 && step == 3 ? number : 1 }.first)
    #expect(answer.verdict == .fail)
    #expect(answer.sentences == ["logits: fail: numbers aren't finite, or are 0, after 3 updates"])
  }

  @Test("Two runs have no error: they decide nothing, and what would help is said")
  func twoRuns() throws {
    let answer = try #require(answers(widths: [8, 64], seeds: 1) { width, _ in width }.first)
    #expect(answer.verdict == .undecided)
    #expect(answer.sentences == ["logits: undecided: 2 runs give no interval; give the spec more seeds or sizes"])
  }

  @Test("Where another check made more updates of some runs, the last that all have counts")
  func unequalSteps() throws {
    let answer = try #require(
      answers(steps: { $0 < 32 ? 0...9 : 0...1 }) { width, step in step > 1 ? 1 : width }.first)
    #expect(answer.verdict == .fail)
    #expect(answer.sentences[0].hasSuffix(" after 1 update"))
  }

  @Test("One width has no answer")
  func oneWidth() { #expect(answers(widths: [8]) { _, _ in 1 }.isEmpty) }
}
