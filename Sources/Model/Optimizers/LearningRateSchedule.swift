import Foundation

/// The learning rate as a pure function of the step: a linear rise, then a fall from the peak.
///
///     step 1 … warmupSteps         peak · step / (warmupSteps + 1)
///     step warmupSteps + 1         peak
///     the last step                peak · finalFraction, where the shape has one
///
/// and every step after the last keeps the last one's.
public struct LearningRateSchedule: Equatable, Sendable {
  /// The shapes by the words that a spec has for them.
  public enum Kind: String, CaseIterable, Sendable {
    /// Half a cosine.
    case cosine
    /// A straight line.
    case linear
    /// No fall.
    case constant
    /// The peak, and a fall in the last part.
    case wsd
    /// The inverse of the step's root.
    case inverseSqrt = "inverse_sqrt"
    /// A power of the part that is left.
    case power

    /// The numbers that the shape reads.
    public var parameters: [Parameter] {
      switch self {
      case .cosine, .linear: [.finalFraction]
      case .constant, .inverseSqrt: []
      case .wsd: [.finalFraction, .decayFraction]
      case .power: [.finalFraction, .decayPower]
      }
    }
  }

  /// How `wsd` falls, by the words that a spec has for it. q goes from 0 to 1.
  public enum Decay: String, CaseIterable, Sendable {
    /// 1 - sqrt(q).
    case sqrt
    /// 1 - q.
    case linear
    /// (1 + cos(πq)) / 2.
    case cosine

    fileprivate func remainder(at q: Double) -> Double {
      switch self {
      case .sqrt: 1 - q.squareRoot()
      case .linear: 1 - q
      case .cosine: 0.5 * (1 + cos(.pi * q))
      }
    }
  }

  /// The numbers that shapes read beside the peak and the steps, by their keys in a spec.
  public enum Parameter: String, CaseIterable, Sendable {
    /// Of the peak, where the schedule ends.
    case finalFraction = "final_lr_fraction"
    /// Of all steps, those in which `wsd` falls.
    case decayFraction = "decay_fraction"
    /// The exponent of `power`.
    case decayPower = "decay_power"
  }

  /// How the learning rate falls after the rise.
  public enum Shape: Equatable, Sendable {
    /// It doesn't.
    case constant
    /// In a straight line to `finalFraction` of the peak.
    case linear(finalFraction: Double)
    /// Along half a cosine to `finalFraction` of the peak (Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983).
    case cosine(finalFraction: Double)
    /// Not before the last `fraction` of all steps, and then to `finalFraction` of the peak (warm-up, stable, decay: Hu et al. 2024,
    /// https://arxiv.org/abs/2404.06395; the root's form is the best of Hägele et al. 2024, https://arxiv.org/abs/2405.18392). The
    /// fall's steps are rounded to whole ones, at least one, and begin no earlier than the peak.
    case wsd(Decay, fraction: Double, finalFraction: Double)
    /// `sqrt((warmupSteps + 1) / step)` of the peak (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 5.3).
    case inverseSqrt
    /// `finalFraction + (1 - finalFraction) · (1 - p)^exponent` of the peak, where p goes from 0 at the peak to 1 at the last step.
    case power(exponent: Double, finalFraction: Double)

    /// The shape of a kind with the values of the numbers that it reads, and with the form of its fall where it has a choice.
    public init(_ kind: Kind, decay: @autoclosure () -> Decay = .sqrt, _ value: (Parameter) -> Double) {
      self =
        switch kind {
        case .cosine: .cosine(finalFraction: value(.finalFraction))
        case .linear: .linear(finalFraction: value(.finalFraction))
        case .constant: .constant
        case .wsd: .wsd(decay(), fraction: value(.decayFraction), finalFraction: value(.finalFraction))
        case .inverseSqrt: .inverseSqrt
        case .power: .power(exponent: value(.decayPower), finalFraction: value(.finalFraction))
        }
    }
  }

  /// The greatest learning rate.
  public var peak: Double
  /// The way down.
  public var shape: Shape
  /// Steps of the rise; 0 starts at the peak.
  public var warmupSteps: Int
  /// Steps of the whole training.
  public var steps: Int

  /// A schedule.
  public init(peak: Double, shape: Shape, warmupSteps: Int, steps: Int) {
    precondition(warmupSteps >= 0 && warmupSteps < steps, "\(warmupSteps) warm-up steps of \(steps)")
    self.peak = peak
    self.shape = shape
    self.warmupSteps = warmupSteps
    self.steps = steps
  }

  /// The learning rate of a step, counted from 1.
  public func rate(at step: Int) -> Double {
    if step <= warmupSteps { return peak * Double(step) / Double(warmupSteps + 1) }
    let way = max(steps - warmupSteps - 1, 1)
    let progress = Double(min(step - warmupSteps - 1, way)) / Double(way)
    switch shape {
    case .constant:
      return peak
    case .linear(let finalFraction):
      return peak * (1 - progress * (1 - finalFraction))
    case .cosine(let finalFraction):
      return peak * (finalFraction + (1 - finalFraction) * 0.5 * (1 + cos(.pi * progress)))
    case .wsd(let decay, let fraction, let finalFraction):
      let fall = min(max((fraction * Double(steps)).rounded(), 1), Double(way))
      let q = max(1 - Double(steps - min(step, steps)) / fall, 0)
      return peak * (finalFraction + (1 - finalFraction) * decay.remainder(at: steps == warmupSteps + 1 ? 0 : q))
    case .inverseSqrt:
      return peak * (Double(warmupSteps + 1) / Double(min(step, steps))).squareRoot()
    case .power(let exponent, let finalFraction):
      return peak * (finalFraction + (1 - finalFraction) * pow(1 - progress, exponent))
    }
  }
}
