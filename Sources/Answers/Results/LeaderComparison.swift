/// The best configuration beside the next best.
package struct LeaderComparison {
  package let leader: ConfigurationResult
  package let runnerUp: ConfigurationResult
  /// The runner-up's mean final loss less the leader's, nats per token: paired over the seeds that both finished, where
  /// there are two or more; else from the spread within each.
  package let difference: MeanDifference
  /// The standard deviation over seeds, pooled over the two; nil where neither has two seeds.
  package let seedSpread: Double?

  /// The difference in units of the seeds' spread; nil where there is none.
  package var spreads: Double? { seedSpread.flatMap { $0 > 0 ? difference.mean / $0 : nil } }

  /// The two of lowest mean final loss, those of which a seed diverged after all others; nil for fewer than two with a
  /// result.
  package init?(_ results: ExperimentResults) {
    let ranked = results.ranked
    guard ranked.count > 1 else { return nil }
    self.init(ranked[0], ranked[1])
  }

  /// - Returns: Nil where one of them has no result.
  package init?(_ leader: ConfigurationResult, _ runnerUp: ConfigurationResult) {
    let (best, next) = (leader.scoreBySeed, runnerUp.scoreBySeed)
    let shared = Set(best.keys).intersection(next.keys).sorted()
    let pairs = shared.compactMap { seed in next[seed].flatMap { a in best[seed].map { (a, $0) } } }
    let unpaired = MeanDifference(Array(next.values), Array(best.values))
    guard let difference = pairs.count > 1 ? MeanDifference(pairs: pairs) : unpaired else { return nil }
    let squares = [leader, runnerUp].compactMap(\.score).compactMap { loss in
      loss.deviation.map { ($0 * $0 * Double(loss.count - 1), Double(loss.count - 1)) }
    }
    let degrees = squares.reduce(0) { $0 + $1.1 }
    (self.leader, self.runnerUp, self.difference) = (leader, runnerUp, difference)
    seedSpread = degrees > 0 ? (squares.reduce(0) { $0 + $1.0 } / degrees).squareRoot() : nil
  }
}
