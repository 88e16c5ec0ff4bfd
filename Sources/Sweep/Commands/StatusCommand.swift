import ArgumentParser
import Experiments
import Foundation
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep status`
  struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status", abstract: "Say what is finished, running or failed, and how long the rest takes.")

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let shards = try ShardStandings(in: self.database.shardsFolder)
      let queue = QueueStandings(beside: database)
      // Before the first merge there may be nothing but shards.
      let store: ResultsDatabase
      do {
        store = try open()
      } catch ResultsDatabaseError.missing where !shards.names.isEmpty || !queue.lines.isEmpty {
        tell(shards.lines, queue.lines)
        return
      }
      var remarks: [String] = []
      let leases = try store.leases()
      let standings = try store.experiments().map { ($0, try store.runs(of: $0)) }
      let states = Set(standings.flatMap(\.1).map(\.state))
      // Few sweeps stop a run.
      let shown = RunState.allCases.filter { $0 != .stopped || states.contains($0) }
      var table = TextTable(["experiment", "runs"] + shown.map(\.rawValue) + ["time left"])
      let rate = try flopsPerSecond(standings.flatMap(\.1), store)
      for (experiment, runs) in standings {
        let counts = Dictionary(grouping: runs, by: \.state).mapValues(\.count)
        table.add(
          [experiment.name, "\(runs.count)"] + shown.map { "\(counts[$0] ?? 0)" } + [
            timeLeft(runs, flopsPerSecond: rate)
          ])
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
        // What goes on matters most, then what is left of it.
        let width = Console.standard.output.width
        for line in table.lines(within: width, dropping: dropping(shown)) { Console.standard.data(line) }
        for remark in remarks { Console.standard.data(remark) }
      }
      if !shards.names.isEmpty || !queue.lines.isEmpty { Console.standard.data("") }
      tell(shards.lines, queue.lines)
    }

    /// Writes the shards and the queue.
    private func tell(_ shards: [String], _ queue: [String]) {
      for line in shards { Console.standard.data(line) }
      if !shards.isEmpty, !queue.isEmpty { Console.standard.data("") }
      for line in queue { Console.standard.data(line) }
    }

    /// The places of the columns that a narrow terminal does without, the least important first.
    private func dropping(_ shown: [RunState]) -> [Int] {
      [.interrupted, .queued, .stopped, .diverged, .failed, .running].compactMap { shown.firstIndex(of: $0) }
        .map { $0 + 2 }
    }

    /// What the state alone doesn't say: why a run failed, and whether its process lives.
    private func remark(_ run: Run, _ lease: Lease?) -> String? {
      switch run.state {
      case .failed: return "failed: \(run.outcome.stateReason ?? "no reason is known")"
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

    /// A database of an older version is brought up to date; any other is only read, which takes no right to write.
    private func open() throws -> ResultsDatabase {
      do {
        return try database.reading()
      } catch ResultsDatabaseError.older {
        return try database.existing()
      }
    }

    /// How fast a core has trained these runs by now, those included that are not over; nil where none has begun. Runs that had
    /// several cores only count where no other has begun.
    private func flopsPerSecond(_ runs: [Run], _ store: ResultsDatabase) throws -> Double? {
      let seconds = try store.secondsRecorded()
      let all = runs.filter { seconds[$0.id ?? 0] != nil }
      let single = all.filter { ($0.outcome.threads ?? 1) == 1 }
      let begun = single.isEmpty ? all : single
      let flops = begun.reduce(0) { $0 + $1.facts.trainingFlops * Double($1.stepsDone) / Double($1.steps) }
      let time = begun.reduce(0) { $0 + (seconds[$1.id ?? 0] ?? 0) }
      return flops > 0 && time > 0 ? flops / time : nil
    }

    /// What the runs that aren't over will take on this machine's cores, at the rate of what has been trained.
    private func timeLeft(_ runs: [Run], flopsPerSecond rate: Double?) -> String {
      // Failed runs aren't tried again unasked.
      let left = runs.filter { !$0.state.isOver && $0.state != .failed }
      guard !left.isEmpty else { return "0 s" }
      guard let rate else { return "unknown" }
      let work = left.reduce(0) { $0 + $1.facts.trainingFlops * Double($1.steps - $1.stepsDone) / Double($1.steps) }
      return Wording.duration(work / rate / Double(min(Machine.cores, left.count)))
    }
  }
}
