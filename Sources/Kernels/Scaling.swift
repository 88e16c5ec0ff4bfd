/// x = x · factor, elementwise.
package func scale(_ x: Matrix, by factor: Float, team: Team) { scaled(x, x, by: factor, adding: nil, team: team) }

/// x += (target - x) · part, elementwise. Both hold as many numbers, a multiple of a register's width.
package func move(_ x: FloatBuffer, to target: FloatBuffer, by part: Float, team: Team) {
  check(x.count == target.count, "\(x.count) numbers for \(target.count)")
  let part = Lanes(repeating: part)
  team.share(x.count, inMultiplesOf: FloatBuffer.alignment, work: x.count) { range, _ in
    for i in stride(from: range.lowerBound, to: range.upperBound, by: Lanes.scalarCount) {
      let value = x.pointer.lanes(i)
      x.pointer.setLanes(i, value.addingProduct(target.pointer.lanes(i) - value, part))
    }
  }
}

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
        let (x, base) = (x.lanes(i, count: count), base?.lanes(i, count: count))
        y.setLanes(i, base?.addingProduct(x, factor) ?? x * factor, count: count)
      }
    }
  }
}
