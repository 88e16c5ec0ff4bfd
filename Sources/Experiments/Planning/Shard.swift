import Foundation
import Model

/// One machine's share of a plan's runs: the third of sixteen.
package struct Shard: Equatable, Sendable {
  /// Its number, from 1 to `count`.
  package let index: Int
  /// How many shards there are.
  package let count: Int

  /// The most shards of one plan.
  package static let most = 10_000

  /// Nil where there is no such shard.
  package init?(index: Int, of count: Int) {
    guard (1...Self.most).contains(count), (1...count).contains(index) else { return nil }
    (self.index, self.count) = (index, count)
  }

  /// What its files are called, without an ending: "3-of-16".
  package var name: String { "\(index)-of-\(count)" }

  /// Why a shard can't be had, and what to write.
  package struct Problem: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// The shard that a user's words mean: "3/16", or "auto" or "auto/16" for the place that a launcher has given the process in an
  /// array of tasks.
  ///
  /// - Slurm's arrays tell a task its number, the first and the number of tasks: https://slurm.schedmd.com/job_array.html
  /// - Kubernetes' indexed jobs tell it its number, from 0, and not how many there are:
  ///   https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
  ///
  /// - Throws: `Problem`.
  package init(_ words: String, environment: [String: String]) throws(Problem) {
    let parts = words.split(separator: "/", omittingEmptySubsequences: false)
    if parts.first == "auto", parts.count <= 2 {
      let count = parts.count == 2 ? Int(parts[1]) : nil
      guard parts.count == 1 || (1...Self.most).contains(count ?? 0) else { throw Self.unreadable(words) }
      self = try Self.automatic(of: count, words, environment)
      return
    }
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { throw Self.unreadable(words) }
    guard let shard = Shard(index: index, of: count) else {
      throw Problem(
        description: (1...Self.most).contains(count)
          ? "--shard is \(words), but there are \(count) shards; write 1/\(count) to \(count)/\(count)."
          : "--shard is \(words); write from 1 to \(Self.most) shards, such as 3/16.")
    }
    self = shard
  }

  private static func unreadable(_ words: String) -> Problem {
    Problem(
      description:
        "--shard is \"\(words)\"; write the shard and how many there are, such as 3/16, or auto in an array of tasks.")
  }

  private static func automatic(
    of count: Int?, _ words: String, _ environment: [String: String]
  ) throws(Problem) -> Shard {
    func number(_ name: String) throws(Problem) -> Int {
      guard let text = environment[name] else {
        throw Problem(description: "--shard \(words): \(name) isn't set. Write the shard, such as --shard 3/16.")
      }
      guard let number = Int(text) else {
        throw Problem(description: "--shard \(words): \(name) is \"\(text)\", which is no number.")
      }
      return number
    }
    if environment["SLURM_ARRAY_TASK_ID"] != nil {
      let (id, first) = (try number("SLURM_ARRAY_TASK_ID"), try number("SLURM_ARRAY_TASK_MIN"))
      let tasks = try number("SLURM_ARRAY_TASK_COUNT")
      let stride = environment["SLURM_ARRAY_TASK_STEP"] == nil ? 1 : try number("SLURM_ARRAY_TASK_STEP")
      // An array of chosen tasks, such as 3,7, doesn't say which of all they are.
      guard stride > 0, id >= first, (id - first) % stride == 0,
        let shard = Shard(index: (id - first) / stride + 1, of: tasks), (count ?? tasks) == tasks
      else {
        throw Problem(
          description:
            "--shard \(words): this is task \(id) of an array of \(tasks) from \(first) on, so the shard can't be told. "
            + "Write --shard $SLURM_ARRAY_TASK_ID/\(count ?? tasks), or submit an array such as --array=1-\(count ?? tasks)."
        )
      }
      return shard
    }
    guard environment["JOB_COMPLETION_INDEX"] != nil else {
      throw Problem(
        description:
          "--shard \(words): this process is in no array of tasks: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set. "
          + "Write the shard, such as --shard 3/16.")
    }
    let index = try number("JOB_COMPLETION_INDEX")
    guard let count else {
      throw Problem(
        description:
          "--shard auto: Kubernetes tells a pod its number, \(index), but not how many there are. Write the job's "
          + "completions too, such as --shard auto/16.")
    }
    guard let shard = Shard(index: index + 1, of: count) else {
      throw Problem(
        description: "--shard \(words): JOB_COMPLETION_INDEX is \(index), and counts from 0; there are \(count) shards."
      )
    }
    return shard
  }
}

extension Shard {
  /// Which shard, from 0, each run belongs to: the costliest first, each to the shard that has least by then (Graham 1969, "Bounds
  /// on Multiprocessing Timing Anomalies", https://doi.org/10.1137/0117039). Equal runs and shards are taken in their order.
  package static func shares(of costs: [Double], among count: Int) -> [Int] {
    var shares = [Int](repeating: 0, count: costs.count)
    // A heap of shards, the one that has least at its top.
    var loads = (0..<count).map { (load: 0.0, shard: $0) }
    for run in costs.indices.sorted(by: { (costs[$1], $0) < (costs[$0], $1) }) {
      shares[run] = loads[0].shard
      loads[0].load += costs[run]
      var place = 0
      while true {
        let child = [2 * place + 1, 2 * place + 2].filter { $0 < count }.min { loads[$0] < loads[$1] }
        guard let child, loads[child] < loads[place] else { break }
        loads.swapAt(place, child)
        place = child
      }
    }
    return shares
  }
}

extension Plan {
  /// The plan with the runs of one shard alone.
  package func share(of shard: Shard) -> Plan {
    keeping(Set(shares(among: shard.count)[shard.index - 1].map(\.key)))
  }

  /// The runs of each of so many shards. They follow from the specs, their texts and the number of shards, and from no machine and no
  /// result, so that every machine that has the same specs finds the same shares.
  package func shares(among count: Int) -> [[PlannedRun]] {
    // By name, so that the order of the specs doesn't matter.
    let runs = distinctRuns.map { (run: $0, name: $0.name) }.sorted { $0.name < $1.name }.map(\.run)
    var shares = [[PlannedRun]](repeating: [], count: count)
    for (run, share) in zip(runs, Shard.shares(of: runs.map(\.cost), among: count)) { shares[share].append(run) }
    return shares
  }
}

extension PlannedRun {
  /// The arithmetic of a run with its evaluations and samples, in floating-point operations: what shares are balanced by. Unlike seconds
  /// it is the same on every machine. A token that is only predicted takes a third of one that is trained on.
  package var cost: Double {
    let written = observations.reduce(0) { $0 + $1.samples.count(after: 0) * $1.prompts.count * $1.sampleTokens }
    let predicted = evaluations(after: 0) * evaluatedTokens.count + written
    return trainingFlops + architecture.trainingFlopsPerToken / 3 * Double(predicted)
  }
}
