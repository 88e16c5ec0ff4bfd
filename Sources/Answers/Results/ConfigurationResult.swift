import Store

/// One configuration of an experiment with its runs, one for each seed.
package struct ConfigurationResult {
  /// The configuration's keys with their values, as the experiment's spec writes them.
  package let settings: [String: Scalar]
  package let runs: [Run]
  /// What the experiment's runs are ranked by.
  package let measure: Measure
  /// As many digits as tell each key's values apart in the experiment.
  package var digits: [String: Int] = [:]

  /// The measure over the seeds that finished; nil where none did.
  package var score: Summary? {
    summary(measure)
  }
  /// The loss at the end over the seeds that finished, nats per token; nil where none did.
  package var finalLoss: Summary? { summary(.final) }
  /// The lowest loss of each seed that finished.
  package var bestLoss: Summary? { summary(.best) }
  package var bitsPerByte: Summary? { summary(.bitsPerByte) }
  /// The loss of averaged weights at the end.
  package var averagedLoss: Summary? { summary(.averaged) }
  package var tokensPerSecond: Summary? { summary(\.outcome.tokensPerSecond) }
  /// Wall time of a seed that finished.
  package var seconds: Summary? { summary(\.outcome.seconds) }
  /// Number of trained numbers.
  package var parameters: Int { runs.first?.facts.parameters ?? 0 }

  package func count(_ state: RunState) -> Int { runs.count { $0.state == state } }

  /// "3 finished", "2 finished, 1 diverged".
  package var states: String {
    RunState.allCases.compactMap { state in count(state) > 0 ? "\(count(state)) \(state.rawValue)" : nil }
      .joined(separator: ", ")
  }

  /// "d_model 64, lr 0.001" for those keys that the configuration has.
  package func label(_ keys: [String]) -> String {
    keys.compactMap { key in label(of: key).map { "\(key) \($0)" } }.joined(separator: ", ")
  }

  /// The value of a key; nil where the configuration doesn't have it.
  package func label(of key: String) -> String? { settings[key]?.label(digits: digits[key] ?? 4) }

  /// A configuration with its runs.
  package init(settings: [String: Scalar], runs: [Run], measure: Measure) {
    (self.settings, self.runs, self.measure) = (settings, runs, measure)
  }

  /// A measure over the seeds that finished, with the standard error over the windows of the held-out text, which all seeds share: its mean
  /// over them, where it is known.
  private func summary(_ measure: Measure) -> Summary? {
    var summary = summary(measure.value)
    summary?.sharedError = Summary(runs.filter { $0.state == .finished }.compactMap(measure.textError))?.mean
    return summary
  }

  private func summary(_ value: (Run) -> Double?) -> Summary? {
    Summary(runs.filter { $0.state == .finished }.compactMap(value))
  }
}

extension ConfigurationResult {
  /// The measure of each seed that finished.
  package var scoreBySeed: [Int64: Double] {
    let scores = runs.compactMap { run in run.state == .finished ? measure.value(run).map { (run.seed, $0) } : nil }
    return Dictionary(scores) { first, _ in first }
  }

  /// Whether a mean over the seeds that finished flatters the configuration: another of its seeds diverged, or a policy stopped it
  /// early.
  package var isFlattered: Bool { score != nil && count(.diverged) + count(.stopped) > 0 }

  /// The order of results, everywhere: the lowest mean first, then those whose mean flatters them, then those without a result.
  package static func isBetter(_ one: ConfigurationResult, than other: ConfigurationResult) -> Bool {
    one.place < other.place
  }

  private var place: (Int, Double) {
    score.map { (isFlattered ? 1 : 0, $0.mean) } ?? (2, 0)
  }
}

extension ConfigurationResult {
  /// The losses of the runs that have a result: a diverged one, or one that is worse than the untrained model, counts as
  /// the untrained model (Wortsman et al. 2023, section 2.2).
  package func cappedLosses(untrained: Double) -> [Double] {
    runs.compactMap { run in
      switch run.state {
      case .diverged: untrained
      case .finished: measure.value(run).map { min($0, untrained) }
      default: nil
      }
    }
  }
}
