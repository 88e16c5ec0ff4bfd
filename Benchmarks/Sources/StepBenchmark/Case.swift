@testable import Model

/// A model and a batch that are timed: those of the README's table.
struct Case {
  let name: String
  let architecture: Architecture
  let batchSize: Int

  private init(_ name: String, d: Int, ff: Int? = nil, layers: Int, heads: Int, V: Int, T: Int, batch: Int) {
    self.name = name
    architecture = Architecture(
      vocabularySize: V, contextLength: T, dModel: d, heads: heads, layers: layers, dFF: ff ?? 4 * d)
    batchSize = batch
  }

  static let all = [
    Case("S", d: 32, ff: 64, layers: 2, heads: 4, V: 627, T: 64, batch: 1),
    Case("A", d: 64, layers: 2, heads: 4, V: 65, T: 64, batch: 12),
    Case("B", d: 128, layers: 4, heads: 4, V: 65, T: 64, batch: 12),
    Case("C", d: 256, layers: 4, heads: 8, V: 512, T: 128, batch: 8),
    Case("D", d: 384, layers: 6, heads: 6, V: 65, T: 256, batch: 4),
  ]

  /// Positions of a batch.
  var rows: Int { batchSize * architecture.contextLength }
  /// Sequences that go forward and back at a time.
  var microBatch: Int { Trainer.microBatch(of: batchSize, architecture) }

  static let optimizer = Optimizer.adamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1)

  static let schedule = LearningRateSchedule(peak: 1e-3, shape: .constant, warmupSteps: 0, steps: 1_000_000)

  /// A trainer on random tokens.
  var trainer: Trainer { trainer() }

  /// A trainer of another model of that vocabulary, or with another optimizer or dropout, on the same tokens.
  func trainer(
    _ architecture: Architecture? = nil, _ optimizer: Optimizer = Self.optimizer, dropout: Double = 0
  ) -> Trainer {
    let architecture = architecture ?? self.architecture
    var settings = TrainingSettings(
      optimizer: optimizer, schedule: Self.schedule, batchSize: batchSize, gradientClip: 1)
    settings.dropout = dropout
    var random = RandomStream(seed: 0, name: "text")
    let text = (0..<100_000).map { _ in Int32(random.integer(below: architecture.vocabularySize)) }
    return Trainer(architecture: architecture, settings: settings, training: text, seed: 0)
  }
}
