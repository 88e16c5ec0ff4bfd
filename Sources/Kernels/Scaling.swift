/// x = x · factor, elementwise.
package func scale(_ x: Matrix, by factor: Float, team: Team) { scaled(x, x, by: factor, adding: nil, team: team) }

/// y = x · factor + base, elementwise, all (rows, columns). y may be x or base; without a base it is x · factor.
package func scaled(_ y: Matrix, _ x: Matrix, by factor: Float, adding base: Matrix?, team: Team) {
  check(y.hasShape(of: x) && base?.hasShape(of: y) != false, "shapes of \(y), \(x) don't fit")
  let (factor, columns) = (Lanes(repeating: factor), y.columns)
  team.share(y.rows, work: y.rows * y.columns) { rows, _ in
    for row in rows {
      let (y, x, base) = (y.row(row), x.row(row), base?.row(row))
      forEachLanes(columns) { i in
        y.setLanes(i, base.map { $0.lanes(i).addingProduct(x.lanes(i), factor) } ?? x.lanes(i) * factor)
      } partial: { i, count in
        let product = x.lanes(i, count: count) * factor
        y.setLanes(i, base.map { $0.lanes(i, count: count) + product } ?? product, count: count)
      }
    }
  }
}
