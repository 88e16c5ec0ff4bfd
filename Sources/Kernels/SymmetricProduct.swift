/// `c = a · b` for a product that is symmetric in exact arithmetic, such as `x · xᵀ`: what lies on and below the diagonal is computed,
/// in panels of columns, and the rest is copied. 128 columns take 0.63 times the operations of `multiply`, 256 take 0.56 times.
///
/// A row of c has room for whole registers.
package func multiplySymmetric(into c: Matrix, _ a: Matrix, _ b: Matrix, team: Team) {
  let n = c.rows
  check(
    c.columns == n && !c.isTransposed && c.stride >= symmetricStride(ofRows: n), "a symmetric product into \(c)")
  for start in stride(from: 0, to: n, by: Blocking.NR) {
    let columns = start..<min(start + Blocking.NR, n)
    let (rows, below) = (start..<n, columns.upperBound..<n)
    multiply(
      into: c.rows(rows).columns(columns), a.isTransposed ? a.transposed.columns(rows).transposed : a.rows(rows),
      b.isTransposed ? b.transposed.rows(columns).transposed : b.columns(columns), team: team)
    transpose(c.rows(below).columns(columns), into: c.row(start) + below.lowerBound, stride: c.stride)
  }
}

/// From one row of a symmetric product to the next: whole registers.
package func symmetricStride(ofRows count: Int) -> Int {
  (count + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount
}
