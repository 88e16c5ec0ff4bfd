import Store

/// Looks up what is best so far while a sweep goes on.
final class BestSoFar: Sendable {
  private struct State {
    /// The runs of each experiment, by the experiment's name.
    var runs: [(name: String, ids: Set<Int64>)]?
    /// What was last said: the experiment and its best configuration.
    var last: [String: String] = [:]
    /// The time that looking took so far.
    var spent = Duration.zero
  }

  /// Looking takes at most this part of the time, and a moment at the beginning, however many runs there are.
  private static let share = 50.0
  private static let moment = Duration.milliseconds(200)

  private let database: ResultsDatabase
  private let names: [String]
  private let begun = ContinuousClock.now
  private let state = Locked(State())

  /// - Parameter names: The experiments of the sweep.
  init(_ database: ResultsDatabase, experiments names: [String]) { (self.database, self.names) = (database, names) }

  /// What is best in the first experiment that has the run, and whether that is another configuration than before; nil where nothing has
  /// finished, where it can't be read, or where looking has taken long.
  func look(after run: Int64) -> (text: String, isNew: Bool)? {
    state.withLock { state in
      let start = ContinuousClock.now
      guard state.spent < Self.moment + (start - begun) / Self.share else { return nil }
      defer { state.spent += .now - start }
      let runs =
        state.runs
        ?? names.compactMap { name in
          guard let experiment = try? database.experiment(named: name), let runs = try? database.runs(of: experiment)
          else { return nil }
          return (name, Set(runs.compactMap(\.id)))
        }
      state.runs = runs
      guard let name = runs.first(where: { $0.ids.contains(run) })?.name,
        let best = try? database.standing(of: name).best
      else { return nil }
      let isNew = state.last.updateValue(best.label, forKey: name) != best.label
      return (names.count > 1 ? "\(name.visible()): \(best.text)" : best.text, isNew)
    }
  }
}
