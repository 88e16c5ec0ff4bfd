// LayerNorm: y = gamma · (x - mean(x)) / sqrt(var(x) + ε) + beta, row by row. Ba et al. 2016, https://arxiv.org/abs/1607.06450

/// Writes y = base + gamma · (x - m) · r + beta to `y`, and the mean m and r = 1 / sqrt(var(x) + ε) of each row to `mean` and
/// `inverse`, for the backward pass. y, x and base are (rows, C); `mean` and `inverse` hold `rows` floats, gamma and beta C, which isn't
/// checked. Without a base or a beta none is added.
package func layerNormForward(
  _ y: Matrix, mean: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>, _ x: Matrix,
  gamma: UnsafeMutablePointer<Float>, beta: UnsafeMutablePointer<Float>?, epsilon: Float, adding base: Matrix? = nil,
  team: Team
) {
  check(y.hasShape(of: x) && base?.hasShape(of: x) != false, "shapes of \(y), \(x) don't fit")
  let C = x.columns
  team.share(x.rows, work: 2 * x.rows * C) { rows, _ in
    for row in rows {
      let (y, x, base) = (y.row(row), x.row(row), base?.row(row))
      var sum = Lanes.zero
      forEachLanes(C) { i in
        sum += x.lanes(i)
      } partial: { i, count in
        sum += x.lanes(i, count: count)
      }
      let m = sum.total * (1 / Float(C))
      var squares = Lanes.zero
      forEachLanes(C) { i in
        let d = x.lanes(i) - m
        squares.addProduct(d, d)
      } partial: { i, count in
        let d = (x.lanes(i, count: count) - m).replacingLast(from: count, with: .zero)
        squares.addProduct(d, d)
      }
      let r = 1 / (squares.total[0] / Float(C) + epsilon).squareRoot()
      (mean[row], inverse[row]) = (m[0], r)
      forEachLanes(C) { i in
        var value = (x.lanes(i) - m) * r * gamma.lanes(i)
        if let beta { value += beta.lanes(i) }
        if let base { value += base.lanes(i) }
        y.setLanes(i, value)
      } partial: { i, count in
        var value = (x.lanes(i, count: count) - m) * r * gamma.lanes(i, count: count)
        if let beta { value += beta.lanes(i, count: count) }
        if let base { value += base.lanes(i, count: count) }
        y.setLanes(i, value, count: count)
      }
    }
  }
}

/// Adds the gradient of x to `dx`, or writes it there, and adds those of gamma and beta to `dgamma` and `dbeta`.
///
/// With m and r from the forward pass, x̂ = (x - m)·r and g = gamma·dy: dx += r · (g - mean(g) - x̂ · mean(g·x̂)), dgamma += Σ over rows of
/// dy·x̂, dbeta += Σ over rows of dy.
package func layerNormBackward(
  dx: Matrix, dgamma: UnsafeMutablePointer<Float>, dbeta: UnsafeMutablePointer<Float>?, dy: Matrix, _ x: Matrix,
  mean: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>, gamma: UnsafeMutablePointer<Float>,
  accumulates: Bool = true, team: Team
) {
  check(dx.hasShape(of: x) && dy.hasShape(of: x), "shapes of \(dx), \(dy), \(x) don't fit")
  let C = x.columns
  team.share(x.rows, work: 2 * x.rows * C) { rows, _ in
    for row in rows {
      let (dx, dy, x, r) = (dx.row(row), dy.row(row), x.row(row), inverse[row])
      let m = Lanes(repeating: mean[row])
      var (sum, pulls) = (Lanes.zero, Lanes.zero)
      forEachLanes(C) { i in
        let g = dy.lanes(i) * gamma.lanes(i)
        sum += g
        pulls.addProduct(g, x.lanes(i) - m)
      } partial: { i, count in
        let g = dy.lanes(i, count: count) * gamma.lanes(i, count: count)
        sum += g
        pulls.addProduct(g, x.lanes(i, count: count) - m)
      }
      // dx += r·g + shift + pull·(x - m), with shift = -r · mean(g) and pull = -r³ · mean(g·(x - m)).
      let shift = sum.total * (-r / Float(C))
      let pull = pulls.total * (-r * r * r / Float(C))
      if !accumulates { dx.update(repeating: 0, count: C) }
      forEachLanes(C) { i in
        let direct = (dx.lanes(i) + shift).addingProduct(dy.lanes(i) * gamma.lanes(i), Lanes(repeating: r))
        dx.setLanes(i, direct.addingProduct(x.lanes(i) - m, pull))
      } partial: { i, count in
        let g = dy.lanes(i, count: count) * gamma.lanes(i, count: count)
        let direct = (dx.lanes(i, count: count) + shift).addingProduct(g, Lanes(repeating: r))
        dx.setLanes(i, direct.addingProduct(x.lanes(i, count: count) - m, pull), count: count)
      }
    }
  }
  // Threads divide the columns, because all rows add to the same gradients.
  team.share(C, inMultiplesOf: Lanes.scalarCount, work: x.rows * C) { columns, _ in
    let start = columns.lowerBound
    let (dgamma, dbeta) = (dgamma + start, dbeta.map { $0 + start })
    for row in 0..<x.rows {
      let (dy, x) = (dy.row(row) + start, x.row(row) + start)
      let (m, r) = (mean[row], Lanes(repeating: inverse[row]))
      forEachLanes(columns.count) { i in
        let dy = dy.lanes(i)
        dgamma.setLanes(i, dgamma.lanes(i).addingProduct(dy * (x.lanes(i) - m), r))
        if let dbeta { dbeta.setLanes(i, dbeta.lanes(i) + dy) }
      } partial: { i, count in
        let dy = dy.lanes(i, count: count)
        let normalized = dy * (x.lanes(i, count: count) - m)
        dgamma.setLanes(i, dgamma.lanes(i, count: count).addingProduct(normalized, r), count: count)
        if let dbeta { dbeta.setLanes(i, dbeta.lanes(i, count: count) + dy, count: count) }
      }
    }
  }
}

extension Lanes {
  /// A copy whose lanes from `count` on are those of `other`.
  @inline(__always) func replacingLast(from count: Int, with other: Lanes) -> Lanes {
    other.replacingFirst(count, with: self)
  }
}
