import Kernels

extension Optimizer {
  /// What Muon multiplies the update of a matrix from `fanIn` to `fanOut` numbers by, by the words that a spec has for it.
  public enum MuonScale: String, CaseIterable, Sendable {
    /// `sqrt(max(1, fanOut / fanIn))`, as in Muon's reference implementation: one learning rate serves all widths.
    case spectral
    /// `0.2 · sqrt(max(fanIn, fanOut))`: updates are as large as AdamW's, so that its learning rate serves (Liu et al. 2025,
    /// https://arxiv.org/abs/2502.16982).
    case rms

    fileprivate func factor(fanIn: Int, fanOut: Int) -> Double {
      switch self {
      case .spectral: max(1, Double(fanOut) / Double(fanIn)).squareRoot()
      case .rms: 0.2 * Double(max(fanIn, fanOut)).squareRoot()
      }
    }
  }
}

/// Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon) for matrices between two layers, queries, keys and values each by
/// itself:
///
///     m  = momentum · m + (1 - momentum) · g
///     u  = momentum · m + (1 - momentum) · g        Nesterov's
///     p -= rate · scale · NewtonSchulz(u)           beside the weight decay
///
/// All other parameters are AdamW's, with a peak learning rate of its own.
struct Muon: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] =
    [.momentum, .muonScale, .muonSteps, .adamRate] + AdamW.hyperparameters

  let momentum, adamRate: Double
  let scale: Optimizer.MuonScale
  let steps: Int
  let adam: Adam
  let decay: WeightDecay

  init(_ optimizer: Optimizer) {
    (momentum, adamRate) = (optimizer.number(.momentum), optimizer.number(.adamRate))
    (scale, steps) = (optimizer.word(.muonScale), Int(optimizer.number(.muonSteps)))
    (adam, decay) = (Adam(optimizer), WeightDecay(optimizer))
  }

  /// The mean gradient, and the mean squared gradient of what is AdamW's.
  var momentCount: Int { adam.momentCount }

  func scratchCount(_ layout: ParameterLayout) -> Int {
    layout.tensors.filter(\.role.isHidden).map { NewtonSchulz.scratchCount($0.rows, $0.columns) }.max() ?? 0
  }

  func update(_ update: ParameterUpdate) {
    adam.update(update, learningRate: adamRate * update.rateOfPeak, decay: decay, where: { !$0.isHidden })
    update.shareGroups { group, range in
      if group.isHidden {
        lookAhead(
          update.gradients.pointer, update.moments[0].pointer, new: Float(1 - momentum), update.gradientScale, range)
      }
    }
    for tensor in update.layout.tensors {
      guard case .hidden(let fanIn, let fanOut) = tensor.role else { continue }
      NewtonSchulz(tensor.rows, tensor.columns, scratch: update.scratch.pointer, team: update.team).orthogonalize(
        update.gradients[tensor], steps: steps, times: Float(scale.factor(fanIn: fanIn, fanOut: fanOut)))
    }
    let learningRate = update.learningRate
    var update = update
    update.gradientScale = 1
    update.shareGroups { [update] group, range in
      guard group.isHidden else { return }
      let rate = learningRate * group.learningRate
      update.apply(ScaledStep(rate: Float(rate)), to: range, decay.step(update, group, rate: rate))
    }
  }
}

/// `rate` times what stands in the gradient's place.
private struct ScaledStep: ElementStep {
  let rate: Float

  @inline(__always)
  func change(_ i: Int, _ gradient: Lanes) -> Lanes { gradient * rate }
}

/// Moves m by `new` of the way to the gradient, and puts the mean after another such step in the gradient's place. The range's ends are
/// multiples of a register's width.
private func lookAhead(
  _ g: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>, new: Float, _ gradientScale: Float,
  _ range: Range<Int>
) {
  let new = Lanes(repeating: new)
  for i in stride(from: range.lowerBound, to: range.upperBound, by: Lanes.scalarCount) {
    let gradient = g.lanes(i) * gradientScale
    let mean = m.lanes(i).addingProduct(gradient - m.lanes(i), new)
    m.setLanes(i, mean)
    g.setLanes(i, mean.addingProduct(gradient - mean, new))
  }
}
