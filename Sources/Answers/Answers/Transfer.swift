import Foundation
import Store

/// Whether the best learning rate stays where it is as the model grows: the optimum of each width or depth, and the exponent with which it
/// moves (Yang et al. 2022, figure 1, https://arxiv.org/abs/2203.03466).
package struct Transfer {
  /// One size with its optimum.
  package struct Size {
    package let size: Double
    /// "32".
    package let label: String
    package let optimum: RateOptimum
    package let curve: LearningRateCurve
  }

  /// What the exponent supports.
  package enum Verdict: Equatable {
    /// The interval holds 0 and leaves out ±1/2.
    case transfers
    /// The interval leaves out 0.
    case falls, rises
    /// The interval holds 0, and 1/2 or -1/2 too; or fewer than three sizes have an optimum between others, or a size that is left out
    /// lies elsewhere than the others say.
    case undecided
  }

  /// "d_model" or "layers".
  package let key: String
  /// What tells these from the experiment's others: "parametrization mup"; empty where there are none.
  package let label: String
  /// From the smallest; at least two.
  package let sizes: [Size]
  /// The optima's line over the sizes' logarithms.
  private let line: Line?
  /// The sizes that have no part in the line, since their optimum or an end of its interval isn't between the learning rates that were
  /// tried. Where there is a line, each should lie where it says.
  package let leftOut: [Size]

  /// The exponent b of `optimum ∝ size^b`; nil where fewer than three sizes have an optimum between others, or no error is known.
  package var exponent: Estimate? { line?.slope }

  /// Under Adam the optimum of a standard network falls with its width, by theory as fast as 1 / width (Everett et al. 2024,
  /// https://arxiv.org/abs/2407.05872). What is said to transfer moves less than half as fast.
  static let greatestShift = 0.5

  package var verdict: Verdict {
    guard let exponent, strangers.isEmpty else { return .undecided }
    if exponent.isToldApart { return exponent.value < 0 ? .falls : .rises }
    return max(-exponent.low, exponent.high) < Self.greatestShift ? .transfers : .undecided
  }

  /// The sizes that are left out and whose optimum lies elsewhere than the others say: than any exponent of the interval puts it, or where
  /// that holds 0, than where the others' optimum stays.
  package var strangers: [Size] {
    guard let line else { return [] }
    let slopes = line.slope.isToldApart ? [line.slope.low, line.slope.high] : [0]
    return leftOut.filter { size in
      let places = slopes.map { line.y + $0 * (log(size.size) - line.x) }
      let reach = size.optimum.reach
      return !places.contains { $0 >= reach.lowerBound } || !places.contains { $0 <= reach.upperBound }
    }
  }

  /// A line of least squares: `y + slope · (x' - x)`.
  private struct Line {
    let x, y: Double
    let slope: Estimate
  }

  init?(key: String, label: String, sizes: [Size]) {
    guard sizes.count > 1 else { return nil }
    (self.key, self.label, self.sizes) = (key, label, sizes.sorted { $0.size < $1.size })
    leftOut = self.sizes.filter { $0.optimum.logRate == nil || $0.optimum.deviation == nil }
    line = Self.line(
      self.sizes.compactMap { size in
        guard let logRate = size.optimum.logRate, let deviation = size.optimum.deviation else { return nil }
        return (log(size.size), logRate, deviation)
      })
  }

  /// The line with weights 1 / deviation². Where the points lie further from the line than their errors say, these grow by that ratio
  /// (Birge 1932, https://doi.org/10.1103/PhysRev.40.207); since a few points tell the ratio, the interval is Student's then.
  private static func line(_ points: [(x: Double, y: Double, deviation: Double)]) -> Line? {
    guard points.count > 2, points.allSatisfy({ $0.deviation > 0 }) else { return nil }
    let weights = points.map { 1 / ($0.deviation * $0.deviation) }
    let total = weights.reduce(0, +)
    func mean(_ value: ((x: Double, y: Double, deviation: Double)) -> Double) -> Double {
      zip(points, weights).reduce(0) { $0 + $1.1 * value($1.0) } / total
    }
    let (x, y) = (mean { $0.x }, mean { $0.y })
    let spread = total * mean { ($0.x - x) * ($0.x - x) }
    guard spread > 0 else { return nil }
    let slope = total * mean { ($0.x - x) * ($0.y - y) } / spread
    let misfit = total * mean { pow($0.y - y - slope * ($0.x - x), 2) } / Double(points.count - 2)
    let quantile = misfit > 1 ? StudentT(degrees: Double(points.count - 2)).quantile(0.975) : 1.96
    let reach = quantile * (max(misfit, 1) / spread).squareRoot()
    return Line(x: x, y: y, slope: Estimate(value: slope, low: slope - reach, high: slope + reach))
  }
}

extension Transfer {
  /// Over width and over depth, for each combination of the other keys that tell configurations apart.
  package static func all(of results: ExperimentResults) -> [Transfer] {
    guard results.parts.isEmpty else { return [] }
    return ["d_model", "layers"].flatMap { key in all(of: results, over: key) }
  }

  private static func all(of results: ExperimentResults, over key: String) -> [Transfer] {
    guard let axis = results.axes.first(where: { $0.keys.contains(key) }) else { return [] }
    let others = results.tellingKeys.filter { $0 != "lr" && !axis.keys.contains($0) }
    let groups = Dictionary(grouping: results.learningRateCurves) { curve in
      others.map { curve.points.first?.result.settings[$0] }
    }
    let order = AxisGroup.Order(others, results.experiment.axes)
    return groups.sorted { order.precedes($0.key, $1.key) }.compactMap { _, curves in
      let sizes = curves.compactMap { Size($0, key) }
      guard Set(sizes.map(\.size)).count == sizes.count else { return nil }
      return Transfer(key: key, label: curves.first?.points.first?.result.label(others) ?? "", sizes: sizes)
    }
  }
}

extension Transfer.Size {
  /// Nil where fewer than three learning rates have a result that no mean flatters.
  fileprivate init?(_ curve: LearningRateCurve, _ key: String) {
    let points = curve.points.filter { $0.result.score != nil && !$0.result.isFlattered }
    guard points.count > 2, let first = points.first, let size = first.result.settings[key] else { return nil }
    guard let number = size.number, number > 0 else { return nil }
    let model = CellModel(points.map(\.result.scoreBySeed))
    self.init(
      size: number, label: size.label, optimum: RateOptimum(points.map { log($0.lr) }, model.cells), curve: curve)
  }
}
