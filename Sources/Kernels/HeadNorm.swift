// RMSNorm of queries and keys: of each head by itself, or of several side by side as one. Henry et al. 2020,
// https://arxiv.org/abs/2010.04245

/// Groups of neighbouring columns, each of which is normalized by itself, all with one gain.
package struct HeadNorm {
  /// The first column of the first group.
  package let column: Int
  package let groups: Int
  /// Columns of a group, D.
  package let width: Int

  package init(column: Int, groups: Int, width: Int) {
    (self.column, self.groups, self.width) = (column, groups, width)
  }

  /// The columns of all groups.
  package var columns: Range<Int> { column..<column + groups * width }
}

/// Normalizes groups of columns of `x` (rows, …) in place, y = gamma · x · r with r = 1 / sqrt(mean(x²) + ε). For the backward pass it copies
/// the columns as they were to the same columns of `former`, and writes each r to `inverse` (rows, groups). gamma holds D floats.
package func headNormForward(
  _ x: Matrix, former: Matrix, inverse: Matrix, gamma: UnsafeMutablePointer<Float>, _ norm: HeadNorm, epsilon: Float,
  team: Team
) {
  let (D, end) = (norm.width, norm.columns.upperBound)
  check(
    x.columns >= end && former.columns >= end && former.rows == x.rows && inverse.rows == x.rows
      && inverse.columns == norm.groups, "shapes of \(x), \(former), \(inverse) don't fit \(norm)")
  team.share(x.rows, work: x.rows * norm.groups * D) { rows, _ in
    for row in rows {
      for group in 0..<norm.groups {
        let start = norm.column + group * D
        let (x, former) = (x.row(row) + start, former.row(row) + start)
        let r = 1 / (dot(x, x, D) / Float(D) + epsilon).squareRoot()
        inverse.row(row)[group] = r
        forEachLanes(D) { i in
          former.setLanes(i, x.lanes(i))
          x.setLanes(i, x.lanes(i) * r * gamma.lanes(i))
        } partial: { i, count in
          let value = x.lanes(i, count: count)
          former.setLanes(i, value, count: count)
          x.setLanes(i, value * r * gamma.lanes(i, count: count), count: count)
        }
      }
    }
  }
}

/// Replaces the gradient of normalized groups in `d` by that of what was normalized, and adds the gradient of gamma to `dgamma`.
///
/// With x̂ = x·r and g = gamma·dy: dx = r · (g - x̂ · mean(g·x̂)), dgamma += Σ over rows and groups of dy·x̂.
package func headNormBackward(
  _ d: Matrix, dgamma: UnsafeMutablePointer<Float>, former: Matrix, inverse: Matrix,
  gamma: UnsafeMutablePointer<Float>, _ norm: HeadNorm, team: Team
) {
  let (D, end) = (norm.width, norm.columns.upperBound)
  check(
    d.columns >= end && former.columns >= end && former.rows >= d.rows && inverse.rows >= d.rows
      && inverse.columns == norm.groups, "shapes of \(d), \(former), \(inverse) don't fit \(norm)")
  // Threads divide the columns, because all rows and groups add to the same gradient of gamma.
  team.share(D, inMultiplesOf: Lanes.scalarCount, work: d.rows * norm.groups * D) { columns, _ in
    let dgamma = dgamma + columns.lowerBound
    for row in 0..<d.rows {
      for group in 0..<norm.groups {
        let start = norm.column + group * D + columns.lowerBound
        addGainGradient(
          dgamma, d.row(row) + start, former.row(row) + start, inverse.row(row)[group], columns.count)
      }
    }
  }
  team.share(d.rows, work: d.rows * norm.groups * D) { rows, _ in
    for row in rows {
      for group in 0..<norm.groups {
        let start = norm.column + group * D
        let (d, x, r) = (d.row(row) + start, former.row(row) + start, inverse.row(row)[group])
        let pull = rmsNormPull(d, x, r, gamma, D)
        forEachLanes(D) { i in
          d.setLanes(i, (d.lanes(i) * gamma.lanes(i) * r).addingProduct(x.lanes(i), pull))
        } partial: { i, count in
          let g = d.lanes(i, count: count) * gamma.lanes(i, count: count) * r
          d.setLanes(i, g.addingProduct(x.lanes(i, count: count), pull), count: count)
        }
      }
    }
  }
}
