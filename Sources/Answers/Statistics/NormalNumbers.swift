import Foundation

/// Numbers of the standard normal distribution from a fixed seed, so that a report repeats itself digit for digit: SplitMix64
/// (Steele et al. 2014, https://doi.org/10.1145/2660193.2660195) through the transformation of Box and Muller (1958,
/// https://doi.org/10.1214/aoms/1177706645).
struct NormalNumbers {
  private var state: UInt64
  private var spare: Double?

  init(seed: UInt64) { state = seed }

  /// The next number.
  mutating func next() -> Double {
    if let number = spare {
      spare = nil
      return number
    }
    // From (0, 1], so that the logarithm is finite.
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }

  /// A number of the χ² distribution divided by its degrees of freedom. Few degrees are rounded and summed; for more the cube of a normal
  /// number is as good (Wilson and Hilferty 1931, https://doi.org/10.1073/pnas.17.12.684).
  mutating func scaledChiSquare(degrees: Double) -> Double {
    let whole = max(Int(degrees.rounded()), 1)
    guard whole > 12 else {
      return (0..<whole).reduce(0) { sum, _ in
        let number = next()
        return sum + number * number
      } / Double(whole)
    }
    let part = 2 / (9 * degrees)
    let root = 1 - part + next() * part.squareRoot()
    return root * root * root
  }

  /// From [0, 1).
  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }
}
