import Foundation

/// Student's t distribution with `degrees` degrees of freedom, which needn't be whole.
package struct StudentT {
  package let degrees: Double

  package init(degrees: Double) { self.degrees = degrees }

  /// The probability of a value of at most `t`.
  ///
  /// With the regularized incomplete beta function `I`: `1 - I(ν / (ν + t²); ν/2, 1/2) / 2` for positive t
  /// (https://dlmf.nist.gov/8.17).
  package func probability(upTo t: Double) -> Double {
    let tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return t > 0 ? 1 - tail : tail
  }

  /// The value that `probability` of all lie below; for probabilities above one half.
  package func quantile(_ probability: Double) -> Double {
    precondition(degrees > 0 && probability >= 0.5 && probability < 1, "degrees \(degrees), probability \(probability)")
    var high = 1.0
    while self.probability(upTo: high) < probability { high *= 2 }
    var low = 0.0
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if self.probability(upTo: middle) < probability { low = middle } else { high = middle }
    }
  }

  /// `I(x; a, b)` by its continued fraction, https://dlmf.nist.gov/8.17.E22, evaluated forwards as Lentz does.
  private func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean; above it the symmetry helps.
    let isAbove = x > (a + 1) / (a + b + 2)
    return isAbove ? 1 - lowerIncompleteBeta(1 - x, b, a) : lowerIncompleteBeta(x, a, b)
  }

  private func lowerIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    var (c, d) = (1.0, 1 / (1 - (a + b) * x / (a + 1)))
    var fraction = d
    for m in stride(from: 1.0, through: 500, by: 1) {
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / (1 + even * d)
      c = 1 + even / c
      fraction *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / (1 + odd * d)
      c = 1 + odd / c
      fraction *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front * fraction
  }
}
