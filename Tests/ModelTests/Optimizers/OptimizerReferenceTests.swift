import Foundation
import Testing

@testable import Kernels
@testable import Model

/// Ten steps of a model with an optimizer in double precision; made by `Fixtures/make_optimizers.py`, in other parametrizations by
/// `Fixtures/make_parametrizations.py`.
struct OptimizerReference: Decodable, Sendable, CustomTestStringConvertible {
  let shape: String
  let warmup: Int
  let lr, grad_clip: Double
  let losses: [Double]
  let final_parameters_norm: [String: Double]
  let optimizer: Optimizer
  /// The shape's with a parametrization; nil for the shape's own.
  let architecture: Architecture?

  var testDescription: String {
    "\(optimizer.kind.rawValue) of \(shape)\(architecture.map { ", \($0.parametrization.rawValue)" } ?? "")"
  }

  static let all = read("optimizers")
  static let parametrizations = read("parametrizations")

  private static func read(_ name: String) -> [OptimizerReference] {
    guard let url = Reference.url(name, "expected.json"), let data = try? Data(contentsOf: url) else { return [] }
    return (try? JSONDecoder().decode([OptimizerReference].self, from: data)) ?? []
  }

  /// The shape's weights as this architecture's, before the first step.
  func model() throws -> Transformer {
    let model = try #require(Reference.all.first { $0.name == shape }).model()
    guard let architecture else { return model }
    let other = Transformer(architecture: architecture)
    _ = other.parameters.elements.update(fromContentsOf: model.parameters.elements)
    return other
  }

  /// Each optimizer with each set of hyperparameters once.
  static let optimizers = all.map(\.optimizer).reduce(into: [Optimizer]()) { if !$0.contains($1) { $0.append($1) } }

  private enum CodingKeys: String, CodingKey {
    case shape, warmup, lr, grad_clip, losses, final_parameters_norm, optimizer, architecture
  }

  /// Hyperparameters are named as in a spec.
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    shape = try members.decode(String.self, forKey: .shape)
    warmup = try members.decode(Int.self, forKey: .warmup)
    lr = try members.decode(Double.self, forKey: .lr)
    grad_clip = try members.decode(Double.self, forKey: .grad_clip)
    losses = try members.decode([Double].self, forKey: .losses)
    final_parameters_norm = try members.decode([String: Double].self, forKey: .final_parameters_norm)
    architecture = try members.decodeIfPresent(Architecture.self, forKey: .architecture)
    let values = try decoder.container(keyedBy: Key.self)
    let kind = try #require(Optimizer.Kind(rawValue: members.decode(String.self, forKey: .optimizer)))
    let pairs = try kind.hyperparameters.map { hyperparameter in
      let key = Key(stringValue: hyperparameter.rawValue)
      if let flag = try? values.decode(Bool.self, forKey: key) { return (hyperparameter, Optimizer.Value.flag(flag)) }
      if let number = try? values.decode(Double.self, forKey: key) { return (hyperparameter, .number(number)) }
      return (hyperparameter, .word(try values.decode(String.self, forKey: key)))
    }
    optimizer = Optimizer(kind, Dictionary(uniqueKeysWithValues: pairs))
  }
}

@Suite(
  "Optimizers agree with their formulas in double precision to a relative error of 1e-5 in each loss and each tensor's norm",
  .timeLimit(.minutes(10)))
struct OptimizerReferenceTests {
  static let bar = 1e-5

  @Test("every optimizer that PyTorch isn't the reference of is there, on three shapes")
  func all() {
    #expect(Set(OptimizerReference.all.map(\.shape)) == ["tiny", "odd", "small"])
    let kinds = Set(Optimizer.Kind.allCases).subtracting([.adam, .sgd])
    for shape in ["tiny", "odd", "small"] {
      #expect(Set(OptimizerReference.all.filter { $0.shape == shape }.map(\.optimizer.kind)) == kinds)
    }
  }

  @Test("each parametrization is there, with each column of its rules")
  func parametrizations() {
    let all = OptimizerReference.parametrizations
    #expect(Set(all.compactMap(\.architecture?.parametrization)) == [.mup, .completep])
    #expect(Set(all.map(\.optimizer.kind)) == [.adamw, .muon, .sgd, .ademamix, .scheduleFree])
  }

  @Test(
    "ten steps with a rise, a fall and clipping",
    arguments: OptimizerReference.all + OptimizerReference.parametrizations)
  func losses(reference: OptimizerReference) throws {
    let shape = try #require(Reference.all.first { $0.name == reference.shape })
    let (steps, optimizer) = (reference.losses.count, reference.optimizer)
    #expect(steps == 10)
    let trainer = Trainer(
      model: try reference.model(),
      settings: TrainingSettings(
        optimizer: optimizer,
        schedule: LearningRateSchedule(
          peak: reference.lr, shape: optimizer.kind.needsConstantRate ? .constant : .linear(finalFraction: 0.1),
          warmupSteps: reference.warmup, steps: steps),
        batchSize: shape.batch_size, gradientClip: reference.grad_clip),
      training: [Int32](repeating: 0, count: shape.architecture.contextLength + 1), seed: 0)
    for (index, loss) in reference.losses.enumerated() {
      let result = trainer.step(tokens: shape.tokens[index], targets: shape.targets[index])
      #expect(abs(result.loss - loss) <= Self.bar * loss, "step \(index + 1): \(result.loss), not \(loss)")
    }
    for tensor in trainer.result.layout.tensors {
      let norm = trainer.result.values(of: tensor).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let expected = try #require(reference.final_parameters_norm[tensor.name])
      #expect(abs(norm - expected) <= Self.bar * expected, "\(tensor.name): \(norm), not \(expected)")
    }
  }
}
