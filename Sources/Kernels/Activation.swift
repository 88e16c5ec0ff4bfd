// The activations of feed-forward layers and their gated forms. Shazeer 2020, "GLU Variants Improve
// Transformer", https://arxiv.org/abs/2002.05202

/// An activation f.
package enum Activation {
  /// GELU in its tanh form.
  case gelu
  /// GELU by the error function: x/2 · (1 + erf(x/√2)).
  case geluErf
  /// max(x, 0).
  case relu
  /// max(x, 0)².
  case relu2
  /// SiLU: x · sigmoid(x).
  case silu
}

/// Replaces x by f(x) and writes f'(x) to `slope`; the backward pass needs nothing else. Both are contiguous and hold `count` floats.
package func activationForward(
  _ activation: Activation, _ x: UnsafeMutablePointer<Float>, slope: UnsafeMutablePointer<Float>, _ count: Int,
  team: Team
) {
  switch activation {
  case .gelu: forward(GELUTanh.self, x, slope, count, team)
  case .geluErf: forward(GELUErf.self, x, slope, count, team)
  case .relu: forward(ReLU.self, x, slope, count, team)
  case .relu2: forward(SquaredReLU.self, x, slope, count, team)
  case .silu: forward(SiLU.self, x, slope, count, team)
  }
}

/// Writes y = f(g) · u to `y` (rows, F), where `z` (rows, 2F) holds g in its first half of columns and u in its second. Replaces g by
/// dy/dg = f'(g) · u and u by dy/du = f(g), for the backward pass.
package func gatedForward(_ activation: Activation, _ y: Matrix, _ z: Matrix, team: Team) {
  check(z.rows == y.rows && z.columns == 2 * y.columns, "shapes of \(y), \(z) don't fit")
  switch activation {
  case .gelu: gatedForward(GELUTanh.self, y, z, team)
  case .geluErf: gatedForward(GELUErf.self, y, z, team)
  case .relu: gatedForward(ReLU.self, y, z, team)
  case .relu2: gatedForward(SquaredReLU.self, y, z, team)
  case .silu: gatedForward(SiLU.self, y, z, team)
  }
}

/// Replaces `z` (rows, 2F), as the forward pass left it, by its gradient for an output gradient `dy` (rows, F).
package func gatedBackward(_ z: Matrix, dy: Matrix, team: Team) {
  check(z.rows == dy.rows && z.columns == 2 * dy.columns, "shapes of \(dy), \(z) don't fit")
  let F = dy.columns
  team.share(dy.rows, work: 3 * dy.rows * F) { rows, _ in
    for row in rows {
      let (dy, g, u) = (dy.row(row), z.row(row), z.row(row) + F)
      forEachLanes(F) { i in
        let dy = dy.lanes(i)
        g.setLanes(i, g.lanes(i) * dy)
        u.setLanes(i, u.lanes(i) * dy)
      } partial: { i, count in
        let dy = dy.lanes(i, count: count)
        g.setLanes(i, g.lanes(i, count: count) * dy, count: count)
        u.setLanes(i, u.lanes(i, count: count) * dy, count: count)
      }
    }
  }
}

/// Multiplies the gradient `d` of what an activation or a cap gave by the derivatives `slopes` that its forward pass wrote, elementwise. Both have
/// one shape. In products with fused multiply-adds the epilogue does it.
package func slopeBackward(_ d: Matrix, slopes: Matrix, team: Team) {
  check(slopes.hasShape(of: d), "the slopes haven't the shape of \(d)")
  let columns = d.columns
  team.share(d.rows, work: d.rows * columns) { rows, _ in
    for row in rows {
      let (d, slopes) = (d.row(row), slopes.row(row))
      forEachLanes(columns) { i in
        d.setLanes(i, d.lanes(i) * slopes.lanes(i))
      } partial: { i, count in
        d.setLanes(i, d.lanes(i, count: count) * slopes.lanes(i, count: count), count: count)
      }
    }
  }
}

/// An activation in registers. Each makes loops of its own.
private protocol ActivationFunction {
  /// f(x) and f'(x).
  static func callAsFunction(_ x: Lanes) -> (value: Lanes, slope: Lanes)
}

private func forward<F: ActivationFunction>(
  _: F.Type, _ x: UnsafeMutablePointer<Float>, _ slope: UnsafeMutablePointer<Float>, _ count: Int, _ team: Team
) {
  team.share(count, inMultiplesOf: Lanes.scalarCount, work: 4 * count) { range, _ in
    let (x, slope) = (x + range.lowerBound, slope + range.lowerBound)
    forEachLanes(range.count) { i in
      let (y, dy) = F.callAsFunction(x.lanes(i))
      x.setLanes(i, y)
      slope.setLanes(i, dy)
    } partial: { i, count in
      let (y, dy) = F.callAsFunction(x.lanes(i, count: count))
      x.setLanes(i, y, count: count)
      slope.setLanes(i, dy, count: count)
    }
  }
}

private func gatedForward<F: ActivationFunction>(_: F.Type, _ y: Matrix, _ z: Matrix, _ team: Team) {
  let columns = y.columns
  team.share(y.rows, work: 5 * y.rows * columns) { rows, _ in
    for row in rows {
      let (y, g, u) = (y.row(row), z.row(row), z.row(row) + columns)
      forEachLanes(columns) { i in
        let (value, slope) = F.callAsFunction(g.lanes(i))
        y.setLanes(i, value * u.lanes(i))
        g.setLanes(i, slope * u.lanes(i))
        u.setLanes(i, value)
      } partial: { i, count in
        let (value, slope) = F.callAsFunction(g.lanes(i, count: count))
        y.setLanes(i, value * u.lanes(i, count: count), count: count)
        g.setLanes(i, slope * u.lanes(i, count: count), count: count)
        u.setLanes(i, value, count: count)
      }
    }
  }
}

private enum GELUTanh: ActivationFunction {
  @inline(__always) static func callAsFunction(_ x: Lanes) -> (value: Lanes, slope: Lanes) { gelu(x) }
}

/// With Φ(x) = (1 + erf(x/√2)) / 2 and its derivative φ(x) = e^(-x²/2) / √(2π): f = x·Φ, f' = Φ + x·φ.
private enum GELUErf: ActivationFunction {
  @inline(__always) static func callAsFunction(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
    let cumulative = Lanes(repeating: 0.5).addingProduct(
      errorFunction(x * 0.707_106_78), Lanes(repeating: 0.5))
    let density = powerOfTwo(x * x * (-0.5 * log2e)) * 0.398_942_28
    return (x * cumulative, cumulative.addingProduct(x, density))
  }
}

private enum ReLU: ActivationFunction {
  @inline(__always) static func callAsFunction(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
    // The order of arguments keeps NaN.
    (Lanes.zero.greater(x), Lanes.zero.replacing(with: Lanes(repeating: 1), where: x .> Lanes.zero))
  }
}

private enum SquaredReLU: ActivationFunction {
  @inline(__always) static func callAsFunction(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
    let positive = Lanes.zero.greater(x)
    return (positive * positive, positive + positive)
  }
}

/// With s = sigmoid(x): f = x·s, f' = s + f·(1 - s).
private enum SiLU: ActivationFunction {
  @inline(__always) static func callAsFunction(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
    let s = (1 + powerOfTwo(x * -log2e)).reciprocals
    let y = x * s
    return (y, s.addingProduct(y, 1 - s))
  }
}
