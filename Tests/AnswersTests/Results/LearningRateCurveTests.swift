import SampleResults
import Testing

@testable import Answers

@Suite(.timeLimit(.minutes(10)))
struct LearningRateCurveTests {
  @Test("There is a curve for each width, in order of the width, with its points in order of the learning rate")
  func curves() {
    let curves = results(sampleRuns.reversed()).learningRateCurves
    #expect(curves.map(\.label) == ["d_model 32", "d_model 128"])
    #expect(curves.map { $0.points.map(\.lr) } == [[0.001, 0.01, 0.1], [0.001, 0.01, 0.1]])
  }

  @Test("The optimum is the lowest mean among the learning rates at which no seed diverged")
  func optimum() {
    let curves = results(sampleRuns).learningRateCurves
    #expect(curves.map { $0.optimum?.lr } == [0.01, 0.001])
    #expect(curves.map { $0.optimum?.result.finalLoss?.mean } == [2.375, 2.125])
  }

  @Test("An optimum at the upper edge asks for higher ones; a single learning rate asks for nothing")
  func edges() {
    let two = [run(dModel: 8, lr: 0.1, loss: 2), run(dModel: 8, lr: 0.01, loss: 3)]
    #expect(results([two[0]]).learningRateCurves.isEmpty)
    #expect(results(two).learningRateCurves.map(\.edge) == [.highest])
    #expect(results(sampleRuns).learningRateCurves.map(\.edge) == [nil, .lowest])
    let suggestions = results(sampleRuns).learningRateCurves.map { curve in curve.suggestions.map { Float($0) } }
    #expect(suggestions == [[], [1e-5, 1e-4]])
    #expect(results(two).learningRateCurves[0].suggestions == [1, 10])
    // Three digits, and no leap to where nothing lies.
    let third = [run(dModel: 8, lr: 0.003, loss: 2), run(dModel: 8, lr: 0.001, loss: 3)]
    #expect(results(third).learningRateCurves[0].suggestions == [0.009, 0.027])
    let far = [run(dModel: 8, lr: 0.1, loss: 2), run(dModel: 8, lr: 100_000, loss: nil)]
    #expect(results(far).learningRateCurves[0].suggestions == [0.001, 0.01])
  }

  @Test("A curve on which everything diverged has no optimum")
  func allDiverged() {
    let curves = results([run(dModel: 8, lr: 1, loss: nil), run(dModel: 8, lr: 2, loss: nil)]).learningRateCurves
    #expect(curves.map { $0.optimum?.lr } == [nil])
  }
}
