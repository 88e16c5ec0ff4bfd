import Foundation
import Store
import Words

/// Whether the numbers in a model stay as large as they are when the model grows: a coordinate check (Yang et al. 2022, section D.1,
/// https://arxiv.org/abs/2203.03466). For each tensor and each step the logarithm of its mean absolute value is a line over the logarithm of
/// the size, over all sizes and seeds; its slope is the exponent with which the tensor grows.
package struct CoordinateAnswer {
  /// What the exponent of a tensor shows, or those of all.
  package enum Verdict: String, Sendable {
    /// After the last update its interval lies within ±1/4.
    case pass
    /// It lies outside of that, or numbers aren't finite, or are 0.
    case fail
    /// Neither.
    case undecided
  }

  /// A tensor's exponent after so many updates.
  package struct Slope {
    package let step: Int
    /// How many runs were measured.
    let count: Int
    /// Whether all their numbers have a logarithm: they are finite and above 0.
    let isFinite: Bool
    /// Nil where a number has no logarithm, and for fewer than three runs, which leave no error.
    package let exponent: Estimate?
  }

  /// A tensor.
  package struct Tensor {
    package let name: String
    /// In the order of the steps, from 0.
    package let slopes: [Slope]
    /// A line for each step: the mean over the seeds at each size.
    package let means: [(step: Int, points: [(size: Double, mean: Double)])]

    /// What is so before training, such as logits that are smaller the wider a model is, passes within a few updates, and is no fault. Runs
    /// that another check measured may have fewer steps: it is the last that all have.
    package var last: Slope? {
      let most = slopes.map(\.count).max()
      return slopes.last { $0.step > 0 && $0.count == most }
    }

    package var verdict: Verdict {
      guard let last else { return .undecided }
      guard last.isFinite else { return .fail }
      guard let exponent = last.exponent else { return .undecided }
      return exponent.isWithin ? .pass : exponent.isNear ? .undecided : .fail
    }
  }

  /// "d_model" or "layers".
  package let key: String
  /// What tells these from the experiment's others: "parametrization mup"; empty where there are none.
  package let label: String
  /// The sizes, rising; at least two.
  package let sizes: [Double]
  package let seeds: Int
  package let tensors: [Tensor]

  /// A tensor that grows where it shouldn't has an exponent of 1/2 or more by theory, so that the bound lies half way.
  static let bound = 0.25

  package var verdict: Verdict {
    if tensors.contains(where: { $0.verdict == .fail }) { return .fail }
    return tensors.allSatisfy { $0.verdict == .pass } ? .pass : .undecided
  }
}

extension Estimate {
  /// Whether the whole interval lies within the bound, and whether a part of it does.
  fileprivate var isWithin: Bool { low >= -CoordinateAnswer.bound && high <= CoordinateAnswer.bound }
  fileprivate var isNear: Bool { low <= CoordinateAnswer.bound && high >= -CoordinateAnswer.bound }
}

extension CoordinateAnswer {
  /// An answer over width or depth for each combination of the other keys that tell configurations apart.
  ///
  /// - Parameter rows: What was measured, by the run's number.
  package static func answers(of results: ExperimentResults, _ rows: [Int64: [CoordinateRow]]) -> [CoordinateAnswer] {
    ["d_model", "layers"].flatMap { key in answers(of: results, rows, over: key) }
  }

  private static func answers(
    of results: ExperimentResults, _ rows: [Int64: [CoordinateRow]], over key: String
  ) -> [CoordinateAnswer] {
    guard let axis = results.axes.first(where: { $0.keys.contains(key) }) else { return [] }
    let others = results.tellingKeys.filter { !axis.keys.contains($0) }
    let groups = Dictionary(grouping: results.configurations) { result in others.map { result.settings[$0] } }
    let order = AxisGroup.Order(others, results.experiment.axes)
    return groups.sorted { order.precedes($0.key, $1.key) }.compactMap { _, configurations in
      let runs = configurations.flatMap { result in
        result.runs.compactMap { run -> (size: Double, rows: [CoordinateRow])? in
          guard let size = result.settings[key]?.number, let id = run.id, let rows = rows[id] else { return nil }
          return (size, rows)
        }
      }
      return CoordinateAnswer(key: key, label: configurations.first?.label(others) ?? "", runs)
    }
  }

  private init?(key: String, label: String, _ runs: [(size: Double, rows: [CoordinateRow])]) {
    sizes = Set(runs.map(\.size)).sorted()
    guard sizes.count > 1 else { return nil }
    (self.key, self.label) = (key, label)
    seeds = sizes.map { size in runs.count { $0.size == size } }.min() ?? 0
    let points = runs.flatMap { run in run.rows.map { (size: run.size, row: $0) } }
    let byTensor = Dictionary(grouping: points) { $0.row.tensor }
    var names: [String] = []
    for row in runs.first?.rows ?? [] where !names.contains(row.tensor) { names.append(row.tensor) }
    tensors = names.map { name in
      let bySteps = Dictionary(grouping: byTensor[name] ?? []) { $0.row.step }.sorted { $0.key < $1.key }
      return Tensor(
        name: name,
        slopes: bySteps.map { step, points in
          let known = points.compactMap { point in
            point.row.meanAbs.flatMap { $0 > 0 ? (log(point.size), log($0)) : nil }
          }
          let isFinite = known.count == points.count
          return Slope(
            step: step, count: points.count, isFinite: isFinite, exponent: isFinite ? Self.slope(known) : nil)
        },
        means: bySteps.map { step, points in
          let sizes = Dictionary(grouping: points, by: \.size).sorted { $0.key < $1.key }
          return (
            step,
            sizes.compactMap { size, points in
              Summary(points.compactMap(\.row.meanAbs)).map { (size, $0.mean) }
            }
          )
        })
    }
  }

  /// The slope of the line of least squares with Student's interval at 95 %; nil for fewer than three points or one size.
  private static func slope(_ points: [(x: Double, y: Double)]) -> Estimate? {
    guard points.count > 2 else { return nil }
    let count = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
    let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    guard spread > 0 else { return nil }
    let slope = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread
    let squares = points.reduce(0) { sum, point in
      let residual = point.y - y - slope * (point.x - x)
      return sum + residual * residual
    }
    let interval = ConfidenceInterval(
      center: slope, error: (squares / (count - 2) / spread).squareRoot(), degrees: count - 2)
    return Estimate(value: slope, low: interval.low, high: interval.high)
  }
}

// MARK: - Words

extension CoordinateAnswer {
  /// What the verdicts mean.
  package static let rule =
    "Rule: a tensor's mean |x| goes as size^b. After the last update the 95 % interval of b lies within ±0.25: pass; it lies outside, or "
    + "numbers aren't finite or are 0: fail; else undecided."

  /// "logits: fail: d_model^0.71 [0.60, 0.82] after 3 updates".
  package var sentences: [String] { tensors.map(sentence) }

  /// The sentence of one tensor.
  package func sentence(_ tensor: Tensor) -> String {
    "\(tensor.name): \(tensor.verdict.rawValue): "
      + (tensor.last.map(words) ?? "nothing was measured after an update")
  }

  private func words(_ slope: Slope) -> String {
    let place = "after \(Wording.number(slope.step, "update"))"
    if let exponent = slope.exponent { return "\(key)^\(AxisAnswer.text(exponent)) \(place)" }
    return slope.isFinite
      ? "\(slope.count) runs give no interval; give the spec more seeds or sizes"
      : "numbers aren't finite, or are 0, \(place)"
  }

  /// "parametrization mup over d_model 32 to 256, 3 seeds: pass".
  package var title: String {
    let place = label.isEmpty ? "" : "\(label) "
    let span = "\(Scalar.number(sizes[0]).label) to \(Scalar.number(sizes[sizes.count - 1]).label)"
    return "\(place)over \(key) \(span), \(Wording.number(seeds, "seed")): \(verdict.rawValue)"
  }

  /// "Coordinate check, parametrization standard over d_model 32 to 256, 3 seeds: fail (logits and residual)."
  package var finding: String {
    let names = tensors.filter { $0.verdict == verdict }.map(\.name)
    return "Coordinate check, \(title)\(verdict == .pass ? "" : " (\(Wording.list(names)))")."
  }
}
