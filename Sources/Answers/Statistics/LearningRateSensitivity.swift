/// How much is lost, on average, by not knowing the best learning rate (Wortsman et al. 2023, section 2.2,
/// https://arxiv.org/abs/2309.14322).
package enum LearningRateSensitivity {
  /// `mean over the learning rates of min(loss, untrained) - best`, in the unit of the losses; nil for fewer than two
  /// learning rates or where nothing finished.
  ///
  /// - Parameters:
  ///   - losses: The final loss at each learning rate of the sweep, evenly spaced in the logarithm; nil where the run
  ///     diverged, which counts as the untrained model's loss.
  ///   - untrained: The loss of the untrained model.
  package static func value(_ losses: [Double?], untrained: Double) -> Double? {
    let capped = losses.map { min($0 ?? untrained, untrained) }
    guard losses.count > 1, losses.contains(where: { $0 != nil }), let best = capped.min() else { return nil }
    return capped.reduce(0) { $0 + ($1 - best) } / Double(capped.count)
  }
}
