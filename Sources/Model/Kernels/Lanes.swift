import CLanes

#if AVX512
  /// Sixteen neighbouring numbers: a 512-bit register.
  typealias Lanes = SIMD16<Float>
  typealias IntegerLanes = SIMD16<Int32>
#else
  /// Eight neighbouring numbers: a 256-bit register, or two of 128 bits.
  typealias Lanes = SIMD8<Float>
  typealias IntegerLanes = SIMD8<Int32>
#endif

#if !FMA
  extension SIMD8<Float> {
    /// Without the instruction, the standard library's `addingProduct` is a call of `fmaf` for each lane.
    @inline(__always) func addingProduct(_ a: Self, _ b: Self) -> Self { self + a * b }
    @inline(__always) mutating func addProduct(_ a: Self, _ b: Self) { self = self + a * b }
  }
#endif

extension UnsafeMutablePointer where Pointee == Float {
  /// The register's worth of numbers from `index` on.
  @inline(__always) func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  /// Stores a register from `index` on.
  @inline(__always) func setLanes(_ index: Int, _ value: Lanes) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }

  /// The `count` numbers from `index` on, fewer than a register holds, filled up with `filler`.
  @inline(__always) func lanes(_ index: Int, count: Int, filler: Float = 0) -> Lanes {
    loadFirst(self + index, Int32(truncatingIfNeeded: count), Lanes(repeating: filler))
  }

  /// Stores the first `count` lanes from `index` on.
  @inline(__always) func setLanes(_ index: Int, _ value: Lanes, count: Int) {
    storeFirst(self + index, value, Int32(truncatingIfNeeded: count))
  }
}

/// Calls `full` for every register's worth of places in `0..<count`, and `partial` with what is left, if anything.
@inline(__always)
func forEachLanes(_ count: Int, full: (_ index: Int) -> Void, partial: (_ index: Int, _ count: Int) -> Void) {
  var index = 0
  while index + Lanes.scalarCount <= count {
    full(index)
    index += Lanes.scalarCount
  }
  if index < count { partial(index, count - index) }
}

/// `e^x` in each lane to within 2 units in the last place; at least e^-87, which beside 1 is nothing, and at most e^88.
///
/// `x = n·ln 2 + r` with |r| ≤ ln 2 / 2: Cody and Waite's reduction and a polynomial in r (coefficients of Cephes `expf`,
/// https://www.netlib.org/cephes/), then n goes into the exponent.
@_transparent  // `@inline(__always)` isn't heeded where it is used in a long function.
func exponential(_ x: Lanes) -> Lanes {
  // In this order what isn't a number stays none.
  let x = Lanes(repeating: 88).lesser(Lanes(repeating: -87).greater(x))
  // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits, here with the exponent's bias.
  let magic = Lanes(repeating: 12_582_912 + 127)
  let shifted = magic.addingProduct(x, Lanes(repeating: 1.442_695_04))
  let n = shifted - magic
  let r = x.addingProduct(n, Lanes(repeating: -0.693_359_375)).addingProduct(n, Lanes(repeating: 2.121_944_4e-4))
  var p = Lanes(repeating: 1.987_569_15e-4)
  p = Lanes(repeating: 1.398_199_95e-3).addingProduct(p, r)
  p = Lanes(repeating: 8.333_451_9e-3).addingProduct(p, r)
  p = Lanes(repeating: 4.166_579_59e-2).addingProduct(p, r)
  p = Lanes(repeating: 1.666_666_55e-1).addingProduct(p, r)
  p = Lanes(repeating: 5.000_000_12e-1).addingProduct(p, r)
  p = (Lanes(repeating: 1) + r).addingProduct(p, r * r)
  let exponent = unsafeBitCast(shifted, to: IntegerLanes.self) &<< IntegerLanes(repeating: 23)
  return p * unsafeBitCast(exponent, to: Lanes.self)
}

extension Lanes {
  /// The greatest lane, in each lane.
  @inline(__always) var greatest: Lanes { spreadGreatest(self) }

  /// The sum of the lanes, in each lane.
  @inline(__always) var total: Lanes { spreadSum(self) }

  /// The lane-wise greater of two; where one of them isn't a number, `other`.
  @inline(__always) func greater(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .> other) }

  /// The lane-wise lesser of two; where one of them isn't a number, `other`.
  @inline(__always) func lesser(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .< other) }

  /// The first `count` lanes; the others become 0.
  @inline(__always) func first(_ count: Int) -> Lanes { keepFirst(self, Int32(truncatingIfNeeded: count)) }

  /// The lanes' square roots.
  @inline(__always) var squareRoots: Lanes { CLanes.squareRoots(self) }

  /// 1 / x in each lane to within 2 units in the last place; x is finite.
  @inline(__always) var reciprocals: Lanes { CLanes.reciprocals(self) }
}
