import Foundation
import Kernels

/// AdEMAMix (Pagliardini et al. 2024, https://arxiv.org/abs/2409.03137): AdamW with a second, slow mean of the gradients.
///
///     m1 = beta1 · m1 + (1 - beta1) · g        m2 = beta3ₜ · m2 + (1 - beta3ₜ) · g        v = beta2 · v + (1 - beta2) · g²
///     p -= rate · (m1 / (1 - beta1ᵗ) + alphaₜ · m2) / (sqrt(v / (1 - beta2ᵗ)) + epsilon)        beside the weight decay
///
/// Over all T steps alphaₜ rises to alpha in a line, and the half-life of the slow mean from that of beta1 to that of beta3:
///
///     alphaₜ = alpha · t / T        beta3ₜ = f⁻¹((1 - t / T) · f(beta1) + t / T · f(beta3))        f(beta) = ln 0.5 / ln(beta + 1e-8) - 1
struct AdEMAMix: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] =
    [.beta1, .beta2, .beta3, .alpha, .epsilon] + WeightDecay.hyperparameters

  let beta1, beta2, beta3, alpha, epsilon: Double
  let decay: WeightDecay

  init(_ optimizer: Optimizer) {
    (beta1, beta2, beta3) = (optimizer.number(.beta1), optimizer.number(.beta2), optimizer.number(.beta3))
    (alpha, epsilon) = (optimizer.number(.alpha), optimizer.number(.epsilon))
    decay = WeightDecay(optimizer)
  }

  var momentCount: Int { 3 }

  /// beta3 and alpha at a fraction of the training.
  func slowMean(at progress: Double) -> (beta3: Double, alpha: Double) {
    guard progress < 1 else { return (beta3, alpha) }
    // The small number keeps 0 from an infinite logarithm. It may not take beta to 1, from where on the logarithm isn't negative.
    func halfLife(_ beta: Double) -> Double { log(0.5) / log(beta + 1e-8 < 1 ? beta + 1e-8 : beta) - 1 }
    let life = (1 - progress) * halfLife(beta1) + progress * halfLife(beta3)
    return (pow(0.5, 1 / (life + 1)), alpha * progress)
  }

  func update(_ update: ParameterUpdate) {
    let t = Double(update.step)
    let slow = slowMean(at: t / Double(update.schedule.steps))
    let (correction1, correction2) = (1 - pow(beta1, t), 1 / (1 - pow(beta2, t)).squareRoot())
    let learningRate = update.learningRate
    update.shareGroups { group, range in
      let rate = learningRate * group.learningRate
      let step = AdEMAMixStep(
        m1: update.moments[0].pointer, m2: update.moments[1].pointer, v: update.moments[2].pointer, beta2: Float(beta2),
        new1: Lanes(repeating: Float(1 - beta1)), new2: Lanes(repeating: Float(1 - beta2)),
        new3: Lanes(repeating: Float(1 - slow.beta3)), rate1: Float(rate / correction1),
        rate2: Lanes(repeating: Float(rate * slow.alpha)), correction: Lanes(repeating: Float(correction2)),
        epsilon: Lanes(repeating: Float(epsilon * group.epsilon)))
      update.apply(step, to: range, decay.step(update, group, rate: rate))
    }
  }
}

/// `(rate1 · m1 + rate2 · m2) / (sqrt(v) · correction + epsilon)`.
private struct AdEMAMixStep: ElementStep {
  let m1, m2, v: UnsafeMutablePointer<Float>
  let beta2: Float
  /// The gradient's share of a mean.
  let new1, new2, new3: Lanes
  let rate1: Float
  let rate2, correction, epsilon: Lanes

  @inline(__always)
  func change(_ i: Int, _ gradient: Lanes) -> Lanes {
    let fast = m1.lanes(i).addingProduct(gradient - m1.lanes(i), new1)
    let slow = m2.lanes(i).addingProduct(gradient - m2.lanes(i), new3)
    let square = (v.lanes(i) * beta2).addingProduct(gradient * gradient, new2)
    m1.setLanes(i, fast)
    m2.setLanes(i, slow)
    v.setLanes(i, square)
    let change = (fast * rate1).addingProduct(slow, rate2)
    return change * epsilon.addingProduct(square.squareRoots, correction).reciprocals
  }
}
