/// Where a mean lies with 95 % confidence, if what was measured is roughly normal.
package struct ConfidenceInterval: Equatable {
  package let low: Double
  package let high: Double

  /// `center ± t · error`, with Student's t at 97.5 %.
  ///
  /// - Parameters:
  ///   - error: The center's standard error.
  ///   - degrees: Degrees of freedom, above 0.
  package init(center: Double, error: Double, degrees: Double) {
    let reach = StudentT(degrees: degrees).quantile(0.975) * error
    (low, high) = (center - reach, center + reach)
  }

  package func contains(_ value: Double) -> Bool { low <= value && value <= high }
}

extension Summary {
  /// Student's interval of the mean, `mean ± t · sd / √n`; nil for a single number.
  package var interval: ConfidenceInterval? {
    deviation.map {
      ConfidenceInterval(center: mean, error: $0 / Double(count).squareRoot(), degrees: Double(count - 1))
    }
  }
}
