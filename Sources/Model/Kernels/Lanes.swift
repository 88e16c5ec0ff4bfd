/// Eight neighbouring numbers: a 256-bit register.
typealias Lanes = SIMD8<Float>

extension UnsafeMutablePointer where Pointee == Float {
  /// The eight numbers from `index` on.
  @inline(__always) func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  /// Stores eight numbers from `index` on.
  @inline(__always) func setLanes(_ index: Int, _ value: Lanes) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }

  /// The `count` < 8 numbers from `index` on, filled up with `filler`.
  @inline(__always) func lanes(_ index: Int, count: Int, filler: Float = 0) -> Lanes {
    var value = Lanes(repeating: filler)
    for lane in 0..<count { value[lane] = self[index + lane] }
    return value
  }

  /// Stores the first `count` < 8 lanes from `index` on.
  @inline(__always) func setLanes(_ index: Int, _ value: Lanes, count: Int) {
    for lane in 0..<count { self[index + lane] = value[lane] }
  }
}

/// Calls `full` for every eight places of `0..<count`, and `partial` with what is left, if anything.
@inline(__always)
func forEachLanes(_ count: Int, full: (_ index: Int) -> Void, partial: (_ index: Int, _ count: Int) -> Void) {
  var index = 0
  while index + 8 <= count {
    full(index)
    index += 8
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
  let biased = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &+ SIMD8<Int32>(repeating: 127)
  let exponent = biased &<< SIMD8<Int32>(repeating: 23)
  return (p * unsafeBitCast(exponent, to: Lanes.self)).replacing(with: Lanes.zero, where: vanishes)
}

extension SIMD8<Float> {
  /// The greatest lane.
  @inline(__always) var greatest: Float {
    var value = self[0]
    for lane in 1..<8 where self[lane] > value { value = self[lane] }
    return value
  }

  /// The lane-wise greater of two.
  @inline(__always) func greater(_ other: Lanes) -> Lanes { replacing(with: other, where: other .> self) }
}
