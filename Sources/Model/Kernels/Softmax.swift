/// Replaces `count` numbers by e^(x - max) and returns their sum and the greatest x.
@inline(__always)
func exponentiate(_ x: UnsafeMutablePointer<Float>, _ count: Int) -> (sum: Float, greatest: Float) {
  var greatest = Lanes(repeating: -.infinity)
  forEachLanes(count) { i in
    greatest = x.lanes(i).greater(greatest)
  } partial: { i, count in
    greatest = x.lanes(i, count: count, filler: -.infinity).greater(greatest)
  }
  let top = greatest.greatest
  var sum = Lanes.zero
  forEachLanes(count) { i in
    let e = exponential(x.lanes(i) - top)
    x.setLanes(i, e)
    sum += e
  } partial: { i, count in
    let e = exponential(x.lanes(i, count: count, filler: -.infinity) - top)
    x.setLanes(i, e, count: count)
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
