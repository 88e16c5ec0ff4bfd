extension Optimizer {
  /// What a step's decay is a multiple of, by the words that a spec has for it.
  public enum WeightDecayKind: String, CaseIterable, Sendable {
    /// The step's learning rate: `p -= lr · weight_decay · p`, as PyTorch has it.
    case coupled
    /// The step's learning rate as a fraction of the peak: `p -= lr / peak · weight_decay · p`, as in the paper, so that another
    /// peak is no other decay.
    case independent
  }
}

/// Decay of the weights beside an update, decoupled from the gradient (Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101).
/// Gains and biases don't decay.
struct WeightDecay: Sendable {
  static let hyperparameters: [Optimizer.Hyperparameter] = [.weightDecay, .weightDecayKind, .cautiousDecay]

  let weightDecay: Double
  let kind: Optimizer.WeightDecayKind
  /// Only weights decay that the update makes smaller too (Chen et al. 2025, "Cautious Weight Decay",
  /// https://arxiv.org/abs/2510.12402).
  let isCautious: Bool

  init(_ optimizer: Optimizer) {
    weightDecay = optimizer.number(.weightDecay)
    kind = optimizer.word(.weightDecayKind)
    isCautious = optimizer.flag(.cautiousDecay)
  }

  /// The decay of one group in one update.
  struct Step {
    /// What is left of the weights that decay.
    let keep: Float
    let isCautious: Bool

    static let none = Step(keep: 1, isCautious: false)
  }

  /// - Parameter rate: The step's learning rate, the group's factor included.
  func step(_ update: ParameterUpdate, _ group: ParameterGroup.Treatment, rate: Double) -> Step {
    let decay =
      switch kind {
      case .coupled: rate * (weightDecay * group.weightDecay)
      case .independent: update.rateOfPeak * weightDecay * (group.learningRate * group.weightDecay)
      }
    return Step(keep: Float(1 - decay), isCautious: isCautious)
  }
}
