// Rotary positions, half of a head against the other half: (a, b) becomes (a·cos - b·sin, b·cos + a·sin). Su et al. 2021,
// https://arxiv.org/abs/2104.09864, in the order of GPT-NeoX and Hugging Face.

/// Rotates `heads` heads of `2 · half` neighbouring columns each, from column 0 of `x` (rows, …) on, in place; backwards with `isInverse`, which
/// is also the gradient. Row i of x stands at position `start + i mod (T - start)`. `table` is (T or more, 2 · half): the cosines of
/// a position's angles, then the sines.
package func rotate(
  _ x: Matrix, heads: Int, table: Matrix, positions: Range<Int>, isInverse: Bool = false, team: Team
) {
  let half = table.columns / 2
  check(
    table.columns == 2 * half && x.columns >= heads * 2 * half && positions.upperBound <= table.rows
      && (x.rows == 0 || !positions.isEmpty), "shapes of \(x), \(table), \(positions) don't fit \(heads) heads")
  let sign: Float = isInverse ? -1 : 1
  if 2 * half == Lanes.scalarCount { return rotateRegisters(x, heads: heads, table: table, positions, sign, team) }
  team.share(x.rows, work: x.rows * heads * 2 * half) { rows, _ in
    for row in rows {
      let cosines = table.row(positions.lowerBound + row % positions.count)
      let sines = cosines + half
      for head in 0..<heads {
        let a = x.row(row) + head * 2 * half
        let b = a + half
        forEachLanes(half) { i in
          let (c, s) = (cosines.lanes(i), sines.lanes(i) * sign)
          let (first, second) = (a.lanes(i), b.lanes(i))
          a.setLanes(i, (first * c).addingProduct(-s, second))
          b.setLanes(i, (second * c).addingProduct(s, first))
        } partial: { i, count in
          let (c, s) = (cosines.lanes(i, count: count), sines.lanes(i, count: count) * sign)
          let (first, second) = (a.lanes(i, count: count), b.lanes(i, count: count))
          a.setLanes(i, (first * c).addingProduct(-s, second), count: count)
          b.setLanes(i, (second * c).addingProduct(s, first), count: count)
        }
      }
    }
  }
}

/// The same where a head is one register: half of it would leave half of every register empty.
private func rotateRegisters(
  _ x: Matrix, heads: Int, table: Matrix, _ positions: Range<Int>, _ sign: Float, _ team: Team
) {
  team.share(x.rows, work: x.rows * heads * Lanes.scalarCount) { rows, _ in
    for row in rows {
      let entry = table.row(positions.lowerBound + row % positions.count).lanes(0)
      let (cosine, sine) = (entry.lowHalf, entry.highHalf * sign)
      let (cosines, sines) = (Lanes(lowHalf: cosine, highHalf: cosine), Lanes(lowHalf: -sine, highHalf: sine))
      for head in 0..<heads {
        let value = x.row(row).lanes(head * Lanes.scalarCount)
        let exchanged = Lanes(lowHalf: value.highHalf, highHalf: value.lowHalf)
        x.row(row).setLanes(head * Lanes.scalarCount, (value * cosines).addingProduct(sines, exchanged))
      }
    }
  }
}
