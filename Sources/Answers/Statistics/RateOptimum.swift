import Foundation

/// The learning rate with the least loss, between those that were tried: the vertex of a parabola of the loss over the rate's logarithm,
/// fitted to the points around the lowest. They are at most two on each side and no further than a factor of four, but one on each side
/// in any case, since a loss is no parabola further away.
///
/// The interval comes from a parametric bootstrap (Efron and Tibshirani 1993, chapter 6): losses are drawn with the errors that the seeds
/// leave, and each draw has a lowest point and a parabola of its own. However small those errors, an optimum is known no better than to a
/// standard deviation of a third of the grid's step (as in Porian et al. 2024, https://arxiv.org/abs/2406.19146).
package struct RateOptimum: Equatable, Sendable {
  /// Its logarithm; nil where the lowest point is the first or the last, beyond which a lower one may lie.
  package let logRate: Double?
  /// The ends of the interval that holds the logarithm in 95 of 100 experiments, infinite where the lowest point of the draws is the first or
  /// the last; nil where no error is known.
  package let interval: ClosedRange<Double>?
  /// The standard deviation of the draws' optima, at least a third of a step; nil where no error is known, or where the interval has no
  /// end.
  package let deviation: Double?
  /// The logarithms of the lowest point's neighbours, infinite where it has none on that side.
  private let neighbours: ClosedRange<Double>

  /// Where the logarithm lies: within the interval, and at an edge anywhere beyond the lowest point's neighbour too. Infinite where nothing
  /// more is known.
  package var reach: ClosedRange<Double> {
    guard logRate == nil else { return interval ?? -.infinity ... .infinity }
    guard let interval else { return neighbours }
    return min(neighbours.lowerBound, interval.lowerBound)...max(neighbours.upperBound, interval.upperBound)
  }

  /// Experiments that are drawn.
  static let draws = 2000

  /// - Parameters:
  ///   - logRates: The logarithms of the learning rates, rising; at least one.
  ///   - cells: The mean loss at each, with its error.
  package init(_ logRates: [Double], _ cells: [CellModel.Cell]) {
    precondition(!cells.isEmpty && cells.count == logRates.count, "\(cells.count) cells for \(logRates.count) rates")
    let means = cells.map(\.mean)
    logRate = Self.vertex(logRates, means)
    let best = means.indices.min { means[$0] < means[$1] } ?? 0
    let (low, high) = (max(best - 1, 0), min(best + 1, means.count - 1))
    let step = high > low ? (logRates[high] - logRates[low]) / Double(high - low) : 0
    neighbours = (low == best ? -.infinity : logRates[low])...(high == best ? .infinity : logRates[high])
    let errors = cells.compactMap(\.error)
    guard errors.count == cells.count, cells.count > 2 else {
      (interval, deviation) = (nil, nil)
      return
    }
    var random = NormalNumbers(seed: 2)
    let degrees = cells.map(\.degrees).min() ?? 1
    var (ends, inner): ([Double], [Double]) = ([], [])
    for _ in 0..<Self.draws {
      let scale = 1 / random.scaledChiSquare(degrees: degrees).squareRoot()
      let drawn = zip(means, errors).map { $0 + $1 * scale * random.next() }
      if let vertex = Self.vertex(logRates, drawn) {
        inner.append(vertex)
        ends.append(vertex)
      } else {
        ends.append(drawn.indices.min { drawn[$0] < drawn[$1] } == 0 ? -.infinity : .infinity)
      }
    }
    ends.sort()
    let least = step / 3
    let (first, last) = (ends[Self.draws / 40], ends[Self.draws - 1 - Self.draws / 40])
    interval = min(first, (logRate ?? first) - 1.96 * least)...max(last, (logRate ?? last) + 1.96 * least)
    let mean = inner.reduce(0, +) / Double(max(inner.count, 1))
    let squares = inner.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = first.isFinite && last.isFinite ? max((squares / Double(inner.count - 1)).squareRoot(), least) : nil
  }

  /// The vertex over the points around the lowest; nil where this is the first or the last.
  static func vertex(_ x: [Double], _ y: [Double]) -> Double? {
    guard let best = y.indices.min(by: { y[$0] < y[$1] }), best > 0, best < y.count - 1 else { return nil }
    let reach = log(4) + 1e-9
    let low = best > 1 && x[best] - x[best - 2] <= reach ? best - 2 : best - 1
    let high = best + 2 < x.count && x[best + 2] - x[best] <= reach ? best + 2 : best + 1
    if let vertex = parabola(x, y, low...high), x[low] <= vertex, vertex <= x[high] { return vertex }
    // Through three points of which the middle one is the lowest it is always between them; nil where all are equal.
    return parabola(x, y, best - 1...best + 1) ?? x[best]
  }

  /// The vertex of the parabola of least squares; nil where it has no minimum.
  private static func parabola(_ x: [Double], _ y: [Double], _ places: ClosedRange<Int>) -> Double? {
    let count = Double(places.count)
    let middle = places.reduce(0) { $0 + x[$1] } / count
    let level = places.reduce(0) { $0 + y[$1] } / count
    func sum(_ power: Int, _ value: (Int) -> Double = { _ in 1 }) -> Double {
      places.reduce(0) { $0 + pow(x[$1] - middle, Double(power)) * value($1) }
    }
    // y = a·u² + b·u + c with u = x - middle, whose sum is 0.
    let (s2, s3, s4) = (sum(2), sum(3), sum(4))
    let (t1, t2) = (sum(1) { y[$0] - level }, sum(2) { y[$0] - level })
    let spread = s4 - s2 * s2 / count
    let determinant = spread * s2 - s3 * s3
    guard determinant > 0 else { return nil }
    let a = (t2 * s2 - t1 * s3) / determinant
    let b = (t1 * spread - t2 * s3) / determinant
    return a > 0 ? middle - b / (2 * a) : nil
  }
}
