import Store

/// What an experiment came to, computed: which configuration won and by how much, the best learning rates, and what is
/// missing.
struct Headline {
  /// The configuration with the lowest mean final loss of those of which no seed diverged, or of all where there are
  /// none such; nil where nothing finished.
  let winner: ConfigurationResult?
  /// The winner beside the next best; nil where there is none.
  let comparison: LeaderComparison?
  /// A configuration with a lower mean than the winner's, over the seeds that didn't diverge.
  let flattered: ConfigurationResult?
  /// The learning rates tried, for each value of the other axes.
  let curves: [LearningRateCurve]
  /// The runs by their states; none is zero.
  let counts: [RunState: Int]
  /// Keys that tell the configurations apart.
  let keys: [String]

  init(_ results: ExperimentResults) {
    let winner = results.stableFirst.first
    self.winner = winner
    comparison = LeaderComparison(results)
    // Configurations stand best first, whatever diverged.
    flattered = results.configurations.first.flatMap { first in
      (first.finalLoss?.mean ?? .infinity) < (winner?.finalLoss?.mean ?? -.infinity) ? first : nil
    }
    curves = results.learningRateCurves.filter { $0.points.count > 1 && $0.optimum != nil }
    counts = Dictionary(grouping: results.runs, by: \.state).mapValues(\.count)
    keys = results.tellingKeys
  }

  /// The number of all runs.
  var total: Int { counts.values.reduce(0, +) }
  /// The number of runs that have no result and may still get one.
  var missing: Int { [RunState.queued, .running, .interrupted].reduce(0) { $0 + (counts[$1] ?? 0) } }
}
