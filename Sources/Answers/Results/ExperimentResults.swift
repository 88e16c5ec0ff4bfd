import Store
import Words

/// An experiment with all that is reported of it, as plain values.
package struct ExperimentResults {
  package let experiment: Experiment
  /// What runs are ranked by; where not all compare, what those of the first part are.
  package let measure: Measure
  /// Whether the runs compare, and in what.
  package let choice: RankingMetric.Choice
  /// Where not all runs compare, those that do, each part by itself; empty where all do.
  package let parts: [ExperimentResults]
  /// In the order of results, best first; those that share a place stand in the grid's order. Where not all compare, part by part.
  package let configurations: [ConfigurationResult]
  /// The configurations with a result, best first; found once, as many ask for the first of them.
  package let ranked: [ConfigurationResult]
  /// The experiment's axes on which the configurations differ, in the order in which the spec names them.
  package let varyingKeys: [String]
  /// The varying keys that labels need. A key that only some configurations have, as only SGD has a momentum, is left
  /// out where the others tell the configurations apart.
  package let tellingKeys: [String]
  /// The telling keys; those whose values move together are one.
  package let axes: [AxisGroup]
  /// A curve for each combination of the other telling keys, in their order; empty where the learning rate doesn't vary.
  package let learningRateCurves: [LearningRateCurve]

  /// Runs that are left out, since the spec no longer asks for them.
  package let formerRuns: Int

  /// Puts the runs of an experiment, given in the grid's order, together.
  ///
  /// - Parameter measure: What they are ranked by; nil: nats per token where all runs predict the same tokens, else bits per byte. Runs on different
  ///   held-out texts never compare.
  package init(
    _ experiment: Experiment, grid: [(run: Run, point: [String: Scalar])], measure chosen: Measure? = nil,
    formerRuns: Int = 0
  ) {
    let bases = grid.map(\.run.basis)
    let choice = RankingMetric.choice(for: bases)
    let measure = chosen ?? (choice.metric == .finalBitsPerByte ? .bitsPerByte : .final)
    // Whoever names a measure for tokens that differ knows why; texts that differ never compare.
    let numbers =
      chosen != nil && choice != .heldOutTextsDiffer ? bases.map { _ in 0 } : RankingMetric.comparable(bases)
    if let last = numbers.max(), last > 0 {
      func parted(by measure: Measure?) -> [ExperimentResults] {
        (0...last).map { number in
          ExperimentResults(
            experiment, grid: zip(grid, numbers).filter { $0.1 == number }.map(\.0), measure: measure)
        }
      }
      var parts = parted(by: chosen)
      // One unit for all, so that one table can hold them.
      if Set(parts.map(\.measure.name)).count > 1 { parts = parted(by: .bitsPerByte) }
      self.init(
        experiment, configurations: parts.flatMap(\.configurations), measure: parts[0].measure, choice: choice,
        parts: parts,
        formerRuns: formerRuns)
      return
    }
    let groups = Dictionary(grouping: grid, by: \.run.config)
    var seen: Set<String> = []
    let inGridOrder = grid.filter { seen.insert($0.run.config).inserted }.map { run, point in
      ConfigurationResult(
        settings: Self.settings(run, point, experiment.measuring), runs: groups[run.config]?.map(\.run) ?? [],
        measure: measure)
    }
    self.init(
      experiment, configurations: inGridOrder.sorted(by: ConfigurationResult.isBetter), measure: measure,
      choice: choice,
      parts: [], formerRuns: formerRuns)
  }

  private init(
    _ experiment: Experiment, configurations: [ConfigurationResult], measure: Measure, choice: RankingMetric.Choice,
    parts: [ExperimentResults], formerRuns: Int
  ) {
    (self.choice, self.parts) = (choice, parts)
    let keys = Set(configurations.flatMap(\.settings.keys))
    let digits = keys.reduce(into: [:]) { digits, key in
      digits[key] = Scalar.digits(telling: configurations.compactMap { $0.settings[key] })
    }
    let configurations = configurations.map { result in
      var result = result
      result.digits = digits
      return result
    }
    self.experiment = experiment
    self.configurations = configurations
    ranked = configurations.filter { $0.score != nil }
    self.measure = measure
    self.formerRuns = formerRuns
    let varying = experiment.axes.map(\.key).filter { key in Set(configurations.map { $0.settings[key] }).count > 1 }
    varyingKeys = varying
    let telling = varying.reduce(varying) { keys, key in
      let others = keys.filter { $0 != key }
      let isPartial = configurations.contains { $0.settings[key] == nil }
      return isPartial && Set(configurations.map { $0.label(others) }).count == configurations.count ? others : keys
    }
    tellingKeys = telling
    axes = AxisGroup.groups(of: telling, in: configurations, experiment.axes)
    learningRateCurves =
      varying.contains("lr")
      ? LearningRateCurve.curves(of: configurations, tellingKeys: telling, experiment.axes) : []
  }

  /// What a configuration's keys are, as the experiment writes and looks at them. A corpus is known by its content's hash and
  /// shown by its name.
  private static func settings(
    _ run: Run, _ point: [String: Scalar], _ measuring: Measuring?
  ) -> [String: Scalar] {
    var settings = run.settings
    if settings.removeValue(forKey: "corpus_sha256") != nil { settings["corpus"] = .text(run.facts.corpus) }
    settings["validation_sha256"] = nil
    settings.merge(measuring?.settings ?? [:]) { $1 }
    return settings.merging(point) { $1 }
  }

  /// The results of the configurations at those places alone, best first.
  package func keeping(_ places: [Int]) -> ExperimentResults {
    // Places of a part's configurations are counted from where the part begins.
    var begin = 0
    let kept = parts.map { part in
      let here = places.filter { (begin..<begin + part.configurations.count).contains($0) }.map { $0 - begin }
      begin += part.configurations.count
      return part.keeping(here)
    }
    return ExperimentResults(
      experiment, configurations: places.map { configurations[$0] }, measure: measure, choice: choice,
      parts: kept.filter { !$0.configurations.isEmpty }, formerRuns: formerRuns)
  }

  /// For each configuration its place among those that it compares with, from 1; nil without a result. Equal scores share a place, as in the
  /// view `seed_summary`.
  package var places: [Int?] {
    guard parts.isEmpty else { return parts.flatMap(\.places) }
    var (first, previous): (Int, ConfigurationResult?) = (0, nil)
    return configurations.enumerated().map { offset, result in
      guard result.score != nil else { return nil }
      if previous.map({ ConfigurationResult.isBetter($0, than: result) }) ?? true { first = offset + 1 }
      previous = result
      return first
    }
  }

  /// The other keys: those whose values are the same everywhere, and those that follow from the varying ones.
  package var fixedKeys: [String] {
    Set(configurations.flatMap(\.settings.keys)).subtracting(varyingKeys).sorted()
  }

  package var runs: [Run] { configurations.flatMap(\.runs) }

  /// The losses below which no model can train, in nats per token; one for each kind of text that the runs read.
  package var floors: [Double] { Set(runs.compactMap(\.facts.floorLoss)).sorted() }

  /// "63 runs: 60 finished, 3 diverged; 21 configurations, 3 seeds".
  package var counts: String {
    let all = ConfigurationResult(settings: [:], runs: runs, measure: measure)
    let seeds = Set(runs.map(\.seed)).count
    return "\(Wording.number(runs.count, "run")): \(runs.isEmpty ? "none" : all.states); "
      + "\(Wording.number(configurations.count, "configuration")), "
      + "\(Wording.number(seeds, "seed"))"
      + (formerRuns > 0 ? "; \(formerRuns) no longer in the grid, left out" : "")
  }
}

extension Measuring {
  /// The keys of a spec that say this.
  fileprivate var settings: [String: Scalar] {
    [
      "eval_every": .integer(evalEvery), "sample_every": .integer(sampleEvery), "sample_tokens": .integer(sampleTokens),
      "temperature": .number(temperature), "prompts": prompts.map { .text($0.joined(separator: " | ")) },
    ].compactMapValues(\.self)
  }
}

extension ExperimentResults {
  /// What is known of the text's information.
  package var floorSentences: [String] {
    Set(
      runs.compactMap { run -> String? in
        guard let loss = run.facts.floorLoss, let bits = run.facts.floorBitsPerByte,
          let tokenizer = run.settings["tokenizer"]
        else { return nil }
        // A floor is known of the built-in text alone, which may be held out beside another.
        let text = run.settings["validation_sha256"] == nil ? run.facts.corpus : "stories"
        return "floor of \(text) in \(tokenizer.label) tokens: "
          + "\(String(format: "%.4f", loss)) nats per token, \(String(format: "%.4f", bits)) bits per byte"
      }
    ).sorted()
  }
}
