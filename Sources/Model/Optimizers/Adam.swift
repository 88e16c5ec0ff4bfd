import Foundation
import Kernels

extension Optimizer {
  /// Kingma & Ba 2015, https://arxiv.org/abs/1412.6980, with bias correction.
  public static func adam(beta1: Double, beta2: Double, epsilon: Double) -> Optimizer {
    Optimizer(.adam, [.beta1: beta1, .beta2: beta2, .epsilon: epsilon])
  }

  /// Adam with `p -= lr · weightDecay · p` beside it, for matrices only. Loshchilov & Hutter 2019,
  /// https://arxiv.org/abs/1711.05101.
  public static func adamW(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double) -> Optimizer {
    Optimizer(.adamw, [.beta1: beta1, .beta2: beta2, .epsilon: epsilon, .weightDecay: weightDecay])
  }
}

/// Adam.
struct Adam: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] = [.beta1, .beta2, .epsilon]

  let beta1, beta2, epsilon: Double

  init(_ value: (Optimizer.Hyperparameter) -> Double) {
    (beta1, beta2, epsilon) = (value(.beta1), value(.beta2), value(.epsilon))
  }

  var momentCount: Int { 2 }

  func update(_ update: ParameterUpdate) { self.update(update, weightDecay: 0) }

  /// The numbers that all groups share are computed once, in double precision.
  fileprivate func update(_ update: ParameterUpdate, weightDecay: Double) {
    let correction1 = 1 - pow(beta1, Double(update.step))
    let correction2 = 1 / (1 - pow(beta2, Double(update.step))).squareRoot()
    update.shareGroups { group, range in
      let start = range.lowerBound
      let rate = update.learningRate * group.learningRate
      let numbers = AdamStep(
        beta1: Float(beta1), beta2: Float(beta2), rate: Float(rate / correction1), correction: Float(correction2),
        epsilon: Float(epsilon), keep: Float(1 - rate * (weightDecay * group.weightDecay)))
      adamUpdate(
        update.parameters.pointer + start, update.gradients.pointer + start, update.moments[0].pointer + start,
        update.moments[1].pointer + start, numbers, update.gradientScale, range.count)
    }
  }
}

/// Adam with decoupled weight decay.
struct AdamW: UpdateRule {
  static let hyperparameters = Adam.hyperparameters + [.weightDecay]

  let adam: Adam
  let weightDecay: Double

  init(_ value: (Optimizer.Hyperparameter) -> Double) {
    adam = Adam(value)
    weightDecay = value(.weightDecay)
  }

  var momentCount: Int { adam.momentCount }

  func update(_ update: ParameterUpdate) { adam.update(update, weightDecay: weightDecay) }
}

/// The numbers of one Adam update: `p = keep · p - rate · m / (sqrt(v) · correction + epsilon)`.
private struct AdamStep {
  let beta1, beta2, rate, correction, epsilon, keep: Float
}

/// Updates p, m and v and zeroes g. All hold `count` numbers, a multiple of a register's width.
private func adamUpdate(
  _ p: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>,
  _ v: UnsafeMutablePointer<Float>, _ a: AdamStep, _ gradientScale: Float, _ count: Int
) {
  let (new1, new2) = (Lanes(repeating: 1 - a.beta1), Lanes(repeating: 1 - a.beta2))
  let (correction, epsilon) = (Lanes(repeating: a.correction), Lanes(repeating: a.epsilon))
  for i in stride(from: 0, to: count, by: Lanes.scalarCount) {
    let gradient = g.lanes(i) * gradientScale
    let mean = m.lanes(i).addingProduct(gradient - m.lanes(i), new1)
    let square = (v.lanes(i) * a.beta2).addingProduct(gradient * gradient, new2)
    let update = mean * a.rate * epsilon.addingProduct(square.squareRoots, correction).reciprocals
    m.setLanes(i, mean)
    v.setLanes(i, square)
    p.setLanes(i, p.lanes(i) * a.keep - update)
    g.setLanes(i, Lanes.zero)
  }
}
