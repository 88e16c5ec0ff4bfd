import CLanes

#if AVX512
  /// Sixteen neighbouring numbers: a 512-bit register.
  @usableFromInline package typealias Lanes = SIMD16<Float>
  typealias IntegerLanes = SIMD16<Int32>
#else
  /// Eight neighbouring numbers: a 256-bit register, or two of 128 bits.
  @usableFromInline package typealias Lanes = SIMD8<Float>
  typealias IntegerLanes = SIMD8<Int32>
#endif

extension Lanes {
  // These two stand before the standard library's, which call `fmaf` for each lane. Where the processor has the instruction, the
  // compiler makes one of the calls, but in an order in which the 16 registers of AVX2 don't hold the sums of a tile: products
  // then take half as long again. Where it hasn't, the calls remain.

  /// `self + a · b` in each lane, rounded once where the processor has the instruction.
  @inlinable @inline(__always) package func addingProduct(_ a: Self, _ b: Self) -> Self { sumWithProduct(self, a, b) }
  /// Adds `a · b` to each lane, rounded once where the processor has the instruction.
  @inlinable @inline(__always) package mutating func addProduct(_ a: Self, _ b: Self) {
    self = sumWithProduct(self, a, b)
  }
}

extension UnsafeMutablePointer where Pointee == Float {
  /// The register's worth of numbers from `index` on.
  @inlinable @inline(__always) package func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  /// Stores a register from `index` on.
  @inlinable @inline(__always) package func setLanes(_ index: Int, _ value: Lanes) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }

  /// The `count` numbers from `index` on, fewer than a register holds, filled up with 0.
  @inline(__always) func lanes(_ index: Int, count: Int) -> Lanes {
    loadFirst(self + index, Int32(truncatingIfNeeded: count))
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

/// `2^x` in each lane to within 2 units in the last place; at least 2^-126, which beside 1 is nothing, and at most 2^127.
///
/// `x = n + r` with |r| ≤ 1/2: a polynomial in r, whose greatest relative error is the least possible (9e-8; found by Lawson's
/// algorithm), then n goes into the exponent.
@_transparent  // `@inline(__always)` isn't heeded where it is used in a long function.
func powerOfTwo(_ x: Lanes) -> Lanes {
  // In this order what isn't a number stays none.
  let x = Lanes(repeating: 127).lesser(Lanes(repeating: -126).greater(x))
  // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits, here with the exponent's bias.
  let magic = Lanes(repeating: 12_582_912 + 127)
  let shifted = x + magic
  let r = x - (shifted - magic)
  var p = Lanes(repeating: 9.671_513e-3).addingProduct(r, Lanes(repeating: 1.326_472_7e-3))
  p = Lanes(repeating: 5.550_733_6e-2).addingProduct(p, r)
  p = Lanes(repeating: 2.402_224_2e-1).addingProduct(p, r)
  p = Lanes(repeating: 6.931_47e-1).addingProduct(p, r)
  p = Lanes(repeating: 1).addingProduct(p, r)
  let exponent = unsafeBitCast(shifted, to: IntegerLanes.self) &<< IntegerLanes(repeating: 23)
  return p * unsafeBitCast(exponent, to: Lanes.self)
}

/// The logarithm to the base 2 of e: `e^x = 2^(x · log2e)`.
let log2e: Float = 1.442_695_04

extension Lanes {
  /// The sum of the lanes, in each lane.
  @inline(__always) var total: Lanes { spreadSum(self) }

  /// The lane-wise greater of two; where one of them isn't a number, `other`.
  @inline(__always) func greater(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .> other) }

  /// The lane-wise lesser of two; where one of them isn't a number, `other`.
  @inline(__always) func lesser(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .< other) }

  /// The lanes, the first `count` of them replaced by another's.
  @inline(__always) func replacingFirst(_ count: Int, with other: Lanes) -> Lanes {
    replaceFirst(self, other, Int32(truncatingIfNeeded: count))
  }

  /// The lanes' square roots.
  @inlinable @inline(__always) package var squareRoots: Lanes { CLanes.squareRoots(self) }

  /// 1 / x in each lane to within 2 units in the last place; x is finite.
  @inlinable @inline(__always) package var reciprocals: Lanes { CLanes.reciprocals(self) }
}
