/// The configurations that differ in nothing but the learning rate, in its order.
struct LearningRateCurve {
  /// What tells them from the others: "d_model 64"; empty where there is one curve.
  let label: String
  /// The varying settings that they share.
  let shared: [String: Setting]
  let points: [(lr: Double, result: ConfigurationResult)]

  /// The learning rate with the lowest mean loss; among those at which no seed diverged, if there are such.
  var optimum: (lr: Double, result: ConfigurationResult)? {
    points.filter { $0.result.finalLoss != nil }.min { a, b in
      (a.result.count(.diverged) > 0 ? 1 : 0, a.result.finalLoss?.mean ?? 0, a.lr)
        < (b.result.count(.diverged) > 0 ? 1 : 0, b.result.finalLoss?.mean ?? 0, b.lr)
    }
  }

  /// The end of the tried learning rates at which the optimum lies, where a better one may lie beyond; nil where it lies
  /// between others, or where only one was tried.
  var edge: Edge? {
    guard points.count > 1, let optimum else { return nil }
    return optimum.lr == points.first?.lr ? .lowest : optimum.lr == points.last?.lr ? .highest : nil
  }

  /// An end of the tried learning rates.
  enum Edge { case lowest, highest }

  /// Two learning rates beyond the edge at which the optimum lies, which go on at the distance of the last two; empty
  /// where it doesn't lie at an edge.
  var suggestions: [Double] {
    guard let edge else { return [] }
    let rates = edge == .lowest ? points.prefix(2).map(\.lr) : points.suffix(2).reversed().map(\.lr)
    let ratio = rates[0] / rates[1]
    return [rates[0] * ratio, rates[0] * ratio * ratio].sorted()
  }

  /// Which way a better learning rate may lie; nil where the optimum lies between others.
  var advice: String? {
    switch edge {
    case .lowest: "the lowest tried: try lower"
    case .highest: "the highest tried: try higher"
    case nil: nil
    }
  }

  /// "d_model 64: best lr 0.003, validation loss 1.234 ± 0.005 (3)".
  var sentence: String? {
    guard let optimum, let loss = optimum.result.finalLoss else { return nil }
    let place = advice.map { " (\($0))" } ?? ""
    return (label.isEmpty ? "" : label + ": ") + "best lr \(Setting.number(optimum.lr).label)\(place), "
      + "validation loss \(loss.text)"
  }
}

extension ExperimentResults {
  /// A curve for each combination of the other varying keys, in their order; empty where the learning rate doesn't vary.
  var learningRateCurves: [LearningRateCurve] {
    guard varyingKeys.contains("lr") else { return [] }
    let others = tellingKeys.filter { $0 != "lr" }
    let groups = Dictionary(grouping: configurations) { result in others.map { result.settings[$0] } }
    let curves = groups.values.map { results in
      let points = results.compactMap { result in result.settings["lr"]?.number.map { (lr: $0, result: result) } }
        .sorted { $0.lr < $1.lr }
      let shared = results.first?.settings.filter { others.contains($0.key) } ?? [:]
      return LearningRateCurve(label: results.first?.label(others) ?? "", shared: shared, points: points)
    }
    return curves.sorted { a, b in
      for key in others where a.shared[key] != b.shared[key] {
        guard let one = a.shared[key] else { return true }
        guard let other = b.shared[key] else { return false }
        return one < other
      }
      return false
    }
  }
}
