import Store

/// What an experiment came to, computed: which configuration won and by how much, the best learning rates, and what is
/// missing.
package struct Headline {
  /// The configuration with the lowest mean final loss of those of which no seed diverged, or of all where there are
  /// none such; nil where nothing finished.
  package let winner: ConfigurationResult?
  /// The winner beside the next best; nil where there is none.
  package let comparison: LeaderComparison?
  /// A configuration with a lower mean than the winner's, over the seeds that didn't diverge.
  package let flattered: ConfigurationResult?
  /// More learning-rate curves than this are told by one axis alone.
  package static let mostCurves = 8

  /// The learning rates tried, for each combination of the other axes; of many, for each value of the first of them, the
  /// combination with the best optimum.
  package let curves: [LearningRateCurve]
  /// Whether each curve stands for others too.
  package let isSelection: Bool
  /// The runs by their states; none is zero.
  package let counts: [RunState: Int]
  /// Keys that tell the configurations apart.
  package let keys: [String]

  package init(_ results: ExperimentResults) {
    let winner = results.ranked.first
    self.winner = winner
    comparison = LeaderComparison(results)
    flattered = results.ranked.filter(\.isFlattered).first { result in
      (result.score?.mean ?? .infinity) < (winner?.score?.mean ?? -.infinity)
    }
    let all = results.learningRateCurves.filter { $0.points.count > 1 && $0.optimum != nil }
    curves = all.count > Self.mostCurves ? Self.bestByFirstAxis(all, results) : all
    isSelection = curves.count < all.count
    counts = Dictionary(grouping: results.runs, by: \.state).mapValues(\.count)
    keys = results.tellingKeys
  }

  private static func bestByFirstAxis(_ curves: [LearningRateCurve], _ results: ExperimentResults)
    -> [LearningRateCurve]
  {
    guard let axis = results.axes.first(where: { $0.keys != ["lr"] }) else { return curves }
    func loss(_ curve: LearningRateCurve) -> Double { curve.optimum?.result.score?.mean ?? .infinity }
    return axis.values.compactMap { value in
      let here = curves.filter { curve in curve.points.contains { axis.value(of: $0.result) == value } }
      return here.min { loss($0) < loss($1) }.map {
        LearningRateCurve(label: axis.label(value), points: $0.points)
      }
    }
  }

  /// The number of all runs.
  package var total: Int { counts.values.reduce(0, +) }
  /// The number of runs that have no result and may still get one.
  package var missing: Int { [RunState.queued, .running, .interrupted].reduce(0) { $0 + (counts[$1] ?? 0) } }
}
