import Foundation
import Testing

@testable import Kernels
@testable import Model

@Suite struct GeneratorTests {
  static let architecture = Architecture(
    vocabularySize: 17, contextLength: 10, dModel: 16, heads: 2, layers: 2, dFF: 32)

  /// A model that was trained a little, so that its choices depend on what came before.
  static let model: Transformer = {
    let settings = TrainingSettings(
      optimizer: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
      schedule: LearningRateSchedule(peak: 1e-2, shape: .constant, warmupSteps: 0, steps: 80), batchSize: 8,
      gradientClip: nil)
    let text: [Int32] = (0..<2000).map { (place: Int) in Int32((place / 3 * place + place / 11) % 17) }
    let trainer = Trainer(architecture: architecture, settings: settings, training: text, seed: 3)
    for _ in 0..<80 { _ = trainer.step() }
    return trainer.model
  }()

  func text(_ temperature: Double, prompt: [Int32] = [3, 1, 4], count: Int = 60, usesCache: Bool = true) -> [Int32] {
    var generator = Generator(
      Self.model, temperature: temperature, random: RandomStream(seed: 9, name: "samples"))
    return generator.generate(after: prompt, count: count, usesCache: usesCache)
  }

  @Test(
    "with and without the cache of keys and values it writes the same tokens, also past the context",
    arguments: [0, 0.7, 1, 1.5], [1, 3, 9, 10, 11, 25])
  func cache(temperature: Double, promptLength: Int) {
    let prompt = (0..<promptLength).map { Int32($0 * 5 % 17) }
    let cached = text(temperature, prompt: prompt)
    #expect(cached == text(temperature, prompt: prompt, usesCache: false))
    #expect(Set(cached).count > 1)
  }

  @Test("temperature 0 and below take the most likely token", arguments: [0, -1, 1e-9])
  func greedy(temperature: Double) {
    let greedy = text(temperature)
    var sequence: [Int32] = [3, 1, 4]
    for token in greedy.prefix(30) {
      let window = Array(sequence.suffix(Self.architecture.contextLength))
      let activations = Activations(Self.architecture, sequences: 1, forTraining: false)
      Self.model.forward(activations, tokens: window, sequences: 1, length: window.count)
      let head = Self.model.head(activations, rows: 0..<window.count)
      let logits = (0..<17).map { head.row($0)[window.count - 1] }
      #expect(logits[Int(token)] == logits.max())
      sequence.append(token)
    }
  }

  @Test("the same stream writes the same text, another one another")
  func repeats() {
    #expect(text(1) == text(1))
    var other = Generator(Self.model, temperature: 1, random: RandomStream(seed: 10, name: "samples"))
    #expect(other.generate(after: [3, 1, 4], count: 60) != text(1))
  }

  @Test("samples follow the softmax: frequencies agree with the probabilities")
  func frequencies() {
    let activations = Activations(Self.architecture, sequences: 1, forTraining: false)
    Self.model.forward(activations, tokens: [3], sequences: 1, length: 1)
    let logits = Self.model.head(activations, rows: 0..<1)
    let powers = (0..<17).map { exp(Double(logits.row($0)[0])) }
    let expected = powers.map { $0 / powers.reduce(0, +) }
    var generator = Generator(Self.model, temperature: 1, random: RandomStream(seed: 2, name: "samples"))
    var counts = [Double](repeating: 0, count: 17)
    let draws = 4000
    for _ in 0..<draws { counts[Int(generator.generate(after: [3], count: 1)[0])] += 1 }
    for (count, probability) in zip(counts, expected) {
      // Five standard deviations of a binomial count.
      let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
      #expect(abs(count - Double(draws) * probability) <= 5 * deviation + 1)
    }
  }

  @Test("nothing is generated where nothing is asked for") func none() { #expect(text(1, count: 0).isEmpty) }
}
