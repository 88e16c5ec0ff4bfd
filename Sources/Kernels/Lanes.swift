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
  // These two hide the standard library's methods of the same names, which call `fmaf` for each lane. On a processor with fused
  // multiply-adds the compiler merges the calls into one instruction, but in an order in which the sums of a tile don't fit the
  // 16 registers of AVX2: products take 1.5 times as long. On a processor without them the calls remain.

  /// `self + a · b` in each lane, rounded once where the processor has the instruction.
  @inlinable @inline(__always) package func addingProduct(_ a: Self, _ b: Self) -> Self { sumWithProduct(self, a, b) }
  /// Adds `a · b` to each lane, rounded once where the processor has the instruction.
  @inlinable @inline(__always) package mutating func addProduct(_ a: Self, _ b: Self) {
    self = sumWithProduct(self, a, b)
  }
}

extension UnsafeMutablePointer where Pointee == Float {
  /// Loads one register from `index` on. The address needs no alignment.
  @inlinable @inline(__always) package func lanes(_ index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  /// Stores one register from `index` on. The address needs no alignment.
  @inlinable @inline(__always) package func setLanes(_ index: Int, _ value: Lanes) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }

  /// Loads `count` numbers from `index` on, at most as many as a register holds; the other lanes are 0.
  @inline(__always) func lanes(_ index: Int, count: Int) -> Lanes {
    loadFirst(self + index, Int32(truncatingIfNeeded: count))
  }

  /// Stores the first `count` lanes from `index` on and writes nothing beyond them.
  @inline(__always) func setLanes(_ index: Int, _ value: Lanes, count: Int) {
    storeFirst(self + index, value, Int32(truncatingIfNeeded: count))
  }
}

/// Calls `full` for each whole register in `0..<count`, then `partial` once for the numbers that remain, if any.
@inline(__always)
func forEachLanes(_ count: Int, full: (_ index: Int) -> Void, partial: (_ index: Int, _ count: Int) -> Void) {
  var index = 0
  while index + Lanes.scalarCount <= count {
    full(index)
    index += Lanes.scalarCount
  }
  if index < count { partial(index, count - index) }
}

/// `2^x` in each lane, with an error of at most 2 units in the last place. x is clamped to -126...127: a softmax adds 2^-126 to a
/// sum of at least 1, which doesn't change it. NaN stays NaN.
///
/// `x = n + r` with a whole n and |r| ≤ 1/2. A polynomial gives 2^r; its greatest relative error is the least possible (9e-8, found
/// by Lawson's algorithm). Then n is added to the exponent.
@_transparent  // Swift ignores `@inline(__always)` in long functions.
func powerOfTwo(_ x: Lanes) -> Lanes {
  // This order of arguments keeps NaN.
  let x = Lanes(repeating: 127).lesser(Lanes(repeating: -126).greater(x))
  // Adding 1.5·2²³ rounds to the nearest whole number, which then stands in the low bits. 127 is the exponent's bias.
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

/// log₂ e: `e^x = 2^(x · log2e)`.
let log2e: Float = 1.442_695_04

extension Lanes {
  /// The sum of all lanes; every lane of the result holds it.
  @inline(__always) var total: Lanes { spreadSum(self) }

  /// The greater of two in each lane. If either is NaN, the result is `other`.
  @inline(__always) func greater(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .> other) }

  /// The lesser of two in each lane. If either is NaN, the result is `other`.
  @inline(__always) func lesser(_ other: Lanes) -> Lanes { other.replacing(with: self, where: self .< other) }

  /// A copy whose first `count` lanes are those of `other`.
  @inline(__always) func replacingFirst(_ count: Int, with other: Lanes) -> Lanes {
    replaceFirst(self, other, Int32(truncatingIfNeeded: count))
  }

  /// The lanes' square roots.
  @inlinable @inline(__always) package var squareRoots: Lanes { CLanes.squareRoots(self) }

  /// 1 / x in each lane, with an error of at most 2 units in the last place, for |x| between 2^-126 and 2^126. 0 gives infinity or
  /// NaN, depending on the build.
  @inlinable @inline(__always) package var reciprocals: Lanes { CLanes.reciprocals(self) }
}
