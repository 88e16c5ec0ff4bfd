import Foundation

/// The learning rate as a pure function of the step: a linear rise, then a fall from the peak.
///
///     step 1 … warmupSteps         peak · step / (warmupSteps + 1)
///     step warmupSteps + 1         peak
///     the last step                peak · finalFraction
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

    /// The numbers that the shape reads.
    public var parameters: [Parameter] {
      switch self {
      case .cosine, .linear: [.finalFraction]
      case .constant: []
      }
    }
  }

  /// The numbers that shapes read beside the peak and the steps, by their keys in a spec.
  public enum Parameter: String, CaseIterable, Sendable {
    /// Of the peak, where the schedule ends.
    case finalFraction = "final_lr_fraction"
  }

  /// How the learning rate falls after the rise.
  public enum Shape: Equatable, Sendable {
    /// It doesn't.
    case constant
    /// In a straight line to `finalFraction` of the peak.
    case linear(finalFraction: Double)
    /// Along half a cosine to `finalFraction` of the peak (Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983).
    case cosine(finalFraction: Double)

    /// The shape of a kind with the values of the numbers that it reads.
    public init(_ kind: Kind, _ value: (Parameter) -> Double) {
      self =
        switch kind {
        case .cosine: .cosine(finalFraction: value(.finalFraction))
        case .linear: .linear(finalFraction: value(.finalFraction))
        case .constant: .constant
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
    }
  }
}
