import Foundation
import Kernels

/// How gradients become updates.
public enum Optimizer: Equatable, Sendable {
  /// The optimizers by the words that a spec has for them.
  public enum Kind: String, CaseIterable, Sendable {
    /// Adam with decoupled weight decay.
    case adamw
    /// Adam.
    case adam
    /// Stochastic gradient descent.
    case sgd
  }

  /// `v = momentum · v + g; p -= lr · v`; without momentum `p -= lr · g`. Sutskever et al. 2013, in PyTorch's form.
  case sgd(momentum: Double)
  /// Kingma & Ba 2015, https://arxiv.org/abs/1412.6980, with bias correction.
  case adam(beta1: Double, beta2: Double, epsilon: Double)
  /// Adam with `p -= lr · weightDecay · p` beside it, for matrices only. Loshchilov & Hutter 2019,
  /// https://arxiv.org/abs/1711.05101.
  case adamW(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double)

  /// Buffers of the parameters' size that the optimizer keeps from step to step.
  public var momentCount: Int {
    switch self {
    case .sgd(let momentum): momentum == 0 ? 0 : 1
    case .adam, .adamW: 2
    }
  }
}

/// An optimizer at work on one flat buffer of parameters. Its moments are flat buffers of the same layout.
final class OptimizerState {
  private let optimizer: Optimizer
  /// The parameters that get the same treatment, side by side.
  private let stretches: [(range: Range<Int>, isMatrix: Bool)]
  let moments: [FloatBuffer]

  init(_ optimizer: Optimizer, layout: ParameterLayout) {
    self.optimizer = optimizer
    stretches = layout.stretches
    moments = (0..<optimizer.momentCount).map { _ in FloatBuffer(count: layout.bufferCount) }
  }

  /// Makes update number `step` (from 1) with the gradients times `gradientScale`, and zeroes them: this is the one place
  /// where gradients become zero.
  func update(
    _ parameters: FloatBuffer, gradients: FloatBuffer, gradientScale: Float, learningRate: Double, step: Int,
    team: Team = Team()
  ) {
    func adam(_ beta1: Double, _ beta2: Double, _ epsilon: Double, weightDecay: Double) {
      let vectors = AdamStep(learningRate, beta1, beta2, epsilon, weightDecay: 0, step)
      let matrices = AdamStep(learningRate, beta1, beta2, epsilon, weightDecay: weightDecay, step)
      shareStretches(of: parameters.count, team) { range, isMatrix in
        let start = range.lowerBound
        adamUpdate(
          parameters.pointer + start, gradients.pointer + start, moments[0].pointer + start, moments[1].pointer + start,
          isMatrix ? matrices : vectors, gradientScale, range.count)
      }
    }
    switch optimizer {
    case .sgd(let momentum):
      shareStretches(of: parameters.count, team) { range, _ in
        let start = range.lowerBound
        sgdUpdate(
          parameters.pointer + start, gradients.pointer + start, momentum: Float(momentum),
          velocity: momentum == 0 ? nil : moments[0].pointer + start, rate: Float(learningRate), gradientScale,
          range.count)
      }
    case .adam(let beta1, let beta2, let epsilon): adam(beta1, beta2, epsilon, weightDecay: 0)
    case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
      adam(beta1, beta2, epsilon, weightDecay: weightDecay)
    }
  }

  /// Calls the body for each team member's part of each stretch.
  private func shareStretches(of count: Int, _ team: Team, _ body: (_ range: Range<Int>, _ isMatrix: Bool) -> Void) {
    team.share(count, inMultiplesOf: FloatBuffer.alignment, work: 2 * count) { part, _ in
      for (stretch, isMatrix) in stretches {
        let range = stretch.clamped(to: part)
        if !range.isEmpty { body(range, isMatrix) }
      }
    }
  }
}

/// Updates p and zeroes g. All buffers hold `count` numbers, a multiple of a register's width.
private func sgdUpdate(
  _ p: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, momentum: Float,
  velocity: UnsafeMutablePointer<Float>?, rate: Float, _ gradientScale: Float, _ count: Int
) {
  for i in stride(from: 0, to: count, by: Lanes.scalarCount) {
    var update = g.lanes(i) * gradientScale
    if let velocity {
      update.addProduct(velocity.lanes(i), Lanes(repeating: momentum))
      velocity.setLanes(i, update)
    }
    p.setLanes(i, p.lanes(i).addingProduct(update, Lanes(repeating: -rate)))
    g.setLanes(i, Lanes.zero)
  }
}

/// The numbers of one Adam update, computed once in double precision:
/// `p = keep · p - rate · m / (sqrt(v) · correction + epsilon)`.
private struct AdamStep {
  let beta1, beta2, rate, correction, epsilon, keep: Float

  init(_ lr: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double, weightDecay: Double, _ step: Int) {
    self.beta1 = Float(beta1)
    self.beta2 = Float(beta2)
    self.epsilon = Float(epsilon)
    rate = Float(lr / (1 - pow(beta1, Double(step))))
    correction = Float(1 / (1 - pow(beta2, Double(step))).squareRoot())
    keep = Float(1 - lr * weightDecay)
  }
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
