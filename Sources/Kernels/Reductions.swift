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

/// The L2 norm of `count` numbers, summed in single precision within chunks of 4096 and in double precision over the chunks.
package func norm(_ x: UnsafeMutablePointer<Float>, _ count: Int, team: Team) -> Double {
  team.sum(count, inChunksOf: 4096, work: count) { chunk in
    Double(dot(x + chunk.lowerBound, x + chunk.lowerBound, chunk.count))
  }.squareRoot()
}
