import Testing

@testable import Kernels
@testable import Model

/// A run has the same bits with any number of threads, and whatever the least work is that they share.
@Suite struct ThreadedTrainingTests {
  func trainer(threads: Int, optimizer: Optimizer? = nil) -> Trainer {
    var settings = TrainerTests.settings()
    settings.optimizer = optimizer ?? settings.optimizer
    // Two micro-batches.
    settings.batchSize = 7
    // Sizes that divide evenly by nothing, and that are several registers wide.
    let architecture = Architecture(vocabularySize: 131, contextLength: 45, dModel: 84, heads: 3, layers: 2, dFF: 170)
    let trainer = Trainer(architecture: architecture, settings: settings, training: Self.text, seed: 3)
    trainer.threads = threads
    trainer.activations.team.leastWork = 1
    return trainer
  }

  static let text: [Int32] = (0..<2000).map { (place: Int) in Int32((place * place + place / 7) % 131) }

  @Test("Steps and evaluations", arguments: [2, 3, 5])
  func steps(threads: Int) {
    let (alone, shared) = (trainer(threads: 1), trainer(threads: threads))
    for _ in 0..<5 { #expect(alone.step() == shared.step()) }
    #expect(alone.state == shared.state)
    #expect(alone.evaluate(Self.text, limit: 1000) == shared.evaluate(Self.text, limit: 1000))
  }

  @Test("Other optimizers' steps", arguments: [Optimizer.sgd(momentum: 0.9)] + OptimizerReference.optimizers)
  func optimizers(optimizer: Optimizer) {
    let (alone, shared) = (trainer(threads: 1, optimizer: optimizer), trainer(threads: 2, optimizer: optimizer))
    for _ in 0..<3 { #expect(alone.step() == shared.step()) }
    #expect(alone.state == shared.state)
  }

  @Test("Another number of threads at every step")
  func changes() {
    let (alone, shared) = (trainer(threads: 1), trainer(threads: 1))
    for threads in [2, 1, 4, 3, 1, 2] {
      shared.threads = threads
      #expect(shared.threads == threads)
      #expect(alone.step() == shared.step())
    }
    #expect(alone.state == shared.state)
  }

  @Test("A run that goes on from a checkpoint with another number of threads")
  func resumed() throws {
    let (whole, first, second) = (trainer(threads: 2), trainer(threads: 3), trainer(threads: 1))
    for _ in 0..<6 { _ = whole.step() }
    for _ in 0..<3 { _ = first.step() }
    try second.restore(first.state)
    for _ in 0..<3 { _ = second.step() }
    #expect(second.state == whole.state)
  }
}
