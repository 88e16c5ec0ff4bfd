import Foundation
import Testing

@testable import Kernels
@testable import Model

/// What PyTorch computed in double precision; made by `Fixtures/make_reference.py`.
struct Reference: Decodable, Sendable, CustomTestStringConvertible {
  struct Training: Decodable, Sendable {
    let optimizer: String
    let lr: Double
    let momentum, beta1, beta2, epsilon, weight_decay: Double?
    let grad_clip: Double
    let losses, gradient_norms: [Double]
    let final_parameters_norm: [String: Double]
  }

  let architecture: Architecture
  let batch_size: Int
  let tokens, targets: [[Int32]]
  let logits: [Double]
  let loss: Double
  let gradients: [String: [Double]]
  let training: [Training]
  var name = ""

  var testDescription: String { name }

  private enum CodingKeys: String, CodingKey {
    case architecture = "shape"
    case batch_size, tokens, targets, logits, loss, gradients, training
  }

  static let all: [Reference] = ["tiny", "odd", "small"].compactMap { name in
    guard let url = url(name, "expected.json"), let data = try? Data(contentsOf: url),
      var reference = try? JSONDecoder().decode(Reference.self, from: data)
    else { return nil }
    reference.name = name
    return reference
  }

  static func url(_ name: String, _ ending: String) -> URL? {
    Bundle.module.url(forResource: "\(name).\(ending)", withExtension: nil, subdirectory: "Fixtures")
  }

  func model() throws -> Transformer {
    try WeightFile(contentsOf: #require(Self.url(name, "weights.safetensors"))).model
  }
}

extension Reference.Training {
  /// The optimizer with the hyperparameters that PyTorch was given.
  func settings(batchSize: Int) throws -> TrainingSettings {
    let optimizer: Optimizer =
      switch optimizer {
      case "sgd": .sgd(momentum: momentum ?? 0)
      case "adam": .adam(beta1: try #require(beta1), beta2: try #require(beta2), epsilon: try #require(epsilon))
      default:
        .adamW(
          beta1: try #require(beta1), beta2: try #require(beta2), epsilon: try #require(epsilon),
          weightDecay: try #require(weight_decay))
      }
    return TrainingSettings(
      optimizer: optimizer,
      schedule: LearningRateSchedule(peak: lr, shape: .constant, warmupSteps: 0, steps: losses.count),
      batchSize: batchSize, gradientClip: grad_clip)
  }
}

@Suite(
  "The model agrees with PyTorch in double precision to a relative error of 1e-5 in each tensor's norm",
  .timeLimit(.minutes(10)))
struct ReferenceTests {
  static let bar = 1e-5

  @Test("three shapes are there") func shapes() { #expect(Reference.all.map(\.name) == ["tiny", "odd", "small"]) }

  @Test("logits, loss and every gradient", arguments: Reference.all)
  func gradients(reference: Reference) throws {
    let model = try reference.model()
    let architecture = model.architecture
    let (B, T) = (reference.batch_size, architecture.contextLength)
    let activations = Activations(architecture, sequences: B, forTraining: true)
    model.forward(activations, tokens: reference.tokens[0], sequences: B, length: T)
    let logits = model.head(activations, rows: 0..<B * T)
    let values = (0..<B * T).flatMap { position in (0..<architecture.vocabularySize).map { logits.row($0)[position] } }
    expectClose(values, reference.logits, "logits")
    let loss = crossEntropy(logits, targets: reference.targets[0], gradientScale: 1 / Float(B * T), team: Team())
    #expect(abs(loss / Double(B * T) - reference.loss) <= Self.bar * reference.loss)

    let gradients = FloatBuffer(count: model.layout.bufferCount)
    model.backward(activations, gradients: gradients, tokens: reference.tokens[0], sequences: B, length: T)
    #expect(Set(reference.gradients.keys) == Set(model.layout.tensors.map(\.name)))
    for tensor in model.layout.tensors {
      expectClose(gradients.values(of: tensor), reference.gradients[tensor.name] ?? [], tensor.name)
    }
  }

  @Test("ten steps of SGD, Adam and AdamW with clipping", arguments: Reference.all)
  func training(reference: Reference) throws {
    #expect(Set(reference.training.map(\.optimizer)) == ["sgd", "adam", "adamw"])
    for training in reference.training {
      let label = "\(training.optimizer), momentum \(training.momentum ?? 0)"
      #expect(training.losses.count == 10)
      let trainer = Trainer(
        model: try reference.model(), settings: try training.settings(batchSize: reference.batch_size),
        training: [Int32](repeating: 0, count: reference.architecture.contextLength + 1), seed: 0)
      for (index, loss) in training.losses.enumerated() {
        let result = trainer.step(tokens: reference.tokens[index], targets: reference.targets[index])
        #expect(abs(result.loss - loss) <= Self.bar * loss, "\(label), step \(index + 1)")
        let norm = training.gradient_norms[index]
        // A gradient is steeper in the parameters than the loss is: it feels the earlier updates' rounding more.
        #expect(abs(result.gradientNorm - norm) <= 3 * Self.bar * norm, "\(label), norm of step \(index + 1)")
      }
      for tensor in trainer.model.layout.tensors {
        let norm = trainer.model.values(of: tensor).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let expected = try #require(training.final_parameters_norm[tensor.name])
        #expect(abs(norm - expected) <= Self.bar * expected, "\(label), \(tensor.name)")
      }
    }
  }

  private func expectClose(
    _ values: some Collection<Float>, _ expected: [Double], _ label: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(values.count == expected.count, "\(label)", sourceLocation: sourceLocation)
    let error = zip(values, expected).reduce(0) { $0 + ($1.1 - Double($1.0)) * ($1.1 - Double($1.0)) }.squareRoot()
    let norm = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(error <= Self.bar * norm, "\(label): relative error \(error / norm)", sourceLocation: sourceLocation)
  }
}
