import Foundation
import Model

/// When a run has diverged: its loss or its gradient left the finite numbers, or its training loss exploded.
///
/// A uniform guess over V tokens costs ln V nats. Three times that is no learning any more: such a model is sure of what is wrong.
/// The threshold is at least 5 nats, since a few steps of a small vocabulary may well cost 3 · ln V, and at most 20: the reported
/// probability has a floor of 1e-12, so that no loss is above 27.6 nats. The key `divergence_loss` sets another threshold.
package struct Divergence: Equatable, Sendable {
  /// The greatest training loss of a step, in nats per token, that is no divergence.
  package let greatestLoss: Double

  /// The rule for a vocabulary of that size.
  ///
  /// - Parameter threshold: The spec's own, in nats per token; nil where it has none.
  package init(threshold: Double? = nil, vocabularySize: Int) {
    greatestLoss = threshold ?? min(max(3 * log(Double(vocabularySize)), 5), 20)
  }

  /// Why a step says that the run has diverged; nil where it doesn't.
  package func reason(for step: StepResult) -> String? {
    guard step.loss.isFinite else { return "the loss isn't finite at step \(step.step)" }
    guard step.gradientNorm.isFinite else { return "the gradient isn't finite at step \(step.step)" }
    guard step.loss > greatestLoss else { return nil }
    return String(format: "the loss exploded to %.2f nats at step %d", step.loss, step.step)
  }
}
