import Foundation

/// Some measured numbers by their number, mean and spread.
package struct Summary: Equatable {
  /// How many there are; at least one.
  package let count: Int
  package let mean: Double
  /// The sample standard deviation, `sqrt(Σ(x - mean)² / (n - 1))`; nil for a single number.
  package let deviation: Double?
  package let minimum: Double
  package let maximum: Double
  /// The standard error of what all the numbers were measured on alike, as that of a held-out text; nil where it isn't known.
  package var sharedError: Double?

  /// Nil for no numbers. The deviation is computed in two passes, so that no digits cancel.
  package init?(_ values: [Double]) {
    guard let least = values.min(), let greatest = values.max() else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    count = values.count
    self.mean = mean
    minimum = least
    maximum = greatest
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
  }

  /// Decimal places of the mean up to two significant digits of the deviation, or of the shared error where that is greater; four
  /// where there is no spread to round to.
  package var places: Int {
    Self.places(to: [deviation, sharedError].compactMap(\.self).max() ?? 0)
  }

  /// Decimal places up to two significant digits of an error, at most six; four for an error of zero.
  package static func places(to error: Double) -> Int {
    error > 0 ? min(max(1 - Int(log10(error).rounded(.down)), 0), 6) : 4
  }

  /// The mean rounded to its uncertainty: "2.685".
  package var meanText: String { String(format: "%.*f", places, mean) }

  /// The mean rounded to its uncertainty, with spread and number: "2.685 ± 0.036 (3)"; "2.6855 (1)" for a single number.
  package var text: String {
    guard let deviation else { return "\(meanText) (\(count))" }
    return meanText + String(format: " ± %.*f (%d)", places, deviation, count)
  }
}
