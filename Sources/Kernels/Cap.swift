// Soft caps: c · tanh(z / c), which stays within ±c. Gemma 2, https://arxiv.org/abs/2408.00118

/// Replaces each element z of `x` by c · tanh(z / c), and writes the derivative 1 - tanh²(z / c) to `slopes`, which has x's shape, if there is
/// such.
package func capForward(_ x: Matrix, cap: Float, slopes: Matrix?, team: Team) {
  check(slopes?.hasShape(of: x) != false, "the slopes haven't the shape of \(x)")
  let columns = x.columns
  team.share(x.rows, work: 4 * x.rows * columns) { rows, _ in
    for row in rows {
      let (x, slopes) = (x.row(row), slopes?.row(row))
      forEachLanes(columns) { i in
        let (value, slope) = capped(x.lanes(i), cap)
        x.setLanes(i, value)
        slopes?.setLanes(i, slope)
      } partial: { i, count in
        let (value, slope) = capped(x.lanes(i, count: count), cap)
        x.setLanes(i, value, count: count)
        slopes?.setLanes(i, slope, count: count)
      }
    }
  }
}

/// c · tanh(z / c) and its derivative.
@inline(__always)
func capped(_ z: Lanes, _ cap: Float) -> (value: Lanes, slope: Lanes) {
  let t = hyperbolicTangent(z * (1 / cap))
  return (t * cap, Lanes(repeating: 1).addingProduct(-t, t))
}
