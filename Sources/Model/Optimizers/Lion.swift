import Kernels

/// Lion (Chen et al. 2023, https://arxiv.org/abs/2302.06675). The sign of 0 is 0.
///
///     p -= rate · sign(beta1 · m + (1 - beta1) · g)        beside the weight decay
///     m  = beta2 · m + (1 - beta2) · g
struct Lion: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] = [.beta1, .beta2] + WeightDecay.hyperparameters

  let beta1, beta2: Double
  let decay: WeightDecay

  init(_ optimizer: Optimizer) {
    (beta1, beta2, decay) = (optimizer.number(.beta1), optimizer.number(.beta2), WeightDecay(optimizer))
  }

  var momentCount: Int { 1 }

  func update(_ update: ParameterUpdate) { update.applySigns(beta1: beta1, beta2: beta2, decay) }
}

extension ParameterUpdate {
  /// An update by the signs of the mean that keeps `beta1` of the former one; the mean that goes on keeps `beta2` of it.
  func applySigns(beta1: Double, beta2: Double, _ decay: WeightDecay) {
    let learningRate = learningRate
    shareGroups { group, range in
      let rate = learningRate * group.learningRate
      let step = SignStep(
        m: moments[0].pointer, new1: Lanes(repeating: Float(1 - beta1)), new2: Lanes(repeating: Float(1 - beta2)),
        rate: Float(rate))
      apply(step, to: range, decay.step(self, group, rate: rate))
    }
  }
}

/// `rate` times the sign of a mean. NaN stays NaN, so that a run that diverges shows it.
private struct SignStep: ElementStep {
  let m: UnsafeMutablePointer<Float>
  /// The gradient's share of the mean whose sign counts, and of the one that goes on.
  let new1, new2: Lanes
  let rate: Float

  @inline(__always)
  func change(_ i: Int, _ gradient: Lanes) -> Lanes {
    let (mean, way) = (m.lanes(i), gradient - m.lanes(i))
    m.setLanes(i, mean.addingProduct(way, new2))
    var change = mean.addingProduct(way, new1)
    change.replace(with: rate, where: change .> 0)
    change.replace(with: -rate, where: change .< 0)
    return change
  }
}
