import Foundation
import Store

/// The configurations that differ in nothing but the learning rate, in its order.
package struct LearningRateCurve {
  /// What tells them from the others: "d_model 64"; empty where there is one curve.
  package let label: String
  package let points: [(lr: Double, result: ConfigurationResult)]

  package init(label: String, points: [(lr: Double, result: ConfigurationResult)]) {
    (self.label, self.points) = (label, points)
  }

  /// The learning rate with the best result, by the order of results.
  package var optimum: (lr: Double, result: ConfigurationResult)? {
    points.filter { $0.result.score != nil }.min { ConfigurationResult.isBetter($0.result, than: $1.result) }
  }

  /// The end of the tried learning rates at which the optimum lies, where a better one may lie beyond; nil where it lies
  /// between others, or where only one was tried.
  package var edge: Edge? {
    guard points.count > 1, let optimum else { return nil }
    return optimum.lr == points.first?.lr ? .lowest : optimum.lr == points.last?.lr ? .highest : nil
  }

  /// The same, once every learning rate has a result: before, nothing is known of what lies beyond.
  package var openEdge: Edge? {
    points.allSatisfy { $0.result.score != nil || $0.result.count(.diverged) > 0 } ? edge : nil
  }

  /// An end of the tried learning rates.
  package enum Edge { case lowest, highest }

  /// Two learning rates beyond the edge at which the optimum lies, which go on at the distance of the last two, but by no more than ten
  /// times each, in three digits; empty where it doesn't lie at an edge.
  package var suggestions: [Double] {
    guard let edge else { return [] }
    let rates = edge == .lowest ? points.prefix(2).map(\.lr) : points.suffix(2).reversed().map(\.lr)
    let ratio = min(max(rates[0] / rates[1], 0.1), 10)
    return [rates[0] * ratio, rates[0] * ratio * ratio].map { Double(String(format: "%.3g", $0)) ?? $0 }.sorted()
  }

  /// A curve for each combination of the telling keys other than the learning rate, in their order.
  ///
  /// - Parameter axes: What the spec varies.
  package static func curves(
    of configurations: [ConfigurationResult], tellingKeys: [String], _ axes: [Axis]
  ) -> [LearningRateCurve] {
    let others = tellingKeys.filter { $0 != "lr" }
    let groups = Dictionary(grouping: configurations) { result in others.map { result.settings[$0] } }
    let order = AxisGroup.Order(others, axes)
    return groups.sorted { order.precedes($0.key, $1.key) }.map { _, results in
      let points = results.compactMap { result in result.settings["lr"]?.number.map { (lr: $0, result: result) } }
        .sorted { $0.lr < $1.lr }
      return LearningRateCurve(label: results.first?.label(others) ?? "", points: points)
    }
  }
}
