// RMSNorm: y = gamma · x / sqrt(mean(x²) + ε), row by row. Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467

/// Writes y = base + gamma · x · r to `y` and r = 1 / sqrt(mean(x²) + ε) of each row to `inverse`, for the backward pass. y, x and base are
/// (rows, C); `inverse` holds `rows` floats and `gamma` C, which isn't checked. Without a base none is added.
package func rmsNormForward(
  _ y: Matrix, inverse: UnsafeMutablePointer<Float>, _ x: Matrix, gamma: UnsafeMutablePointer<Float>, epsilon: Float,
  adding base: Matrix? = nil, team: Team
) {
  check(y.hasShape(of: x) && base?.hasShape(of: x) != false, "shapes of \(y), \(x) don't fit")
  let C = x.columns
  team.share(x.rows, work: x.rows * C) { rows, _ in
    for row in rows {
      let (y, x) = (y.row(row), x.row(row))
      let r = 1 / (dot(x, x, C) / Float(C) + epsilon).squareRoot()
      inverse[row] = r
      if let base {
        let base = base.row(row)
        forEachLanes(C) { i in
          y.setLanes(i, base.lanes(i) + x.lanes(i) * r * gamma.lanes(i))
        } partial: { i, count in
          let normalized = x.lanes(i, count: count) * r * gamma.lanes(i, count: count)
          y.setLanes(i, base.lanes(i, count: count) + normalized, count: count)
        }
        continue
      }
      forEachLanes(C) { i in
        y.setLanes(i, x.lanes(i) * r * gamma.lanes(i))
      } partial: { i, count in
        y.setLanes(i, x.lanes(i, count: count) * r * gamma.lanes(i, count: count), count: count)
      }
    }
  }
}

/// Adds the gradient of x to `dx`, or writes it there, and adds the gradient of gamma to `dgamma`.
///
/// With r from the forward pass, x̂ = x·r and g = gamma·dy: dx += r · (g - x̂ · mean(g·x̂)), dgamma += Σ over rows of dy·x̂.
package func rmsNormBackward(
  dx: Matrix, dgamma: UnsafeMutablePointer<Float>, dy: Matrix, _ x: Matrix, inverse: UnsafeMutablePointer<Float>,
  gamma: UnsafeMutablePointer<Float>, accumulates: Bool = true, team: Team
) {
  check(dx.hasShape(of: x) && dy.hasShape(of: x), "shapes of \(dx), \(dy), \(x) don't fit")
  let C = x.columns
  team.share(x.rows, work: x.rows * C) { rows, _ in
    for row in rows {
      let (dx, dy, x, r) = (dx.row(row), dy.row(row), x.row(row), inverse[row])
      let pull = rmsNormPull(dy, x, r, gamma, C)
      if !accumulates { dx.update(repeating: 0, count: C) }
      forEachLanes(C) { i in
        let direct = dx.lanes(i).addingProduct(dy.lanes(i) * gamma.lanes(i), Lanes(repeating: r))
        dx.setLanes(i, direct.addingProduct(x.lanes(i), pull))
      } partial: { i, count in
        let g = dy.lanes(i, count: count) * gamma.lanes(i, count: count)
        let direct = dx.lanes(i, count: count).addingProduct(g, Lanes(repeating: r))
        dx.setLanes(i, direct.addingProduct(x.lanes(i, count: count), pull), count: count)
      }
    }
  }
  // Threads divide the columns, because all rows add to the same gradient of gamma.
  team.share(C, inMultiplesOf: Lanes.scalarCount, work: x.rows * C) { columns, _ in
    let dgamma = dgamma + columns.lowerBound
    for row in 0..<x.rows {
      addGainGradient(
        dgamma, dy.row(row) + columns.lowerBound, x.row(row) + columns.lowerBound, inverse[row], columns.count)
    }
  }
}

/// -r³ · mean(gamma·dy·x) over `count` numbers, so that the gradient of x is r·gamma·dy + pull·x; in every lane.
@inline(__always)
func rmsNormPull(
  _ dy: UnsafeMutablePointer<Float>, _ x: UnsafeMutablePointer<Float>, _ r: Float, _ gamma: UnsafeMutablePointer<Float>,
  _ count: Int
) -> Lanes {
  var sum = Lanes.zero
  forEachLanes(count) { i in
    sum.addProduct(dy.lanes(i) * x.lanes(i), gamma.lanes(i))
  } partial: { i, count in
    sum.addProduct(dy.lanes(i, count: count) * x.lanes(i, count: count), gamma.lanes(i, count: count))
  }
  return sum.total * (-r * r * r / Float(count))
}

/// Adds dy·x̂ with x̂ = x·r to the gradient of some numbers of gamma.
@inline(__always)
func addGainGradient(
  _ dgamma: UnsafeMutablePointer<Float>, _ dy: UnsafeMutablePointer<Float>, _ x: UnsafeMutablePointer<Float>,
  _ r: Float,
  _ count: Int
) {
  forEachLanes(count) { i in
    dgamma.setLanes(i, dgamma.lanes(i).addingProduct(dy.lanes(i) * x.lanes(i), Lanes(repeating: r)))
  } partial: { i, count in
    let normalized = dy.lanes(i, count: count) * x.lanes(i, count: count)
    dgamma.setLanes(i, dgamma.lanes(i, count: count).addingProduct(normalized, Lanes(repeating: r)), count: count)
  }
}
