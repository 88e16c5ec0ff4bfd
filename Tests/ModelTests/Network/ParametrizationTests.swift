import Foundation
import Testing

@testable import Kernels
@testable import Model

/// The rules of each tensor are checked against independent code by `OptimizerReferenceTests`.
@Suite struct ParametrizationTests {
  static func architecture(
    _ kind: Parametrization.Kind, dModel: Int = 24, layers: Int = 3, base: (dModel: Int, layers: Int, headSize: Int?)
  ) -> Architecture {
    var architecture = Architecture(
      vocabularySize: 11, contextLength: 5, dModel: dModel, heads: 2, layers: layers, dFF: 4 * dModel)
    architecture.parametrization = kind
    (architecture.baseDModel, architecture.baseLayers) = (base.dModel, base.layers)
    architecture.baseHeadSize = base.headSize
    return architecture
  }

  static let optimizers: [Optimizer] =
    [.sgd(momentum: 0.9), .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8)] + OptimizerReference.optimizers

  @Test(
    "at the base sizes a run has the bits of a standard one, with every optimizer",
    arguments: [Parametrization.Kind.mup, .completep], optimizers)
  func baseSizes(kind: Parametrization.Kind, optimizer: Optimizer) {
    if kind == .completep, optimizer.kind == .sgd { return }
    func state(_ kind: Parametrization.Kind, _ initialization: Initialization) -> TrainerState {
      var settings = TrainingSettings(
        optimizer: optimizer, schedule: LearningRateSchedule(peak: 0.01, shape: .constant, warmupSteps: 1, steps: 9),
        batchSize: 2, gradientClip: 1)
      settings.initialization = initialization
      let trainer = Trainer(
        architecture: Self.architecture(kind, base: (24, 3, nil)), settings: settings,
        training: (0..<200).map { Int32($0 * $0 % 11) }, seed: 3)
      for _ in 0..<3 { _ = trainer.step() }
      return trainer.state
    }
    for initialization in Initialization.allCases {
      #expect(state(kind, initialization) == state(.standard, initialization))
    }
  }

  @Test("every gradient equals finite differences of the loss")
  func gradients() throws {
    for kind in [Parametrization.Kind.mup, .completep] {
      try TransformerGradientTests().wholeModel(
        architecture: Self.architecture(kind, dModel: 6, layers: 2, base: (2, 1, 2)))
    }
  }

  @Test("matrices start as wide as their fan-in says, embeddings as at the base, and depth has no part in it")
  func initialization() {
    let base = Parametrization(Self.architecture(.completep, base: (24, 3, nil)))
    let wide = Parametrization(Self.architecture(.completep, dModel: 96, layers: 12, base: (24, 3, nil)))
    func size(_ parametrization: Parametrization, _ role: ParameterRole, _ initialization: Initialization) -> Float {
      let tensor = ParameterLayout.Tensor(
        name: "", shape: [1, 1], role: role, writesStream: role.isHidden, offset: 0, stride: 1)
      return switch parametrization.start(of: tensor, initialization) {
      case .uniform(let value), .normal(let value), .constant(let value): value
      }
    }
    for initialization in Initialization.allCases {
      for role in [ParameterRole.tokenEmbedding, .position, .head, .gain, .bias] {
        #expect(size(wide, role, initialization) == size(base, role, initialization))
      }
      let hidden = ParameterRole.hidden(fanIn: 1, fanOut: 1)
      #expect(abs(size(wide, hidden, initialization) / size(base, hidden, initialization) - 0.5) < 1e-6)
    }
  }

  @Test("a weight file says how its model computes, and an older one reads as standard")
  func weightFile() throws {
    let architecture = Self.architecture(.completep, base: (6, 1, 3))
    let written = try JSONEncoder().encode(architecture)
    let text = String(decoding: written, as: UTF8.self)
    #expect(text.contains(#""parametrization":"completep""#) && text.contains(#""base_d_model":6"#))
    #expect(try JSONDecoder().decode(Architecture.self, from: written) == architecture)
    let standard = Self.architecture(.standard, base: (64, 2, nil))
    #expect(!String(decoding: try JSONEncoder().encode(standard), as: UTF8.self).contains("base"))
  }

  @Test("a norm behind a layer would undo CompleteP's multiplier: there is no such model")
  func placements() {
    var architecture = Self.architecture(.completep, base: (6, 1, 3))
    #expect(architecture.isPossible)
    architecture.normPlacement = .output
    #expect(!architecture.isPossible)
    architecture.parametrization = .mup
    #expect(architecture.isPossible)
  }
}
