/// How far two means lie apart, with an interval.
package struct MeanDifference: Equatable {
  /// How the uncertainty was found.
  package enum Method: Equatable {
    /// From the differences of numbers that belong together, as two runs with one seed do.
    case paired
    /// From the spread within each of two groups, which may differ (Welch 1947, https://doi.org/10.1093/biomet/34.1-2.28).
    case welch
  }

  /// The first mean less the second.
  package let mean: Double
  package let method: Method
  /// How many pairs there are, or how many numbers in the smaller group.
  package let count: Int
  /// 95 % interval of the difference; nil from a single pair or a single number.
  package let interval: ConfidenceInterval?

  /// Whether the interval leaves out zero; nil where there is no interval.
  package var isToldApart: Bool? { interval.map { !$0.contains(0) } }

  /// The mean of the pairs' differences; nil for no pairs.
  package init?(pairs: [(Double, Double)]) {
    guard let summary = Summary(pairs.map { $0 - $1 }) else { return nil }
    (mean, method, count, interval) = (summary.mean, .paired, summary.count, summary.interval)
  }

  /// The difference of the means of two groups; nil where one is empty.
  package init?(_ first: [Double], _ second: [Double]) {
    guard let a = Summary(first), let b = Summary(second) else { return nil }
    (mean, method, count) = (a.mean - b.mean, .welch, min(a.count, b.count))
    guard let one = a.deviation, let other = b.deviation else {
      interval = nil
      return
    }
    let (m, n) = (Double(a.count), Double(b.count))
    let (u, v) = (one * one / m, other * other / n)
    // Two groups without any spread have the degrees of freedom of their numbers.
    let degrees = u + v > 0 ? (u + v) * (u + v) / (u * u / (m - 1) + v * v / (n - 1)) : m + n - 2
    interval = ConfidenceInterval(center: mean, error: (u + v).squareRoot(), degrees: degrees)
  }
}
