import Foundation

/// The one generator of random numbers: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014), with named streams.
///
/// Each purpose (initialization, batches, samples, …) draws from a stream of its own, so that drawing more from one
/// leaves the others as they were. The whole state is one number, which a checkpoint stores.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
  /// All there is to know about the stream: `RandomStream(state:)` with it continues where this one is.
  public private(set) var state: UInt64

  /// The stream of a seed that bears a name; the same two give the same numbers on every machine.
  public init(seed: UInt64, name: String) {
    // Seeds and names both pass through the mix, so that seeds 1, 2, 3, … start far apart.
    state = Self.mix(Self.mix(seed &+ Self.increment) ^ Self.fnv1a(name))
  }

  /// The stream that continues from `state`; plain SplitMix64 with that seed.
  public init(state: UInt64) {
    self.state = state
  }

  /// 64 uniform bits.
  public mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.mix(state)
  }

  /// A uniform number in [0, 1), a multiple of 2⁻²⁴: each of them is a `Float`, and 1 is never reached by rounding.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A uniform number in [0, 1), a multiple of 2⁻⁵³.
  public mutating func uniformDouble() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A normally distributed number with mean 0 and variance 1: Box & Muller 1958, https://doi.org/10.1214/aoms/1177706645. Takes two
  /// numbers of the stream.
  public mutating func normal() -> Float {
    // Above 0, so that the logarithm is finite.
    let radius = (-2 * log(1 - uniformDouble())).squareRoot()
    return Float(radius * cos(2 * Double.pi * uniformDouble()))
  }

  /// A uniform integer in 0 ..< `bound`, without the bias of a remainder (Lemire, "Fast Random Integer Generation in an
  /// Interval", 2019). Takes one number of the stream; with a chance of `bound`/2⁶⁴, more.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "integer(below: \(bound)): the bound must be positive")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return Int(product.high)
  }

  /// The golden ratio's 64 bits: the step of the state.
  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// SplitMix64's output function, a bijection of 64 bits (Stafford's variant 13 of MurmurHash3's finalizer).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// FNV-1a of the name's UTF-8 (Fowler, Noll and Vo): the same on every machine, as Swift's own hash isn't.
  private static func fnv1a(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
