/// Replaces `count` numbers by e^(x - max) and returns their sum and the greatest x.
@inline(__always)
func exponentiate(_ x: UnsafeMutablePointer<Float>, _ count: Int) -> (sum: Float, greatest: Float) {
  // Two at a time, since the greater of two isn't known before some cycles have passed.
  var (greatest, others) = (Lanes(repeating: -.infinity), Lanes(repeating: -.infinity))
  let pairs = count / (2 * Lanes.scalarCount) * 2 * Lanes.scalarCount
  for i in stride(from: 0, to: pairs, by: 2 * Lanes.scalarCount) {
    greatest = x.lanes(i).greater(greatest)
    others = x.lanes(i + Lanes.scalarCount).greater(others)
  }
  forEachLanes(count - pairs) { i in
    greatest = x.lanes(pairs + i).greater(greatest)
  } partial: { i, count in
    others = x.lanes(pairs + i, count: count, filler: -.infinity).greater(others)
  }
  let top = others.greater(greatest).greatest
  var sum = Lanes.zero
  let whole = count / Lanes.scalarCount * Lanes.scalarCount
  for i in stride(from: 0, to: whole, by: Lanes.scalarCount) {
    let e = powerOfTwo((x.lanes(i) - top) * log2e)
    x.setLanes(i, e)
    sum += e
  }
  if whole < count {
    let e = powerOfTwo((x.lanes(whole, count: count - whole, filler: -.infinity) - top) * log2e)
    x.setLanes(whole, e, count: count - whole)
    sum += e
  }
  return (sum.total[0], top[0])
}

/// Multiplies `count` numbers by a factor.
@inline(__always)
func scale(_ x: UnsafeMutablePointer<Float>, by factor: Float, _ count: Int) {
  forEachLanes(count) { i in
    x.setLanes(i, x.lanes(i) * factor)
  } partial: { i, count in
    x.setLanes(i, x.lanes(i, count: count) * factor, count: count)
  }
}
