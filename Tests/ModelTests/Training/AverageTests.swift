import Testing

@testable import Kernels
@testable import Model

@Suite struct AverageTests {
  private func trainer(horizon: Int?, optimizer: Optimizer, seed: UInt64 = 3) -> Trainer {
    var settings = TrainingSettings(
      optimizer: optimizer, schedule: LearningRateSchedule(peak: 0.01, shape: .constant, warmupSteps: 0, steps: 9),
      batchSize: 2, gradientClip: 1)
    settings.averageHorizon = horizon
    return Trainer(
      architecture: Architecture(vocabularySize: 11, contextLength: 5, dModel: 6, heads: 2, layers: 1, dFF: 7),
      settings: settings, training: (0..<200).map { Int32($0 * $0 % 11) }, seed: seed)
  }

  static let text: [Int32] = (0..<60).map { Int32(($0 * 7 + $0 / 3) % 11) }
  static let optimizers = OptimizerReference.optimizers.filter { [.adamw, .scheduleFree].contains($0.kind) }

  @Test("is the mean of the weights until there are as many as its horizon, then exponential", arguments: optimizers)
  func definition(optimizer: Optimizer) throws {
    let trainer = trainer(horizon: 3, optimizer: optimizer)
    var expected: [Double] = []
    for step in 1...7 {
      _ = trainer.step()
      let weights = trainer.result.parameters.elements.map(Double.init)
      let part = 1 / Double(min(step, 3))
      expected = step == 1 ? weights : zip(expected, weights).map { $0 + ($1 - $0) * part }
      let average = try #require(trainer.average).parameters.elements
      #expect(zip(average, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 }, "step \(step)")
    }
    let places = 1..<Self.text.count
    #expect(trainer.evaluateAverage(Self.text, predicting: places) != trainer.evaluate(Self.text, predicting: places))
  }

  @Test("training and its evaluations don't depend on it; without it there is none", arguments: optimizers)
  func harmless(optimizer: Optimizer) {
    let (with, without) = (trainer(horizon: 3, optimizer: optimizer), trainer(horizon: nil, optimizer: optimizer))
    for _ in 0..<4 { #expect(with.step() == without.step()) }
    let places = 1..<Self.text.count
    #expect(with.evaluate(Self.text, predicting: places) == without.evaluate(Self.text, predicting: places))
    #expect(without.evaluateAverage(Self.text, predicting: places) == nil)
    #expect(with.state.moments.count == without.state.moments.count + 1)
  }

  @Test("goes on to the same bits from a state", arguments: optimizers)
  func resumed(optimizer: Optimizer) throws {
    let (whole, first, second) = (
      trainer(horizon: 3, optimizer: optimizer), trainer(horizon: 3, optimizer: optimizer),
      trainer(horizon: 3, optimizer: optimizer, seed: 99)
    )
    for _ in 0..<6 { _ = whole.step() }
    for _ in 0..<2 { _ = first.step() }
    try second.restore(first.state)
    for _ in 0..<4 { _ = second.step() }
    #expect(second.state == whole.state)
    #expect(!trainer(horizon: nil, optimizer: optimizer).canRestore(first.state))
  }
}
