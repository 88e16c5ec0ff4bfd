import Foundation
import Kernels

/// Schedule-free AdamW (Defazio et al. 2024, https://arxiv.org/abs/2405.15682), as in its reference implementation, `schedulefree`.
/// The parameters are y, where gradients are taken; z takes the steps; x, the average of z, is what the training gives.
///
///     v  = beta2 · v + (1 - beta2) · g²
///     z -= rateₜ · g / (sqrt(v / (1 - beta2ᵗ)) + epsilon)        beside the weight decay, which is that of y
///     x  = (1 - c) · x + c · z        c = rateₜ² / Σ rate²        over the steps so far
///     y  = beta1 · x + (1 - beta1) · z
struct ScheduleFree: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] = [.beta1, .beta2, .epsilon] + WeightDecay.hyperparameters

  let beta1, beta2, epsilon: Double
  let decay: WeightDecay

  init(_ optimizer: Optimizer) {
    (beta1, beta2, epsilon) = (optimizer.number(.beta1), optimizer.number(.beta2), optimizer.number(.epsilon))
    decay = WeightDecay(optimizer)
  }

  /// v, z and x.
  var momentCount: Int { 3 }
  var momentsOfParameters: [Int] { [1, 2] }
  var resultMoment: Int? { 2 }

  /// The part of the average that a step's z gets: its squared rate over those of all steps so far, for a rate that rises in a line
  /// and then stays. With n = `warmup` + 1 the rise's squares add up to s(s + 1)(2s + 1) / 6n² after s steps.
  static func share(ofStep step: Int, warmup: Int) -> Double {
    let (n, s) = (Double(warmup + 1), Double(min(step, warmup)))
    let sum = s * (s + 1) * (2 * s + 1) / (6 * n * n) + Double(step - min(step, warmup))
    let rate = min(Double(step) / n, 1)
    return rate * rate / sum
  }

  func update(_ update: ParameterUpdate) {
    let correction = 1 / (1 - pow(beta2, Double(update.step))).squareRoot()
    let share = Self.share(ofStep: update.step, warmup: update.schedule.warmupSteps)
    let learningRate = update.learningRate
    update.shareGroups { group, range in
      let rate = learningRate * group.learningRate
      let decay = decay.step(update, group, rate: rate)
      let step = ScheduleFreeStep(
        v: update.moments[0].pointer, beta2: Float(beta2), new2: Lanes(repeating: Float(1 - beta2)), rate: Float(rate),
        correction: Lanes(repeating: Float(correction)), epsilon: Lanes(repeating: Float(epsilon * group.epsilon)))
      average(
        update.parameters.pointer, update.gradients.pointer, z: update.moments[1].pointer, x: update.moments[2].pointer,
        step, share: Lanes(repeating: Float(share)), ofZ: Lanes(repeating: Float(1 - beta1)),
        decay: 1 - decay.keep, isCautious: decay.isCautious, update.gradientScale, range)
    }
  }
}

/// `rate · g / (sqrt(v) · correction + epsilon)`.
private struct ScheduleFreeStep: ElementStep {
  let v: UnsafeMutablePointer<Float>
  let beta2: Float
  /// The gradient's share of the mean.
  let new2: Lanes
  let rate: Float
  let correction, epsilon: Lanes

  @inline(__always)
  func change(_ i: Int, _ gradient: Lanes) -> Lanes {
    let square = (v.lanes(i) * beta2).addingProduct(gradient * gradient, new2)
    v.setLanes(i, square)
    return gradient * rate * epsilon.addingProduct(square.squareRoots, correction).reciprocals
  }
}

/// Updates y, z and x, and zeroes g. The range's ends are multiples of a register's width.
private func average(
  _ y: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, z: UnsafeMutablePointer<Float>,
  x: UnsafeMutablePointer<Float>, _ step: ScheduleFreeStep, share: Lanes, ofZ: Lanes, decay: Float, isCautious: Bool,
  _ gradientScale: Float, _ range: Range<Int>
) {
  for i in stride(from: range.lowerBound, to: range.upperBound, by: Lanes.scalarCount) {
    let change = step.change(i, g.lanes(i) * gradientScale)
    var decayed = y.lanes(i) * decay
    if isCautious { decayed.replace(with: 0, where: change * y.lanes(i) .< 0) }
    let next = z.lanes(i) - decayed - change
    let mean = x.lanes(i).addingProduct(next - x.lanes(i), share)
    z.setLanes(i, next)
    x.setLanes(i, mean)
    y.setLanes(i, mean.addingProduct(next - mean, ofZ))
    g.setLanes(i, Lanes.zero)
  }
}
