import Foundation
import Store

/// An experiment with all that is reported of it, as plain values.
struct ExperimentResults {
  let experiment: Experiment
  /// Best first: by the mean final loss of the finished seeds; those without one come last, in the grid's order.
  let configurations: [ConfigurationResult]
  /// The keys that tell the configurations apart, in the order in which the spec names them.
  let varyingKeys: [String]

  /// Runs that are left out, since the spec no longer asks for them.
  let formerRuns: Int

  /// Puts the runs of an experiment, given in the grid's order, together.
  init(_ experiment: Experiment, runs: [Run], formerRuns: Int = 0) {
    self.experiment = experiment
    self.formerRuns = formerRuns
    let groups = Dictionary(grouping: runs, by: \.config)
    var seen: Set<String> = []
    let inGridOrder = runs.filter { seen.insert($0.config).inserted }.compactMap { run -> ConfigurationResult? in
      guard var settings = try? JSONDecoder().decode([String: Setting].self, from: Data(run.config.utf8)),
        let runs = groups[run.config]
      else { return nil }
      // A corpus is told apart by its content's hash and shown by its name.
      if settings.removeValue(forKey: "corpus_sha256") != nil { settings["corpus"] = .text(run.corpus) }
      return ConfigurationResult(settings: settings, runs: runs)
    }
    varyingKeys = Self.varyingKeys(inGridOrder, spec: experiment.spec)
    configurations = inGridOrder.enumerated().sorted { a, b in
      let (one, other) = (a.element.finalLoss?.mean ?? .infinity, b.element.finalLoss?.mean ?? .infinity)
      return (one, a.offset) < (other, b.offset)
    }.map(\.element)
  }

  /// The results of the configurations at those places alone.
  func keeping(_ places: [Int]) -> ExperimentResults {
    ExperimentResults(experiment, runs: places.flatMap { configurations[$0].runs }, formerRuns: formerRuns)
  }

  /// The varying keys that labels need. A key that only some configurations have, as only SGD has a momentum, is left
  /// out where the others tell the configurations apart.
  var tellingKeys: [String] {
    varyingKeys.reduce(varyingKeys) { keys, key in
      let others = keys.filter { $0 != key }
      let isPartial = configurations.contains { $0.settings[key] == nil }
      return isPartial && Set(configurations.map { $0.label(others) }).count == configurations.count ? others : keys
    }
  }

  /// The other keys: those whose values are the same everywhere, and those that follow from the varying ones.
  var fixedKeys: [String] {
    Set(configurations.flatMap(\.settings.keys)).subtracting(varyingKeys).sorted()
  }

  var runs: [Run] { configurations.flatMap(\.runs) }

  /// The losses below which no model can train, in nats per token; one for each kind of text that the runs read.
  var floors: [Double] { Set(runs.compactMap(\.floorLoss)).sorted() }

  /// "63 runs: 60 finished, 3 diverged; 21 configurations, 3 seeds".
  var counts: String {
    let all = ConfigurationResult(settings: [:], runs: runs)
    let seeds = Set(runs.map(\.seed)).count
    return "\(runs.count) run\(runs.count == 1 ? "" : "s"): \(runs.isEmpty ? "none" : all.states); "
      + "\(configurations.count) configuration\(configurations.count == 1 ? "" : "s"), "
      + "\(seeds) seed\(seeds == 1 ? "" : "s")"
      + (formerRuns > 0 ? "; \(formerRuns) no longer in the grid, left out" : "")
  }

  /// Keys whose values differ and that the spec names; others follow from these, as `d_ff` follows `d_model`.
  private static func varyingKeys(_ configurations: [ConfigurationResult], spec: String) -> [String] {
    let keys = Set(configurations.flatMap(\.settings.keys)).filter { key in
      Set(configurations.map { $0.settings[key] }).count > 1
    }
    let places = keys.map { key in (key, spec.range(of: "\"\(key)\"")?.lowerBound) }
    let named = places.compactMap { key, place in place.map { (key, $0) } }.sorted { $0.1 < $1.1 }.map(\.0)
    return named.isEmpty ? keys.sorted() : named
  }
}
