import Kernels

extension Optimizer {
  /// `v = momentum · v + g; p -= lr · v`; without momentum `p -= lr · g`. Sutskever et al. 2013, in PyTorch's form.
  public static func sgd(momentum: Double) -> Optimizer { Optimizer(.sgd, [.momentum: .number(momentum)]) }
}

/// Stochastic gradient descent, with momentum or without.
struct SGD: UpdateRule {
  static let hyperparameters: [Optimizer.Hyperparameter] = [.momentum]

  let momentum: Double

  init(_ optimizer: Optimizer) { momentum = optimizer.number(.momentum) }

  var momentCount: Int { momentum == 0 ? 0 : 1 }

  func update(_ update: ParameterUpdate) {
    update.shareGroups { group, range in
      let start = range.lowerBound
      sgdUpdate(
        update.parameters.pointer + start, update.gradients.pointer + start, momentum: Float(momentum),
        velocity: momentum == 0 ? nil : update.moments[0].pointer + start,
        rate: Float(update.learningRate * group.learningRate), update.gradientScale, range.count)
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
