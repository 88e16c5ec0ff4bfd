import SampleResults
import Testing

@testable import Answers

@Suite(.timeLimit(.minutes(10)))
struct LeaderComparisonTests {
  @Test("Configurations that share seeds are compared seed by seed")
  func paired() throws {
    let runs = [(16, [2.0, 3, 4]), (32, [2.5, 3.5, 4.75])].flatMap { (width, losses: [Double]) in
      losses.enumerated().map { run(dModel: width, lr: 0.1, seed: Int64($0), loss: $1) }
    }
    let comparison = try #require(LeaderComparison(results(runs)))
    #expect(comparison.leader.settings["d_model"] == .number(16))
    #expect(comparison.difference.method == .paired)
    #expect(comparison.difference.count == 3)
    // The seeds differ by one, the pairs by next to nothing.
    #expect(comparison.difference.isMoreThanNoise == true)
    #expect(try #require(comparison.spreads) < 1)
  }

  @Test("One seed gives a difference and never an interval")
  func oneSeed() throws {
    let runs = [run(dModel: 16, lr: 0.1, loss: 2), run(dModel: 32, lr: 0.1, loss: 3)]
    let comparison = try #require(LeaderComparison(results(runs)))
    #expect(comparison.difference.mean == 1)
    #expect(comparison.difference.interval == nil)
    #expect(comparison.spreads == nil)
  }

  @Test("A configuration of which a seed diverged doesn't win by the seeds that were left")
  func diverged() throws {
    let comparison = try #require(LeaderComparison(results(sampleRuns)))
    #expect(comparison.leader.label(["d_model", "lr"]) == "d_model 128, lr 0.001")
    #expect(comparison.runnerUp.label(["d_model", "lr"]) == "d_model 32, lr 0.01")
  }

  @Test("A single configuration has nobody to be compared with")
  func alone() { #expect(LeaderComparison(results([sampleRuns[0]])) == nil) }
}
