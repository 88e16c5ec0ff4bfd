import ArgumentParser
import Store
import Terminal

extension SweepCommand {
  /// `sweep status`
  struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status", abstract: "Say what is finished, running or failed, and how long the rest takes.")

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try ResultsDatabase(existingAt: database.database)
      let shown = RunState.allCases
      var table = TextTable(["experiment", "runs"] + shown.map(\.rawValue) + ["time left"])
      var reasons: [String] = []
      for experiment in try store.experiments() {
        let runs = try store.runs(of: experiment)
        let counts = Dictionary(grouping: runs, by: \.state).mapValues(\.count)
        table.add(
          [experiment.name, "\(runs.count)"] + shown.map { "\(counts[$0] ?? 0)" } + [timeLeft(runs)])
        reasons += runs.filter { $0.state == .failed }.map { run in
          "run \(run.id ?? 0) of \(experiment.name) failed: \(run.stateReason ?? "no reason is known")"
        }
      }
      if table.rows.isEmpty {
        Console.standard.note("\(database.database) holds no experiment; train one with `sweep run SPEC...`.")
      } else {
        for line in table.lines + reasons { Console.standard.data(line) }
      }
    }

    /// What the runs without a result will take on this machine's cores, at the rate of those that have one.
    private func timeLeft(_ runs: [Run]) -> String {
      let done = runs.filter { $0.state == .finished }
      let left = runs.filter { !$0.state.hasResult }
      guard !left.isEmpty else { return "0 s" }
      let seconds = done.reduce(0) { $0 + ($1.seconds ?? 0) }
      let flops = done.reduce(0) { $0 + $1.trainingFlops }
      guard seconds > 0, flops > 0 else { return "unknown" }
      let work = left.reduce(0) { $0 + $1.trainingFlops }
      return Wording.duration(work * seconds / flops / Double(min(Machine.cores, left.count)))
    }
  }
}
