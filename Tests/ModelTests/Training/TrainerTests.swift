import Foundation
import Testing

@testable import Kernels
@testable import Model

@Suite struct TrainerTests {
  static let architecture = Architecture(vocabularySize: 13, contextLength: 8, dModel: 12, heads: 3, layers: 2, dFF: 20)
  static let text: [Int32] = (0..<500).map { (place: Int) in Int32((place * place + place / 7) % 13) }

  static func settings(
    _ optimizer: Optimizer = .adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01), lr: Double = 1e-2
  ) -> TrainingSettings {
    TrainingSettings(
      optimizer: optimizer,
      schedule: LearningRateSchedule(peak: lr, shape: .cosine(finalFraction: 0.1), warmupSteps: 3, steps: 60),
      batchSize: 4, gradientClip: 1)
  }

  func trainer(seed: UInt64 = 1) -> Trainer {
    Trainer(architecture: Self.architecture, settings: Self.settings(), training: Self.text, seed: seed)
  }

  @Test("an untrained model's loss is near ln V, and training lowers it")
  func learns() {
    let trainer = trainer()
    let before = trainer.evaluate(Self.text, limit: 200).loss
    for _ in 0..<60 { _ = trainer.step() }
    let after = trainer.evaluate(Self.text, limit: 200).loss
    #expect(abs(before - log(13)) < 0.5)
    #expect(after < before - 0.3)
  }

  @Test("the same inputs give the same bits; another seed gives others")
  func repeats() {
    let (one, two, other) = (trainer(), trainer(), trainer(seed: 2))
    for _ in 0..<20 {
      let (a, b, c) = (one.step(), two.step(), other.step())
      #expect(a == b)
      #expect(a.loss != c.loss)
    }
  }

  @Test("a batch goes in even micro-batches of up to 256 positions, unless a block has too many parameters")
  func microBatches() {
    func microBatch(of batchSize: Int, contextLength: Int, dModel: Int = 128) -> Int {
      let architecture = Architecture(
        vocabularySize: 13, contextLength: contextLength, dModel: dModel, heads: 4, layers: 2, dFF: 4 * dModel)
      return Trainer.microBatch(of: batchSize, architecture)
    }
    #expect(microBatch(of: 12, contextLength: 64) == 4)
    #expect(microBatch(of: 3, contextLength: 64) == 3)
    #expect(microBatch(of: 5, contextLength: 64) == 3)
    #expect(microBatch(of: 8, contextLength: 300) == 1)
    #expect(microBatch(of: 12, contextLength: 64, dModel: 256) == 12)
  }

  @Test("a batch that goes in micro-batches makes the update of one that goes as a whole, but for rounding")
  func microBatchesAddUp() {
    let architecture = Architecture(vocabularySize: 13, contextLength: 45, dModel: 12, heads: 3, layers: 2, dFF: 20)
    // Micro-batches of 5, 5 and 3.
    let (B, rows, lr) = (13, 13 * 45, 100.0)
    #expect(Trainer.microBatch(of: B, architecture) == 5)
    let settings = TrainingSettings(
      optimizer: .sgd(momentum: 0),
      schedule: LearningRateSchedule(peak: lr, shape: .constant, warmupSteps: 0, steps: 1), batchSize: B,
      gradientClip: nil)
    let trainer = Trainer(architecture: architecture, settings: settings, training: Self.text, seed: 1)
    let model = Trainer(architecture: architecture, settings: settings, training: Self.text, seed: 1).model
    let text = Array(repeating: Self.text, count: 2).joined()
    let (tokens, targets) = (Array(text.prefix(rows)), Array(text.dropFirst().prefix(rows)))
    let result = trainer.step(tokens: tokens, targets: targets)

    let activations = Activations(architecture, sequences: B, forTraining: true)
    let gradients = FloatBuffer(count: model.layout.bufferCount)
    model.forward(activations, tokens: tokens, sequences: B, length: architecture.contextLength)
    let logits = model.head(activations, rows: 0..<rows)
    let loss = crossEntropy(logits, targets: targets, gradientScale: 1 / Float(rows), team: Team()) / Double(rows)
    model.backward(activations, gradients: gradients, tokens: tokens, sequences: B, length: architecture.contextLength)
    #expect(abs(result.loss - loss) <= 1e-6 * loss)
    let norm = norm(gradients.pointer, gradients.count, team: Team())
    #expect(abs(result.gradientNorm - norm) <= 1e-5 * norm)
    for tensor in model.layout.tensors {
      let gradient = gradients.values(of: tensor)
      let update = zip(model.values(of: tensor), trainer.model.values(of: tensor)).map { ($0 - $1) / Float(lr) }
      let error = zip(gradient, update).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      #expect(error <= 1e-5 * gradient.reduce(0) { $0 + $1 * $1 }.squareRoot(), "\(tensor.name)")
    }
  }

  @Test("evaluating and sampling between steps doesn't change the training")
  func looksDoNotTouch() {
    let (plain, watched) = (trainer(), trainer())
    for _ in 0..<10 {
      let a = plain.step()
      _ = watched.evaluate(Self.text, limit: 100)
      var generator = Generator(watched.model, temperature: 1, random: RandomStream(seed: 1, name: "samples"))
      _ = generator.generate(after: [1, 2], count: 12)
      #expect(watched.step() == a)
    }
  }

  @Test("an evaluation takes whole windows up to its limit, at least one, at most the text")
  func evaluationWindows() {
    let trainer = trainer()
    #expect(trainer.evaluate(Self.text, limit: 1).tokens == 8)
    #expect(trainer.evaluate(Self.text, limit: 23).tokens == 16)
    #expect(trainer.evaluate(Array(Self.text.prefix(20)), limit: 1000).tokens == 16)
  }

  @Test("an evaluation doesn't depend on how many windows go at a time, but for rounding")
  func evaluationBatches() {
    let trainer = trainer()
    let whole = trainer.evaluate(Self.text, limit: 64).loss
    let parts = (0..<8).map { trainer.evaluate(Array(Self.text[$0 * 8...$0 * 8 + 8]), limit: 8).loss }
    #expect(abs(whole - parts.reduce(0, +) / 8) < 1e-6)
  }

  @Test("a whole text is evaluated to its last token, a shorter window included", arguments: [2, 9, 10, 17, 500])
  func wholeText(count: Int) {
    let model = trainer().model
    let result = model.evaluate(Array(Self.text.prefix(count)))
    #expect(result.tokens == count - 1)
    #expect(result.loss.isFinite)
  }

  @Test("a hopeless learning rate ends in a loss that isn't finite or is huge, not in a trap")
  func diverges() {
    let settings = Self.settings(.sgd(momentum: 0.9), lr: 1e6)
    var unclipped = settings
    unclipped.gradientClip = nil
    let trainer = Trainer(architecture: Self.architecture, settings: unclipped, training: Self.text, seed: 1)
    let losses = (0..<20).map { _ in trainer.step().loss }
    #expect(losses.contains { !$0.isFinite || $0 > 3 * log(13) })
  }

  @Test(
    "memory is counted as it is allocated",
    arguments: [
      Self.architecture, Architecture(vocabularySize: 1, contextLength: 1, dModel: 1, heads: 1, layers: 1, dFF: 1),
      Architecture(vocabularySize: 131, contextLength: 45, dModel: 21, heads: 3, layers: 3, dFF: 17),
    ] + Architecture.blocks, [Optimizer.sgd(momentum: 0), .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)])
  func memory(architecture: Architecture, optimizer: Optimizer) {
    var settings = Self.settings(optimizer)
    settings.batchSize = 7
    settings.dropout = 0.1
    let trainer = Trainer(architecture: architecture, settings: settings, training: Self.text, seed: 1)
    let buffers = [trainer.model.parameters, trainer.gradients, trainer.activations.memory, trainer.optimizer.scratch]
    let numbers = (buffers + trainer.optimizer.moments).reduce(0) { $0 + $1.count }
    // What a batch reads and predicts.
    let batch = 2 * 7 * architecture.contextLength
    let tables = PositionTables.count(architecture)
    #expect(Trainer.memory(architecture: architecture, settings: settings) == 4 * (Double(numbers + batch) + tables))
  }

  @Test("the memory of sizes that no machine has is still counted")
  func hugeMemory() {
    let huge = Architecture(
      vocabularySize: 256, contextLength: 65_536, dModel: 65_536, heads: 65_536, layers: 1024, dFF: 262_144)
    var settings = Self.settings()
    #expect(Trainer.memory(architecture: huge, settings: settings) > 1e18)
    settings.batchSize = 65_536
    #expect(Trainer.memory(architecture: huge, settings: settings) > 1e22)
  }
}
