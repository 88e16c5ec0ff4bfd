import SampleResults
import Store
import Testing

@testable import Answers

/// The headline's sentences; its statistics have their own tests.
@Suite(.timeLimit(.minutes(10)))
struct HeadlineTests {
  private func sentences(_ runs: [Run], axes: [String] = ["d_model", "lr"]) -> [String] {
    Headline(results(runs, axes: axes)).sentences
  }

  private func runs(dModel: Int, lr: Double, _ losses: [Double?]) -> [Run] {
    losses.enumerated().map { run(dModel: dModel, lr: lr, seed: Int64($0), loss: $1) }
  }

  @Test("Winner, distance to the runner-up, best learning rates, what to add, and what didn't finish")
  func everything() {
    // Without the width 128 at 0.1, of which a seed diverged, 2.125 is the lowest mean; 2.375 the next.
    #expect(
      sentences(sampleRuns) == [
        "d_model 128, lr 0.001 won with a final validation loss of 2.12 ± 0.18 (2) nats per token.",
        "It beats the runner-up, d_model 32, lr 0.01, by 0.2500 nats per token, 1.4 times the spread over seeds "
          + "(95 % interval 0.2500 to 0.2500, paired over 2 seeds): more than noise.",
        "d_model 128, lr 0.1 has a lower mean, 1.5000 (1), but 1 of its 2 runs diverged.",
        "Best learning rate: 0.01 at d_model 32; 0.001 at d_model 128.",
        "At d_model 128, that is the lowest tried, so a better one may lie beyond: add 1e-05 and 0.0001.",
        "Of 12 runs 1 diverged, none failed and none is missing.",
      ])
  }

  @Test("A difference within its interval is no more than noise")
  func noise() {
    let words = sentences(runs(dModel: 8, lr: 1, [2, 2.5, 3]) + runs(dModel: 16, lr: 1, [2.5, 2, 3.5]))
    // Differences 0.5, -0.5, 0.5: mean 0.1667, sd 0.5774, t(2) = 4.303, so ± 1.434.
    #expect(
      words[1] == "It beats the runner-up, d_model 16, by 0.2 nats per token, 0.3 times the spread over seeds "
        + "(95 % interval −1.3 to 1.6, paired over 3 seeds): no more than noise.")
  }

  @Test("One seed has no interval, and asks for more seeds")
  func oneSeed() {
    let words = sentences(runs(dModel: 8, lr: 1, [2]) + runs(dModel: 16, lr: 1, [2.5]))
    #expect(words[0] == "d_model 8 won with a final validation loss of 2.0000 (1) nats per token.")
    #expect(
      words[1]
        == "It beats the runner-up, d_model 16, by 0.50 nats per token. One seed can't tell such a difference from "
        + "noise: give the spec \"seeds\": 3 or more.")
  }

  @Test("A single configuration has no rival and no interval")
  func single() {
    #expect(
      sentences(runs(dModel: 8, lr: 1, [2])) == [
        "The only configuration reached a final validation loss of 2.0000 (1) nats per token.",
        "Of 1 run none diverged, none failed and none is missing.",
      ])
  }

  @Test("Where everything diverged, or nothing finished, it says so")
  func nothing() {
    #expect(
      sentences(runs(dModel: 8, lr: 1, [nil, nil])) == [
        "Every run diverged: try lower learning rates.", "Of 2 runs 2 diverged, none failed and none is missing.",
      ])
    #expect(sentences([]) == ["Nothing has finished yet."])
    var unevaluated = run(dModel: 8, lr: 1, loss: 2)
    unevaluated.outcome.finalLoss = nil
    #expect(sentences([unevaluated])[0] == "1 run finished, without a validation loss to compare.")
  }

  @Test("While runs are missing the best is the best so far")
  func soFar() {
    var unfinished = runs(dModel: 16, lr: 1, [nil, nil, nil])
    for (place, state) in [RunState.running, .queued, .failed].enumerated() { unfinished[place].outcome.state = state }
    #expect(
      sentences(runs(dModel: 8, lr: 1, [2]) + unfinished) == [
        "d_model 8 is best so far, with a final validation loss of 2.0000 (1) nats per token.",
        "Of 4 runs none diverged, 1 failed and 2 are missing.",
      ])
  }

  @Test("Runs that were stopped are neither missing nor failed, and are counted where there are any")
  func stopped() {
    var others = runs(dModel: 16, lr: 1, [nil, nil])
    for place in others.indices { others[place].outcome.state = .stopped }
    let finished = runs(dModel: 8, lr: 1, [2])
    #expect(
      sentences(finished + others).last == "Of 3 runs none diverged, none failed, 2 were stopped and none is missing.")
    #expect(
      sentences(finished + others.prefix(1)).last
        == "Of 2 runs none diverged, none failed, 1 was stopped and none is missing.")
    #expect(sentences(finished + others)[0].hasPrefix("d_model 8 won with"))
  }

  @Test("While a learning rate has no result yet, nothing is said of what lies beyond")
  func unfinishedEdge() {
    var queued = run(dModel: 8, lr: 4, loss: nil)
    queued.outcome.state = .queued
    let words = sentences([run(dModel: 8, lr: 1, loss: 3), run(dModel: 8, lr: 2, loss: 2), queued])
    #expect(words.contains("Best learning rate: 2."))
    let edge = sentences([run(dModel: 8, lr: 1, loss: 2), run(dModel: 8, lr: 2, loss: 3), queued])
    #expect(edge.contains("Best learning rate: 1."))
    #expect(!(words + edge).contains { $0.contains("beyond") })
  }

  @Test("Of many curves the first are named and the others counted")
  func manyCurves() {
    let words = sentences(
      (1...20).flatMap { width in
        [0.1, 0.2, 0.4].map { run(dModel: width, lr: $0, loss: abs($0 - (width == 20 ? 0.1 : 0.2)) + 1) }
      })
    #expect(
      words.contains(
        "Best learning rate: 0.2 at d_model 1; d_model 2; d_model 3; d_model 4; d_model 5; d_model 6; d_model 7; "
          + "d_model 8 and 11 more; 0.1 at d_model 20."))
  }

  @Test("Of the curves over many axes each value of the first has its best")
  func firstAxis() {
    var runs: [Run] = []
    for (width, best) in [(8, 0.2), (16, 0.2), (32, 0.1)] {
      for (name, distance) in [("a", 2.0), ("b", 1.0), ("c", 2.0)] {
        for lr in [0.1, 0.2, 0.4] {
          runs.append(run(dModel: width, lr: lr, loss: distance + abs(lr - best), optimizer: name))
        }
      }
    }
    let words = sentences(runs, axes: ["d_model", "lr", "optimizer"])
    #expect(
      words.contains(
        "Best learning rate, with the other axes at their best: 0.2 at d_model 8; d_model 16; 0.1 at d_model 32."))
    #expect(
      words.contains("At d_model 32, that is the lowest tried, so a better one may lie beyond: add 0.025 and 0.05."))
  }

  @Test("Curves that need the same learning rates share a sentence")
  func sharedEdges() {
    let words = sentences(
      [8, 16].flatMap {
        runs(dModel: $0, lr: 0.1, [3]) + runs(dModel: $0, lr: 0.2, [2]) + runs(dModel: $0, lr: 0.4, [1])
      })
    #expect(words.contains("Best learning rate: 0.4 everywhere."))
    #expect(
      words.contains(
        "At d_model 8; d_model 16, that is the highest tried, so a better one may lie beyond: add 0.8 and 1.6."))
  }
}
