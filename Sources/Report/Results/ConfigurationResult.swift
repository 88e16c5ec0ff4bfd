import Store

/// One configuration of an experiment with its runs, one for each seed.
struct ConfigurationResult {
  /// The configuration's keys with their values, as the experiment's spec writes them.
  let settings: [String: Scalar]
  let runs: [Run]
  /// As many digits as tell each key's values apart in the experiment.
  var digits: [String: Int] = [:]

  /// The loss at the end over the seeds that finished, nats per token; nil where none did.
  var finalLoss: Summary? { summary(\.outcome.finalLoss) }
  /// The lowest loss of each seed that finished.
  var bestLoss: Summary? { summary(\.outcome.bestLoss) }
  var bitsPerByte: Summary? { summary(\.outcome.finalBitsPerByte) }
  var tokensPerSecond: Summary? { summary(\.outcome.tokensPerSecond) }
  /// Wall time of a seed that finished.
  var seconds: Summary? { summary(\.outcome.seconds) }
  /// Number of trained numbers.
  var parameters: Int { runs.first?.facts.parameters ?? 0 }

  func count(_ state: RunState) -> Int { runs.count { $0.state == state } }

  /// "3 finished", "2 finished, 1 diverged".
  var states: String {
    RunState.allCases.compactMap { state in count(state) > 0 ? "\(count(state)) \(state.rawValue)" : nil }
      .joined(separator: ", ")
  }

  /// "d_model 64, lr 0.001" for those keys that the configuration has.
  func label(_ keys: [String]) -> String {
    keys.compactMap { key in label(of: key).map { "\(key) \($0)" } }.joined(separator: ", ")
  }

  /// The value of a key; nil where the configuration doesn't have it.
  func label(of key: String) -> String? { settings[key]?.label(digits: digits[key] ?? 4) }

  private func summary(_ value: (Run) -> Double?) -> Summary? {
    Summary(runs.filter { $0.state == .finished }.compactMap(value))
  }
}

extension ConfigurationResult {
  /// The final loss of each seed that finished.
  var lossBySeed: [Int64: Double] {
    let losses = runs.compactMap { run in
      run.state == .finished ? run.outcome.finalLoss.map { (run.seed, $0) } : nil
    }
    return Dictionary(losses) { first, _ in first }
  }
}

extension ConfigurationResult {
  /// The losses of the runs that have a result: a diverged one, or one that is worse than the untrained model, counts as
  /// the untrained model (Wortsman et al. 2023, section 2.2).
  func cappedLosses(untrained: Double) -> [Double] {
    runs.compactMap { run in
      switch run.state {
      case .diverged: untrained
      case .finished: run.outcome.finalLoss.map { min($0, untrained) }
      default: nil
      }
    }
  }
}
