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
    #if AVX512 || AVX2
      loadFirst(self + index, Int32(truncatingIfNeeded: count), Lanes(repeating: filler))
    #else
      var value = Lanes(repeating: filler)
      for lane in 0..<count { value[lane] = self[index + lane] }
      return value
    #endif
  }

  /// Stores the first `count` lanes from `index` on.
  @inline(__always) func setLanes(_ index: Int, _ value: Lanes, count: Int) {
    #if AVX512 || AVX2
      storeFirst(self + index, value, Int32(truncatingIfNeeded: count))
    #else
      for lane in 0..<count { self[index + lane] = value[lane] }
    #endif
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

/// `e^x` in each lane to within 2 units in the last place; 0 below -87 and at most e^88.
///
/// `x = n·ln 2 + r` with |r| ≤ ln 2 / 2: Cody and Waite's reduction and a polynomial in r (coefficients of Cephes `expf`,
/// https://www.netlib.org/cephes/), then n goes into the exponent.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
  let upper = Lanes(repeating: 88)
  let lower = Lanes(repeating: -87)
  let vanishes = x .< lower
  let x = x.replacing(with: upper, where: x .> upper).replacing(with: lower, where: vanishes)
  // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits.
  let magic = Lanes(repeating: 12_582_912)
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
  let biased = unsafeBitCast(shifted, to: IntegerLanes.self) &+ IntegerLanes(repeating: 127)
  let exponent = biased &<< IntegerLanes(repeating: 23)
  return (p * unsafeBitCast(exponent, to: Lanes.self)).replacing(with: Lanes.zero, where: vanishes)
}

extension Lanes {
  /// The greatest lane.
  @inline(__always) var greatest: Float {
    #if AVX512
      let eight = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
    #else
      let eight = self
    #endif
    let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two[0] < two[1] ? two[1] : two[0]
  }

  /// The lanes' square roots.
  @inline(__always) var squareRoots: Lanes {
    #if AVX512
      squareRootsOf16(self)
    #else
      CLanes.squareRoots(self)
    #endif
  }

  /// The lane-wise greater of two.
  @inline(__always) func greater(_ other: Lanes) -> Lanes { replacing(with: other, where: other .> self) }
}
