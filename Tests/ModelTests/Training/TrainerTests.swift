import Foundation
import Testing

@testable import Model

@Suite struct TrainerTests {
  static let shape = TransformerShape(vocabularySize: 13, contextLength: 8, dModel: 12, heads: 3, layers: 2, dFF: 20)
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
    Trainer(shape: Self.shape, settings: Self.settings(), training: Self.text, seed: seed)
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
    let trainer = Trainer(shape: Self.shape, settings: unclipped, training: Self.text, seed: 1)
    let losses = (0..<20).map { _ in trainer.step().loss }
    #expect(losses.contains { !$0.isFinite || $0 > 3 * log(13) })
  }

  @Test("memory is counted as it is allocated")
  func memory() {
    let parameters = Double(4 * ParameterLayout(Self.shape).bufferCount)
    let floats = Activations.count(Self.shape, sequences: 4, forTraining: true) + parameters
    #expect(Trainer.memory(shape: Self.shape, settings: Self.settings()) == 4 * floats)
    // Sizes that no machine has are still counted.
    let huge = TransformerShape(
      vocabularySize: 256, contextLength: 65_536, dModel: 65_536, heads: 65_536, layers: 1024, dFF: 262_144)
    #expect(Trainer.memory(shape: huge, settings: Self.settings()) > 1e18)
  }
}
