/// Σ a·b over `count` numbers.
@inline(__always)
func dot(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
  var sum = Lanes.zero
  forEachLanes(count) { i in
    sum.addProduct(a.lanes(i), b.lanes(i))
  } partial: { i, count in
    sum.addProduct(a.lanes(i, count: count), b.lanes(i, count: count))
  }
  return sum.total[0]
}

/// The L2 norm of `count` numbers, summed in single precision over stretches and in double precision over all.
package func norm(_ x: UnsafeMutablePointer<Float>, _ count: Int, team: Team) -> Double {
  team.sum(count, inStretchesOf: 4096, work: count) { stretch in
    Double(dot(x + stretch.lowerBound, x + stretch.lowerBound, stretch.count))
  }.squareRoot()
}
