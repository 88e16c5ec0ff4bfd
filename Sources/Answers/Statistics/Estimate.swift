/// A difference with the interval that holds the true one in 95 of 100 experiments.
package struct Estimate: Equatable, Sendable {
  package let value: Double
  package let low: Double
  package let high: Double

  package init(value: Double, low: Double, high: Double) {
    (self.value, self.low, self.high) = (value, low, high)
  }

  /// Whether the interval leaves out zero.
  package var isToldApart: Bool { low > 0 || high < 0 }

  /// Half the interval's width.
  package var reach: Double { (high - low) / 2 }
}
