// Dropout: each element is set to 0 with probability p, or divided by 1 - p. Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
//
// Which elements fall is a function of the key, the row's number and the column alone, as in counter-based generators (Salmon et
// al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3"). So the backward pass finds the same mask without storing it, and no mask
// depends on how many threads share the work.

/// One use of dropout in one step.
package struct Dropout {
  /// Drawn for the step and the place in the network.
  private let key: UInt64
  /// Elements whose random number from 1 to below 2 is below are dropped.
  private let threshold: Float
  /// What the others are multiplied by, 1 / (1 - p).
  let scale: Float

  /// - Parameter probability: p, from 0 to below 1.
  package init(probability: Double, key: UInt64) {
    self.key = key
    threshold = Float(1 + probability)
    scale = Float(1 / (1 - probability))
  }

  /// What a row's elements from `column` on are multiplied by: 0 or `scale`.
  @inline(__always) func factors(_ row: Row, from column: Int) -> Lanes {
    let start = Unsigned(repeating: UInt32(truncatingIfNeeded: column) &* Self.golden)
    var x = (start &+ Self.laneNumbers &* Self.golden) ^ row.key
    // Wellons' finalizer of 32 bits with the least bias, "lowbias32", without its last line, which changes no high bit:
    // https://nullprogram.com/blog/2018/07/31/
    x ^= x &>> 16
    x = x &* 0x7FEB_352D
    x ^= x &>> 15
    x = x &* 0x846C_A68B
    // The high bits as a number from 1 to below 2: the compiler compares registers of such, but integers one by one.
    let number = unsafeBitCast(x &>> 9 | 0x3F80_0000, to: Lanes.self)
    return Lanes(repeating: scale).replacing(with: 0, where: number .< threshold)
  }

  /// What the masks of a row's elements follow from.
  struct Row { fileprivate let key: Unsigned }

  @inline(__always) func row(_ index: Int) -> Row {
    // SplitMix64's output function.
    var z = key &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Row(key: Unsigned(repeating: UInt32(truncatingIfNeeded: z >> 32)))
  }

  /// 2³² divided by the golden ratio: neighbouring columns become far apart.
  @inline(__always) private static var golden: UInt32 { 0x9E37_79B9 }

  #if AVX512
    fileprivate typealias Unsigned = SIMD16<UInt32>
    @inline(__always) private static var laneNumbers: Unsigned {
      Unsigned(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    }
  #else
    fileprivate typealias Unsigned = SIMD8<UInt32>
    @inline(__always) private static var laneNumbers: Unsigned { Unsigned(0, 1, 2, 3, 4, 5, 6, 7) }
  #endif
}

/// Writes y = base + mask ∘ x to `y`, all of one shape; y may be x. Without a base none is added. Row i has the mask of number `firstRow + i`. The
/// gradient of x is the same of the gradient of y, without a base.
package func dropout(
  _ y: Matrix, _ x: Matrix, adding base: Matrix? = nil, _ dropout: Dropout, firstRow: Int, team: Team
) {
  check(y.hasShape(of: x) && base?.hasShape(of: x) != false, "shapes of \(y), \(x) don't fit")
  let columns = x.columns
  team.share(x.rows, work: 2 * x.rows * columns) { rows, _ in
    for index in rows {
      let (y, x, base) = (y.row(index), x.row(index), base?.row(index))
      let row = dropout.row(firstRow + index)
      if let base {
        forEachLanes(columns) { i in
          y.setLanes(i, base.lanes(i).addingProduct(x.lanes(i), dropout.factors(row, from: i)))
        } partial: { i, count in
          let factors = dropout.factors(row, from: i)
          let sum = base.lanes(i, count: count).addingProduct(x.lanes(i, count: count), factors)
          y.setLanes(i, sum, count: count)
        }
      } else {
        forEachLanes(columns) { i in
          y.setLanes(i, x.lanes(i) * dropout.factors(row, from: i))
        } partial: { i, count in
          y.setLanes(i, x.lanes(i, count: count) * dropout.factors(row, from: i), count: count)
        }
      }
    }
  }
}
