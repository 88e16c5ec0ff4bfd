/// How gradients become updates: the kind of optimizer with its hyperparameters.
public struct Optimizer: Equatable, Sendable {
  /// The optimizers by the words that a spec has for them.
  public enum Kind: String, CaseIterable, Sendable {
    /// Adam with decoupled weight decay.
    case adamw
    /// Adam.
    case adam
    /// Stochastic gradient descent.
    case sgd

    fileprivate var rule: any UpdateRule.Type {
      switch self {
      case .adamw: AdamW.self
      case .adam: Adam.self
      case .sgd: SGD.self
      }
    }

    /// The hyperparameters that the optimizer reads.
    public var hyperparameters: [Hyperparameter] { rule.hyperparameters }
  }

  /// The numbers that optimizers read beside the learning rate, by their keys in a spec.
  public enum Hyperparameter: String, CaseIterable, Sendable {
    /// Decay of the mean gradient.
    case beta1
    /// Decay of the mean squared gradient.
    case beta2
    /// Added to the root of the mean squared gradient.
    case epsilon
    /// Share of the former update that goes on.
    case momentum
    /// Decoupled decay.
    case weightDecay = "weight_decay"
  }

  /// The kind.
  public let kind: Kind
  /// The hyperparameters that the kind reads.
  public let values: [Hyperparameter: Double]

  /// An optimizer with the values of the hyperparameters that it reads.
  public init(_ kind: Kind, _ value: (Hyperparameter) -> Double) {
    self.kind = kind
    values = Dictionary(uniqueKeysWithValues: kind.hyperparameters.map { ($0, value($0)) })
  }

  /// An optimizer with values for all hyperparameters that it reads.
  public init(_ kind: Kind, _ values: [Hyperparameter: Double]) { self.init(kind) { Self.value(of: $0, in: values) } }

  private static func value(of hyperparameter: Hyperparameter, in values: [Hyperparameter: Double]) -> Double {
    guard let value = values[hyperparameter] else { preconditionFailure("no value of \(hyperparameter)") }
    return value
  }

  var rule: any UpdateRule { kind.rule.init { Self.value(of: $0, in: values) } }

  /// Buffers of the parameters' size that the optimizer keeps from step to step.
  public var momentCount: Int { rule.momentCount }
  /// Numbers that the optimizer needs during an update.
  func scratchCount(_ layout: ParameterLayout) -> Int { rule.scratchCount(layout) }
}
