/// What a parameter tensor is for. How it is initialized, decays and learns follows from its role alone.
public enum ParameterRole: Hashable, Sendable {
  /// A row for each token. It is the output head too, where the model has no other.
  case tokenEmbedding
  /// A row for each position.
  case position
  /// A matrix between two layers, input dimension first.
  case hidden(fanIn: Int, fanOut: Int)
  /// What a norm multiplies by.
  case gain
  /// What a layer adds.
  case bias
  /// The output head, where it isn't the token embedding.
  case head

  /// Whether the tensor is a matrix between two layers: those that an optimizer for matrices updates.
  var isHidden: Bool { if case .hidden = self { true } else { false } }
}

/// How matrices are drawn before the first step, by the words that a spec has for it. Gains begin at 1 and biases at 0.
public enum Initialization: String, CaseIterable, Sendable {
  /// Uniform within ±1/√C.
  case uniform
  /// Normal with a standard deviation of 0.02.
  case normal
  /// As `normal`, and matrices whose products are added to the residual stream with 0.02/√(2L): Radford et al. 2019 (GPT-2).
  case scaled
}

/// What follows from a tensor's role: one function for each aspect.
struct Parametrization: Sendable {
  /// What a tensor holds before the first step.
  enum Start: Equatable {
    /// Uniform between -bound and bound.
    case uniform(bound: Float)
    /// Normal with mean 0.
    case normal(deviation: Float)
    case constant(Float)
  }

  let dModel: Int

  func start(of tensor: ParameterLayout.Tensor, _ initialization: Initialization, layers: Int) -> Start {
    switch (tensor.role, initialization) {
    case (.gain, _): .constant(1)
    case (.bias, _): .constant(0)
    case (_, .uniform): .uniform(bound: 1 / Float(dModel).squareRoot())
    case (_, .scaled) where tensor.writesStream: .normal(deviation: 0.02 / Float(2 * layers).squareRoot())
    case (_, .normal), (_, .scaled): .normal(deviation: 0.02)
    }
  }

  /// What the weight decay is multiplied by.
  func weightDecay(of role: ParameterRole) -> Double {
    switch role {
    case .tokenEmbedding, .position, .hidden, .head: 1
    case .gain, .bias: 0
    }
  }

  /// What the learning rate is multiplied by.
  func learningRate(of role: ParameterRole) -> Double { 1 }
}

/// Parameters side by side in the flat buffer that get the same treatment; the gaps between tensors belong to it.
struct ParameterGroup: Sendable {
  /// What an update depends on beside the optimizer's own numbers.
  struct Treatment: Equatable {
    /// What the learning rate and the weight decay are multiplied by.
    let learningRate, weightDecay: Double
    /// Whether these are matrices between two layers.
    let isHidden: Bool
  }

  let range: Range<Int>
  let treatment: Treatment
}

extension Parametrization {
  func treatment(of role: ParameterRole) -> ParameterGroup.Treatment {
    ParameterGroup.Treatment(
      learningRate: learningRate(of: role), weightDecay: weightDecay(of: role), isHidden: role.isHidden)
  }
}
