// GELU in its tanh form: 0.5x(1 + tanh(u)) with u = 0.7978845608(x + 0.044715x³). Hendrycks & Gimpel 2016,
// https://arxiv.org/abs/1606.08415. It is computed as x · sigmoid(2u), which is equal. For very negative x, 1 + tanh(u) would
// cancel; sigmoid(2u) doesn't.

/// Replaces x by gelu(x) and writes gelu'(x) to `slope`; the backward pass needs nothing else. Both are contiguous and hold `count`
/// floats.
package func geluForward(
  _ x: UnsafeMutablePointer<Float>, slope: UnsafeMutablePointer<Float>, _ count: Int, team: Team
) {
  team.share(count, inMultiplesOf: Lanes.scalarCount, work: 4 * count) { range, _ in
    let (x, slope) = (x + range.lowerBound, slope + range.lowerBound)
    let whole = range.count / Lanes.scalarCount * Lanes.scalarCount
    for i in stride(from: 0, to: whole, by: Lanes.scalarCount) {
      let (y, dy) = gelu(x.lanes(i))
      x.setLanes(i, y)
      slope.setLanes(i, dy)
    }
    let (y, dy) = gelu(x.lanes(whole, count: range.count - whole))
    x.setLanes(whole, y, count: range.count - whole)
    slope.setLanes(whole, dy, count: range.count - whole)
  }
}

/// Replaces `dy` by `dy · slope`. Builds without fused multiply-adds use it; in the others the product's epilogue does it.
func geluBackward(_ dy: UnsafeMutablePointer<Float>, slope: UnsafeMutablePointer<Float>, _ count: Int) {
  forEachLanes(count) { i in
    dy.setLanes(i, dy.lanes(i) * slope.lanes(i))
  } partial: { i, count in
    dy.setLanes(i, dy.lanes(i, count: count) * slope.lanes(i, count: count), count: count)
  }
}

/// gelu(x) = x·s and gelu'(x) = s + x·s·(1 - s)·2u', with s = sigmoid(2u) and u' = du/dx.
@_transparent
func gelu(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
  let c: Float = 0.797_884_560_8
  let squared = x * x
  let minusTwiceU =
    x * Lanes(repeating: -2 * c * log2e).addingProduct(squared, Lanes(repeating: -2 * c * log2e * 0.044_715))
  let twiceSlopeOfU = Lanes(repeating: 2 * c).addingProduct(squared, Lanes(repeating: 6 * c * 0.044_715))
  let s = (1 + powerOfTwo(minusTwiceU)).reciprocals
  let y = x * s
  return (y, s.addingProduct(y, twiceSlopeOfU.addingProduct(-s, twiceSlopeOfU)))
}
