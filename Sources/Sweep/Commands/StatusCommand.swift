import ArgumentParser
import Foundation
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
      var remarks: [String] = []
      let leases = try store.leases()
      for experiment in try store.experiments() {
        let runs = try store.runs(of: experiment)
        let counts = Dictionary(grouping: runs, by: \.state).mapValues(\.count)
        table.add(
          [experiment.name, "\(runs.count)"] + shown.map { "\(counts[$0] ?? 0)" } + [timeLeft(runs)])
        remarks += runs.compactMap { run in
          remark(run, leases[run.id ?? 0]).map { "run \(run.id ?? 0) of \(experiment.name) \($0)" }
        }
        let former = try store.formerRuns(of: experiment)
        if !former.isEmpty {
          let finished = former.filter { $0.state == .finished }.count
          remarks.append(
            "\(experiment.name) has \(Wording.number(former.count, "run")) no longer in the grid, \(finished) finished")
        }
      }
      if table.rows.isEmpty {
        Console.standard.note("\(database.database) holds no experiment; train one with `sweep run SPEC...`.")
      } else {
        for line in table.lines + remarks { Console.standard.data(line) }
      }
    }

    /// What the state alone doesn't say: why a run failed, and whether its process lives.
    private func remark(_ run: Run, _ lease: Lease?) -> String? {
      switch run.state {
      case .failed: return "failed: \(run.stateReason ?? "no reason is known")"
      case .running:
        let place = "step \(run.stepsDone) of \(run.steps)"
        guard let lease else { return "was left at \(place); the next sweep goes on" }
        let name = "process \(lease.worker.process) on \(lease.worker.host)"
        let now = Date()
        if LeaseRule.isGone(lease, here: .here, now: now, start: Worker.start) {
          return "was left at \(place): \(name) is gone; the next sweep goes on"
        }
        let silence = Wording.duration(max(0, now.timeIntervalSince(lease.heartbeat)))
        return "is at \(place): \(name) trains it, heartbeat \(silence) ago"
      default: return nil
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
      let work = left.reduce(0) { $0 + $1.trainingFlops * Double($1.steps - $1.stepsDone) / Double($1.steps) }
      return Wording.duration(work * seconds / flops / Double(min(Machine.cores, left.count)))
    }
  }
}
