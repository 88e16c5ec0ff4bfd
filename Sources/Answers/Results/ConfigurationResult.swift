import Store

/// One configuration of an experiment with its runs, one for each seed.
package struct ConfigurationResult {
  /// The configuration's keys with their values, as the experiment's spec writes them.
  package let settings: [String: Scalar]
  package let runs: [Run]
  /// What the experiment's runs are ranked by.
  package var measure = Measure.final
  /// As many digits as tell each key's values apart in the experiment.
  package var digits: [String: Int] = [:]

  /// The measure over the seeds that finished; nil where none did.
  package var score: Summary? { summary(measure.value) }
  /// The loss at the end over the seeds that finished, nats per token; nil where none did.
  package var finalLoss: Summary? { summary(\.outcome.finalLoss) }
  /// The lowest loss of each seed that finished.
  package var bestLoss: Summary? { summary(\.outcome.bestLoss) }
  package var bitsPerByte: Summary? { summary(\.outcome.finalBitsPerByte) }
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
  package init(settings: [String: Scalar], runs: [Run]) {
    (self.settings, self.runs) = (settings, runs)
  }

  private func summary(_ value: (Run) -> Double?) -> Summary? {
    Summary(runs.filter { $0.state == .finished }.compactMap(value))
  }
}

extension ConfigurationResult {
  /// The final loss of each seed that finished.
  package var lossBySeed: [Int64: Double] {
    let losses = runs.compactMap { run in
      run.state == .finished ? run.outcome.finalLoss.map { (run.seed, $0) } : nil
    }
    return Dictionary(losses) { first, _ in first }
  }
}

extension ConfigurationResult {
  /// The losses of the runs that have a result: a diverged one, or one that is worse than the untrained model, counts as
  /// the untrained model (Wortsman et al. 2023, section 2.2).
  package func cappedLosses(untrained: Double) -> [Double] {
    runs.compactMap { run in
      switch run.state {
      case .diverged: untrained
      case .finished: run.outcome.finalLoss.map { min($0, untrained) }
      default: nil
      }
    }
  }
}
