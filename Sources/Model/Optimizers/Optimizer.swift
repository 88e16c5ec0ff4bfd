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
    /// Orthogonal updates for matrices between two layers, AdamW for the rest.
    case muon
    /// The sign of a mean of gradients, in which the last one weighs more than in the mean that goes on.
    case lion
    /// The sign of the mean gradient.
    case signum
    /// AdamW with a second, slow mean of the gradients.
    case ademamix
    /// AdamW whose average of weights stands in for a schedule.
    case scheduleFree = "schedule_free"

    fileprivate var rule: any UpdateRule.Type {
      switch self {
      case .adamw: AdamW.self
      case .adam: Adam.self
      case .sgd: SGD.self
      case .muon: Muon.self
      case .lion: Lion.self
      case .signum: Signum.self
      case .ademamix: AdEMAMix.self
      case .scheduleFree: ScheduleFree.self
      }
    }

    /// The hyperparameters that the optimizer reads.
    public var hyperparameters: [Hyperparameter] { rule.hyperparameters }
    /// Whether the learning rate stays at its peak after the rise, because the optimizer averages weights instead.
    public var needsConstantRate: Bool { self == .scheduleFree }
  }

  /// What optimizers read beside the learning rate, by their keys in a spec.
  public enum Hyperparameter: String, CaseIterable, Sendable {
    /// Decay of the mean gradient.
    case beta1
    /// Decay of the mean squared gradient.
    case beta2
    /// Decay of the slow mean gradient.
    case beta3
    /// What the slow mean gradient is multiplied by.
    case alpha
    /// Added to the root of the mean squared gradient.
    case epsilon
    /// Share of the former update that goes on.
    case momentum
    /// Decoupled decay.
    case weightDecay = "weight_decay"
    /// A `WeightDecayKind`.
    case weightDecayKind = "weight_decay_kind"
    /// Whether only weights decay that the update makes smaller too.
    case cautiousDecay = "cautious_decay"
    /// A `MuonScale`.
    case muonScale = "muon_scale"
    /// Iterations that make an update orthogonal.
    case muonSteps = "muon_steps"
    /// The peak learning rate of the parameters that an optimizer for matrices leaves to AdamW.
    case adamRate = "adam_lr"

    /// The value where none is given: of those that choose a form, the one without which optimizers were first published.
    var plain: Value? {
      switch self {
      case .weightDecayKind: .word(WeightDecayKind.coupled.rawValue)
      case .cautiousDecay: .flag(false)
      default: nil
      }
    }
  }

  /// What a hyperparameter holds.
  public enum Value: Hashable, Sendable, ExpressibleByFloatLiteral {
    /// A number.
    case number(Double)
    /// One of several words.
    case word(String)
    /// Yes or no.
    case flag(Bool)

    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
  }

  /// The kind.
  public let kind: Kind
  /// The hyperparameters that the kind reads.
  public let values: [Hyperparameter: Value]

  /// An optimizer with the values of the hyperparameters that it reads.
  public init(_ kind: Kind, _ value: (Hyperparameter) -> Value) {
    self.kind = kind
    values = Dictionary(uniqueKeysWithValues: kind.hyperparameters.map { ($0, value($0)) })
  }

  /// An optimizer with values for all hyperparameters that it reads; those that choose a form of weight decay may be left out.
  public init(_ kind: Kind, _ values: [Hyperparameter: Value]) {
    self.init(kind) { hyperparameter in
      guard let value = values[hyperparameter] ?? hyperparameter.plain else {
        preconditionFailure("no value of \(hyperparameter)")
      }
      return value
    }
  }

  /// The value of a hyperparameter that is a number.
  func number(_ hyperparameter: Hyperparameter) -> Double {
    guard case .number(let value) = values[hyperparameter] else {
      preconditionFailure("\(hyperparameter) of \(self) isn't a number")
    }
    return value
  }

  /// The value of a hyperparameter that is a word of that type.
  func word<Word: RawRepresentable<String>>(_ hyperparameter: Hyperparameter, as _: Word.Type = Word.self) -> Word {
    guard case .word(let text) = values[hyperparameter], let word = Word(rawValue: text) else {
      preconditionFailure("\(hyperparameter) of \(self) isn't a \(Word.self)")
    }
    return word
  }

  /// The value of a hyperparameter that is yes or no.
  func flag(_ hyperparameter: Hyperparameter) -> Bool {
    guard case .flag(let value) = values[hyperparameter] else {
      preconditionFailure("\(hyperparameter) of \(self) isn't yes or no")
    }
    return value
  }

  var rule: any UpdateRule { kind.rule.init(self) }

  /// Buffers of the parameters' size that the optimizer keeps from step to step.
  public var momentCount: Int { rule.momentCount }
  /// Numbers that the optimizer needs during an update.
  func scratchCount(_ layout: ParameterLayout) -> Int { rule.scratchCount(layout) }
}
