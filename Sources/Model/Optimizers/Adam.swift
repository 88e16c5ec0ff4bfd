import Foundation
import Kernels

extension Optimizer {
  /// Kingma & Ba 2015, https://arxiv.org/abs/1412.6980, with bias correction.
  public static func adam(beta1: Double, beta2: Double, epsilon: Double) -> Optimizer {
    Optimizer(.adam, [.beta1: .number(beta1), .beta2: .number(beta2), .epsilon: .number(epsilon)])
  }

  /// Adam with `p -= lr · weightDecay · p` beside it, for matrices only. Loshchilov & Hutter 2019,
  /// https://arxiv.org/abs/1711.05101.
  public static func adamW(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double) -> Optimizer {
    Optimizer(
      .adamw,
      [
        .beta1: .number(beta1), .beta2: .number(beta2), .epsilon: .number(epsilon), .weightDecay: .number(weightDecay),
      ])
  }
}

/// Adam.
struct Adam: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] = [.beta1, .beta2, .epsilon]

  let beta1, beta2, epsilon: Double

  init(_ optimizer: Optimizer) {
    beta1 = optimizer.number(.beta1)
    beta2 = optimizer.number(.beta2)
    epsilon = optimizer.number(.epsilon)
  }

  var momentCount: Int { 2 }

  func update(_ update: ParameterUpdate) { self.update(update, learningRate: update.learningRate, decay: nil) }

  /// Updates the groups that fulfil a condition. The numbers that all groups share are computed once, in double precision.
  func update(
    _ update: ParameterUpdate, learningRate: Double, decay: WeightDecay?,
    where isUpdated: (ParameterGroup.Treatment) -> Bool = { _ in true }
  ) {
    let correction1 = 1 - pow(beta1, Double(update.step))
    let correction2 = 1 / (1 - pow(beta2, Double(update.step))).squareRoot()
    update.shareGroups { group, range in
      guard isUpdated(group) else { return }
      let rate = learningRate * group.learningRate
      let step = AdamStep(
        m: update.moments[0].pointer, v: update.moments[1].pointer, beta2: Float(beta2),
        rate: Float(rate / correction1),
        new1: Lanes(repeating: 1 - Float(beta1)), new2: Lanes(repeating: 1 - Float(beta2)),
        correction: Lanes(repeating: Float(correction2)), epsilon: Lanes(repeating: Float(epsilon * group.epsilon)))
      update.apply(step, to: range, decay?.step(update, group, rate: rate) ?? .none)
    }
  }
}

/// Adam with decoupled weight decay.
struct AdamW: UpdateRule {
  static let hyperparameters = Adam.hyperparameters + WeightDecay.hyperparameters

  let adam: Adam
  let decay: WeightDecay

  init(_ optimizer: Optimizer) { (adam, decay) = (Adam(optimizer), WeightDecay(optimizer)) }

  var momentCount: Int { adam.momentCount }

  func update(_ update: ParameterUpdate) { adam.update(update, learningRate: update.learningRate, decay: decay) }
}

/// `rate · m / (sqrt(v) · correction + epsilon)`.
private struct AdamStep: ElementStep {
  let m, v: UnsafeMutablePointer<Float>
  let beta2, rate: Float
  /// The gradient's share of a mean.
  let new1, new2: Lanes
  let correction, epsilon: Lanes

  @inline(__always)
  func change(_ i: Int, _ gradient: Lanes) -> Lanes {
    let mean = m.lanes(i).addingProduct(gradient - m.lanes(i), new1)
    let square = (v.lanes(i) * beta2).addingProduct(gradient * gradient, new2)
    m.setLanes(i, mean)
    v.setLanes(i, square)
    return mean * rate * epsilon.addingProduct(square.squareRoots, correction).reciprocals
  }
}
